"""A voucher that follows is ended once, by who is first: one of two images, or of two people."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from authorization import rules, services
from authorization.models import LaterScan, MissingVoucher
from authorization.rules import scanning as scans
from authorization.services import missing
from foundation.imaging.models import Page
from foundation.people import services as people_services
from tests.authorization.test_fallback_races import together
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

ROUNDS = 3


@pytest.fixture
def world(committed_db, tmp_path, settings):
    """Post items without their voucher at an outlet with two tellers."""
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, one) for one in ("ops_manager", "risk_manager")))
        said = rule_factory.plain(scan_mode="later", rescan_minutes=30)
        rule_factory.in_force(said, valid_from=people.DAY)
        counter, first = factory.counter(bank), people.staff(bank.outlet, "teller")
        items = [
            services.submit(
                key=uuid4(), order=factory.withdrawal(counter, voucher_no=f"07447190{place:02}"),
                teller=first, at=people.NOON,
            )
            for place in range(ROUNDS)
        ]  # fmt: skip
        return items, (first, people.staff(bank.outlet, "teller", name="吴强"))


def scanned(item, by, data):
    with people_services.acting_as_system(reason="test"):
        try:
            return services.attach(
                key=item.key, teller=by, data=data, name="a.png", image_class="voucher",
                at=people.NOON,
            )  # fmt: skip
        except rules.ImagesClosed as refusal:
            return refusal


def test_two_who_scan_at_once_end_it_once(world):
    items, both = world
    for item in items:
        came = together(*(partial(scanned, item, by, factory.image()) for by in both))

        assert sorted(isinstance(one, Page) for one in came) == [False, True]
    with people_services.acting_as_system(reason="test"):
        assert LaterScan.objects.filter(scanned_at__isnull=False).count() == ROUNDS
        assert Page.objects.count() == ROUNDS


@pytest.fixture
def overdue(world):
    """Return what is awaited and overdue, who supervises the outlet, two leads, and the tellers."""
    items, both = world
    with people_services.acting_as_system(reason="test"):
        centre = people.Institution.objects.get(kind="centre")
        supervisors = [people.staff(both[0].institution, "outlet_supervisor") for _ in range(2)]
        leads = [people.staff(centre, "auth_lead", grade=5) for _ in range(2)]
        rows = [LaterScan.objects.select_related("request").get(request=one) for one in items]
    return rows, supervisors, leads, both


def refused(work, *, at, **given):
    with people_services.acting_as_system(reason="test"):
        try:
            return work(at=at, **given).state
        except scans.ScanNotMissing as refusal:
            return refusal.code


def test_two_who_say_at_once_that_it_is_not_there_say_it_once(overdue):
    rows, supervisors, *_others = overdue
    for row in rows:
        at = row.due_at + timedelta(minutes=1)
        said = [
            partial(refused, missing.propose, at=at, scan=row, reason="凭证未找到", by=by)
            for by in supervisors
        ]
        assert sorted(together(*said)) == ["E2124", "proposed"]


def test_two_leads_decide_it_once_and_an_image_and_a_lead_end_it_once(overdue):
    rows, (supervisor, _other), leads, (teller, _colleague) = overdue
    for place, row in enumerate(rows):
        at = row.due_at + timedelta(minutes=1)
        given = {"scan": row, "reason": "凭证未找到", "by": supervisor}
        assert refused(missing.propose, at=at, **given) == "proposed"
        yeses = [
            partial(refused, missing.decide, at=at, scan=row, accepted=True, by=by) for by in leads
        ]
        if place == 0:
            assert sorted(together(*yeses)) == ["E2124", "accepted"]
            continue
        image = partial(scanned, row.request, teller, factory.image())
        decided, page = together(yeses[0], image)

        assert (decided == "accepted") != isinstance(page, Page)
    with people_services.acting_as_system(reason="test"):
        for row in LaterScan.objects.order_by("id"):
            assert (row.scanned_at is None) != (row.missing_at is None)
        assert not MissingVoucher.objects.filter(state="proposed").exists()


def test_one_form_sent_twice_at_once_without_its_voucher_is_one_item(world):
    items, (first, _other) = world
    (item, *_rest) = items
    key, order = uuid4(), services.Order(
        trade_code="1002", amount=item.amount, payer_account=item.payer_account,
        voucher_no="0744719999",
    )  # fmt: skip

    def sent():
        with people_services.acting_as_system(reason="test"):
            return services.submit(key=key, order=order, teller=first, at=people.NOON).number

    one, other = together(sent, sent)

    assert one == other
    with people_services.acting_as_system(reason="test"):
        assert LaterScan.objects.count() == ROUNDS + 1
