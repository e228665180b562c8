"""Two at one item at the same moment: one order of locks, one outcome."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier, Event

import pytest
from django.db import connection, connections
from django.utils import timezone

from authorization import services
from authorization.models import Decision, Request, TierSet
from authorization.services import _deciding, _undoing, publishing, tier
from foundation.imaging import selectors as imaging
from foundation.kernel.errors import Refused
from foundation.kernel.flow import StepNotAllowed
from foundation.people import services as people_services
from foundation.policy.models import Policy
from foundation.worklist.rules import LeaseLost
from monitoring.models import WatchList
from tests.factories import aml, people
from tests.factories import authorization as factory
from tests.factories import monitoring as papers
from tests.factories import publishing as published
from tests.factories import tier as sets

LATE = timedelta(minutes=10)
ROUNDS = 4


class At:
    """An outlet and a centre at work, committed, so that several connections see them."""

    def __init__(self):
        with people_services.acting_as_system(reason="test"):
            self.bank = people.branch()
            self.manager = people.staff(self.bank.head, "ops_manager")
            self.risk = people.staff(self.bank.head, "risk_manager")
            people.numbers(self.manager, self.risk)
            self.counter = factory.counter(self.bank)
            self.teller = people.staff(self.bank.outlet, "teller")
            self.authorizer = people.staff(self.bank.centre, "authorizer", name="李静")

    def send(self, number):
        with people_services.acting_as_system(reason="test"):
            order = factory.withdrawal(self.counter, "50,000.00", voucher_no=f"074471{number:04}")
            return factory.sent(self.teller, order)

    def opened(self):
        with people_services.acting_as_system(reason="test"):
            return services.open_next(authorizer=self.authorizer, at=timezone.now())

    def decide(self, item, step="approve"):
        with people_services.acting_as_system(reason="test"):
            return services.decide(
                number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
                decider=self.authorizer, at=timezone.now(),
                reasons=[] if step == "approve" else ["A07"],
            )  # fmt: skip

    def open_and_decide(self):
        item = self.opened()
        return item and self.decide(item)

    def time_out(self, item):
        with people_services.acting_as_system(reason="test"):
            return services.send_up(number=item.number, at=timezone.now() + LATE)

    def take_back(self, item):
        with people_services.acting_as_system(reason="test"):
            return services.withdraw(number=item.number, teller=self.teller, at=timezone.now())

    def judge(self, item):
        with people_services.acting_as_system(reason="test"):
            return tier.judge(number=item.number, at=timezone.now())

    def stop(self, row):
        """Withdraw a publication; return how many of the newest item's decisions stood then."""
        given = {"publication_id": row.pk, "reason": "停用", "by": self.risk}
        with people_services.acting_as_system(reason="test"):
            publishing.withdraw(**given, at=timezone.now())
        with people_services.acting_as_system(reason="test"):
            return Decision.objects.filter(request=Request.objects.latest("id")).count()

    def now(self, item):
        with people_services.acting_as_system(reason="test"):
            made = Decision.objects.filter(request=item).count()
            return Request.objects.get(pk=item.pk), made


@pytest.fixture
def at(committed_db):
    return At()


def together(*steps):
    """Run the steps at the same moment; return what each returned or was refused with."""
    ready = Barrier(len(steps))

    def run(step):
        try:
            ready.wait(10)
            return step()
        except (Refused, LeaseLost, StepNotAllowed) as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(steps)) as pool:
        return [one.result(30) for one in [pool.submit(run, step) for step in steps]]


def somebody_waits():
    """Return once another connection waits for a lock, or after five seconds."""
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return True
        time.sleep(0.01)
    return False


