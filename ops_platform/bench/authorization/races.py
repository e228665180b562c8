"""A hundred at one item, a thousand items; and desks that stall until their lease ends."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from uuid import uuid4

from django.utils import timezone
from PIL import Image, ImageDraw

from authorization import services
from foundation.kernel.money import Money
from foundation.ledger.models import Account
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.policy.models import Policy
from ops_platform.bench import databases
from ops_platform.bench.bank import found
from ops_platform.bench.rows import Row
from ops_platform.proving import deciding

NAME = "bench_races"
THREADS, ITEMS, STALLS = 100, 1_000, 200
FEN = 6_000_000
TELLER, HOLDER, OTHERS = "220101", "210020", ("210019", "210018")
SEED = 5


def run() -> list[Row]:
    """Make the queue and let them at it; every figure is asked of the rows."""
    try:
        holder, others = prepare()
        begin = partial(databases.use_in_thread, NAME)
        contest = deciding.contest(
            holder=holder, others=others, threads=THREADS, items=ITEMS, begin=begin
        )
        stalls = deciding.stalls(first=holder, second=others[0], seed=SEED, begin=begin)
        return [
            *_rows(f"{THREADS} at one item, {contest.attempts} attempts", contest),
            *_rows(f"{stalls.taken_over} items taken over from a desk that stalled", stalls),
        ]
    finally:
        databases.back()


def prepare() -> tuple[Staff, list[Staff]]:
    """Let the items wait; return who takes them, and who is in the way."""
    now = timezone.localtime()
    databases.copy("bench_empty", NAME)
    databases.use(NAME)
    found(now=now)
    with people.acting_as_system(reason="bench"):
        # No cap of pairs ends the measuring, and what is said takes effect at once.
        _say("authorization.pair_hour_most", 10 * ITEMS, now.date())
        _say("authorization.undo_seconds", 0, now.date())
        teller = Staff.objects.select_related("institution").get(number=TELLER)
        by_number = {one.number: one for one in Staff.objects.select_related("institution").filter(
            number__in=[HOLDER, *OTHERS])}  # fmt: skip
        customers = list(
            Account.objects.filter(kind="customer", institution=teller.institution)
            .order_by("id").values_list("number", flat=True)
        )  # fmt: skip
    for place, image in enumerate(_slips(ITEMS + STALLS)):
        with people.acting(staff=teller):
            _send(teller, customers[place % len(customers)], place, image)
    return by_number[HOLDER], [by_number[number] for number in OTHERS]


def _say(code: str, value: int, on: date) -> None:
    said = Policy.objects.get(code=code)
    Policy.objects.create(
        code=code, value=str(value), valid_from=on,
        proposed_by=said.proposed_by, proposed_at=said.proposed_at,
        approved_by=said.approved_by, approved_at=said.approved_at,
    )  # fmt: skip


def _send(teller: Staff, account: str, place: int, image: bytes) -> None:
    key, at = uuid4(), timezone.now()
    services.attach(key=key, teller=teller, data=image, name="v.png", image_class="voucher", at=at)
    order = services.Order(
        trade_code="1002", amount=Money(FEN), payer_account=account,
        voucher_no=f"{7_450_000_000 + place}",
    )  # fmt: skip
    services.submit(key=key, order=order, teller=teller, at=at)


def _slips(count: int) -> Iterator[bytes]:
    """Draw so many small images that differ."""
    for number in range(1, count + 1):
        sheet = Image.new("L", (240, 80), 255)
        pen = ImageDraw.Draw(sheet)
        for place in range(12):
            if number >> place & 1:
                pen.rectangle((place * 20, 10, place * 20 + 14, 70), fill=0)
        held = io.BytesIO()
        sheet.save(held, "PNG")
        yield held.getvalue()


def _rows(case: str, found_: deciding.Outcome) -> list[Row]:
    twice = max(found_.decisions, found_.told_yes) - found_.items
    return [
        _none(f"{case}: decided or posted twice", twice + found_.entries - found_.posted),
        _none(f"{case}: otherwise than once", len(found_.wrong)),
    ]


def _none(case: str, count: int) -> Row:
    return Row(
        bench="authorization", case=case, ours=Decimal(count), unit="", peer="none",
        peer_value=Decimal(0), ratio=Decimal(0), target="0", met=count == 0,
    )  # fmt: skip
