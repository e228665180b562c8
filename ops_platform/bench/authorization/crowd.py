"""A morning's crowd: 200 tellers send over HTTP, 30 authorizers hear it by SSE, for three minutes.

The whole platform runs as in earnest: two web processes, relay, worker, Redis, PostgreSQL; vouchers
are drawn, copied and read while the crowd works. All of it, and the crowd, share this machine. A
desk does what its page does: it is called, or ten seconds go by, and it asks for the next.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from uuid import uuid4

from django.db import connections
from django.utils import timezone

from authorization.models import Decision, Request
from foundation.ledger.models import Account, Entry
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from ops_platform.bench import databases
from ops_platform.bench.authorization import clients, house
from ops_platform.bench.authorization.deciding import decide_to_next
from ops_platform.bench.bank import found
from ops_platform.bench.rows import Row, limited, percentile
from ops_platform.demo.vouchers import draw

NAME = "bench_crowd"
AUTHORIZERS, TELLERS, SECONDS = 30, 200, 180
# One authorizer decides 480 items a day of eight hours; thirty are sent 30 a minute. Twice that.
A_MINUTE = 60
LOOKS_SECONDS = (5.0, 12.0)
FEN = 6_000_000
SEED = 11
SCREEN_MS = Decimal(1000)


@dataclass(frozen=True)
class Seat:
    """A teller with a session, and the customer who is served."""

    session: str
    number: str
    outlet: str
    account: str
    name: str


@dataclass
class Seen:
    """What the crowd saw, by the key or the number of an item; seconds of one clock."""

    sent: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)
    idle: set[str] = field(default_factory=set)
    next_ms: list[Decimal] = field(default_factory=list)
    sending: threading.Event = field(default_factory=threading.Event)


def run() -> list[Row]:
    """Found the bank, start the platform on it, let the crowd work, and look at what came of it."""
    try:
        tellers, desks = prepare()
        images = list(drawn(tellers))
        connections.close_all()
        with house.running(NAME) as address:
            seen = work(address, tellers, desks, images)
        return [*figures(seen), *proofs(seen)]
    finally:
        databases.back()


def prepare() -> tuple[list[Seat], list[str]]:
    """Found a bank with so many tellers and authorizers; return the seats and the desks' sessions.

    The customers of the demo's outlets are served by all tellers in turn.
    """
    now = timezone.localtime()
    databases.copy("bench_empty", NAME)
    databases.use(NAME)
    found(now=now)
    with people.acting_as_system(reason="bench"):
        centre = Institution.objects.get(number="110100")
        granting = [Staff.objects.get(number=number) for number in ("200002", "200004")]
        desks = []
        for place in range(AUTHORIZERS):
            person = Staff.objects.create(
                number=f"B1{place:04}", name="授权员", institution=centre, grade=5, is_demo=True
            )
            people.grant_role(
                staff=person, role="authorizer", on=now.date(),
                granted_by=granting[0], approved_by=granting[1],
            )  # fmt: skip
            desks.append(clients.session_of(person))
        at_counters = Staff.objects.filter(institution__kind="outlet", roles__role="teller")
        customers = list(Account.objects.filter(kind="customer", state="active").order_by("id"))
        seats = [
            Seat(clients.session_of(one), one.number, one.institution.name, customer.number,
                 customer.name)
            for one, customer in zip(
                at_counters.select_related("institution").order_by("number")[:TELLERS],
                customers * TELLERS, strict=False,
            )
        ]  # fmt: skip
    assert len(seats) == TELLERS
    return seats, desks


def drawn(tellers: list[Seat]) -> Iterator[bytes]:
    """Draw a voucher for every item that may be sent."""
    today = date.today()  # noqa: DTZ011 - the paper bears what the calendar on the wall says
    for place in range(A_MINUTE * SECONDS // 60 * 5 // 4):
        seat = tellers[place % len(tellers)]
        fields = {
            "date": today, "amount_fen": FEN, "account": seat.account, "name": seat.name,
            "purpose": "家用", "voucher_no": voucher_no(place), "outlet": seat.outlet,
        }  # fmt: skip
        yield draw("withdrawal", fields, seed=SEED + place, level="normal")[0]


def voucher_no(place: int) -> str:
    """Return the number of a voucher."""
    return f"{7_440_000_000 + place:010}"


def work(address: str, tellers: list[Seat], desks: list[str], images: list[bytes]) -> Seen:
    """Let everybody work for three minutes, then the desks until nothing waits any more."""
    seen = Seen()
    with ThreadPoolExecutor(TELLERS + AUTHORIZERS) as pool, ExitStack() as streams:
        waiting = []
        for place, session in enumerate(desks):
            bell = streams.enter_context(clients.Bell(address, session))
            waiting.append(pool.submit(decide_all, address, session, bell, seen, Random(place)))
        time.sleep(5)
        chance, sending = Random(SEED), []
        due = began = time.monotonic()
        for place, image in enumerate(images):
            due += chance.expovariate(A_MINUTE / 60)  # customers come by themselves
            if due > began + SECONDS:
                break
            time.sleep(max(0.0, due - time.monotonic()))
            seat = tellers[place % len(tellers)]
            sending.append(pool.submit(send, address, seat, image, place, seen))
        for one in sending:
            one.result()
        seen.sending.set()
        for one in waiting:
            one.result()
    return seen


def send(address: str, seat: Seat, image: bytes, place: int, seen: Seen) -> None:
    """Send the image, then the item; the clock runs from the moment the teller sends it."""
    line, key = clients.Line(address, seat.session), str(uuid4())
    path = f"/api/authorization/image/{key}/?image_class=voucher"
    line.post(path, image, "image/jpeg", wanted=201)
    order = {
        "key": key, "trade_code": "1002", "payer_account": seat.account, "purpose": "家用",
        "voucher_no": voucher_no(place), "amount": f"{FEN // 100}.00",
    }  # fmt: skip
    began = time.monotonic()
    answer = line.send(order)
    seen.sent[answer["number"]] = began
    seen.answered[answer["number"]] = time.monotonic()
    line.close()


def decide_all(address: str, session: str, bell: clients.Bell, seen: Seen, chance: Random) -> None:
    """Be one desk: hear, ask, look, approve, take the next with the answer; end when none waits."""
    line = clients.Line(address, session)
    page = line.get("/authorization/workbench/")
    while True:
        item = clients.on_desk(page)
        if item is None:
            ending = seen.sending.is_set()
            if not ending:
                bell.heard(seconds=10)  # as the page does
            page = line.get("/authorization/workbench/")
            item = clients.on_desk(page)
            if item is None and ending:
                break
            if item is None:
                continue
            seen.idle.add(item.number)
        seen.shown.setdefault(item.number, time.monotonic())
        time.sleep(chance.uniform(*LOOKS_SECONDS))
        began = time.monotonic()
        page = line.approve(item)
        seen.next_ms.append(_ms(time.monotonic() - began))
    line.close()


def figures(seen: Seen) -> list[Row]:
    """Return the crowd's figures: from send to an idle desk's screen, and from key to next."""
    to_screen = [_ms(seen.shown[one] - seen.sent[one]) for one in sorted(seen.idle)]
    taken = [_ms(seen.answered[one] - seen.sent[one]) for one in sorted(seen.sent)]
    crowd = f"{TELLERS} tellers, {AUTHORIZERS} desks, {len(seen.sent)} items"
    return [
        _row(f"send to idle desk's screen, p95 ({crowd})", to_screen, 95, SCREEN_MS),
        _row("send to idle desk's screen, p50", to_screen, 50, SCREEN_MS),
        *decide_to_next("in the crowd", seen.next_ms),
        _row("teller's answer, p95", taken, 95, SCREEN_MS),
    ]


def proofs(seen: Seen) -> list[Row]:
    """Return what was lost and what was doubled, asked of the books."""
    databases.use(NAME)
    with people.acting_as_system(reason="bench"):
        items = Request.objects.filter(number__in=list(seen.sent))
        posted = items.filter(state="posted").count()
        decided = Decision.objects.filter(request__in=items).count()
        entries = Entry.objects.filter(
            key__in=[f"authorization:{number}" for number in seen.sent]
        ).count()
    lost = len(seen.sent) - posted
    doubled = max(decided, entries) - len(seen.sent)
    return [_none("items lost", lost), _none("decided or posted twice", doubled)]


def _ms(seconds: float) -> Decimal:
    return Decimal(seconds * 1000).quantize(Decimal("0.1"))


def _row(case: str, took: list[Decimal], percent: int, most: Decimal) -> Row:
    ours = percentile(took, percent)
    return limited(bench="authorization", case=case, ours=ours, unit="ms", most=most)


def _none(case: str, found_: int) -> Row:
    return Row(
        bench="authorization", case=case, ours=Decimal(found_), unit="", peer="none",
        peer_value=Decimal(0), ratio=Decimal(0), target="0", met=found_ == 0,
    )  # fmt: skip