def test_a_desk_that_asks_for_its_item_while_it_is_decided_waits_and_nobody_is_thrown_out(
    at, monkeypatch
):
    at.send(1)
    item = at.opened()
    inside, met = Event(), []
    check = _deciding._check  # noqa: SLF001

    def stops(*args, **more):
        inside.set()  # the item is locked, its work item not yet ended
        met.append(somebody_waits())
        return check(*args, **more)

    monkeypatch.setattr(_deciding, "_check", stops)

    def asks():
        inside.wait(10)
        return at.opened()

    done, following = together(lambda: at.decide(item), asks)

    assert met == [True]
    assert (done.state, following) == ("posted", None)


def test_taking_back_while_the_desk_asks_does_not_either(at, monkeypatch):
    with people_services.acting_as_system(reason="test"):
        said = Policy.objects.get(code="authorization.undo_seconds")
        Policy.objects.create(
            code=said.code, value="600", valid_from=people.DAY, reason="试行",
            proposed_by=said.proposed_by, proposed_at=said.proposed_at,
            approved_by=said.approved_by, approved_at=said.approved_at,
        )  # fmt: skip
    at.send(1)
    item = at.decide(at.opened(), "reject")
    at.send(2)
    at.opened()  # the second one is on the desk when the first is taken back
    inside, met = Event(), []
    room = _undoing._make_room  # noqa: SLF001

    def stops(*args):
        inside.set()
        met.append(somebody_waits())
        return room(*args)

    monkeypatch.setattr(_undoing, "_make_room", stops)

    def takes_back():
        with people_services.acting_as_system(reason="test"):
            return services.undo(number=item.number, by=at.authorizer, at=timezone.now())

    def asks():
        inside.wait(10)
        return at.opened()

    back, following = together(takes_back, asks)

    assert back.state == "queued"
    assert isinstance(following, Request)


def test_the_time_out_and_a_decision_have_one_outcome(at):
    for number in range(ROUNDS):
        at.send(number)
        item = at.opened()

        decided, _ = together(partial(at.decide, item), partial(at.time_out, item))

        now, made = at.now(item)
        if isinstance(decided, Request):
            assert (now.state, made, now.escalated_at) == ("posted", 1, None)
        else:
            assert (now.state, made, now.entry_id) == ("escalated", 0, None)


def test_a_teller_who_takes_back_and_a_desk_that_decides_have_one_outcome(at):
    for number in range(ROUNDS):
        sent = at.send(number)

        back, decided = together(partial(at.take_back, sent), at.open_and_decide)

        now, made = at.now(sent)
        if isinstance(back, Request):
            assert (now.state, made, decided) == ("withdrawn", 0, None)
        else:
            assert (now.state, made) == ("posted", 1)


def test_the_tier_and_a_desk_decide_one_item_once(at):
    row = let_decide(at)
    for number in range(ROUNDS):
        sent = read(at, number)

        verdict, _ = together(partial(at.judge, sent), at.open_and_decide)

        now, made = at.now(sent)
        assert (verdict.publication, now.state, made) == (row, "posted", 1)


def test_once_it_is_withdrawn_it_decides_nothing_more(at):
    for number in range(ROUNDS):
        row = let_decide(at)
        sent = read(at, number)

        _, decided_by_then = together(partial(at.judge, sent), partial(at.stop, row))

        assert at.now(sent)[1] == decided_by_then


def let_decide(at):
    with people_services.acting_as_system(reason="test"):
        present = TierSet.objects.first() or sets.in_force(at.manager, at.risk)
        if not WatchList.objects.exists():
            aml.watch_list(at.manager, at.risk)
        return published.published(present, at.manager, at.risk)


def read(at, number):
    """Send an item whose voucher is read as it was keyed."""
    sent = at.send(number)
    with people_services.acting_as_system(reason="test"):
        (page,) = imaging.pages(document_id=sent.document_id)
        papers.read(
            page, confidence=96, amount="¥50,000.00", amount_words="伍万元整",
            account=sent.payer_account, voucher_no=sent.voucher_no, payer_name=sent.payer_name,
        )  # fmt: skip
    return sent
