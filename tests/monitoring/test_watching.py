"""The centres watch themselves: matches by hand, pairs of keyers, hours, dwell, dispatchers."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorization.selectors import measured
from foundation.kernel.calendar import SHANGHAI
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.trail import services as trail
from monitoring.models import Keying, Look
from monitoring.rules import entry, looks
from monitoring.rules import watching as rules
from monitoring.selectors import watching as selected
from monitoring.services import auditing
from monitoring.services import entry as keying
from tests.browser import BACKEND
from tests.factories import entry as factory
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON

SPAN = {"first": DAY, "last": DAY}
SATURDAY = datetime.combine(DAY - timedelta(days=DAY.weekday() + 2), time(10), SHANGHAI)
LARGE = 120_000_00


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="沈静")


@pytest.fixture
def keyers(bank):
    names = ("外包甲", "外包乙", "外包丙")
    return [people.staff(bank.centre, "vendor_key", name=name) for name in names]


@pytest.fixture
def client(lead):
    found = Client()
    found.force_login(lead, backend=BACKEND)
    return found


def end(auditor, match, finding):
    opened = auditing.open_next(auditor=auditor, at=NOON)
    auditing.decide(
        match_id=match.pk, finding=finding, reason="核对原件一致", tries=match.tries,
        fence=opened.item.fence, auditor=auditor, at=NOON,
    )  # fmt: skip


def keyed_by(match, page, people_keying, value):
    """Let people key the amount of a pair."""
    (row,) = factory.cut(match, page)
    for person in people_keying:
        held = keying.open_next(keyer=person, queue=entry.QUEUE, at=NOON)
        keying.key(
            slice_id=held.slice.pk, value=value, strokes=9, milliseconds=3000,
            fence=held.item.fence, keyer=person, at=NOON,
        )  # fmt: skip
    row.refresh_from_db()
    return row


class TestRules:
    def test_far_more_by_hand_than_all_others_is_marked(self):
        often = rules.Forced(1, "a", ended=100, by_hand=60)
        rare = rules.Forced(2, "b", ended=400, by_hand=20)

        assert rules.more_by_hand(often, ended=500, by_hand=80)
        assert not rules.more_by_hand(rare, ended=500, by_hand=80)
        assert often.share == 60

    def test_a_little_more_or_few_are_not(self):
        assert not rules.more_by_hand(rules.Forced(1, "a", 100, 8), ended=500, by_hand=28)
        assert not rules.more_by_hand(rules.Forced(1, "a", 2, 2), ended=200, by_hand=12)
        assert not rules.more_by_hand(rules.Forced(1, "a", 0, 0), ended=0, by_hand=0)

    def test_who_meets_far_more_often_than_chance_stands_first(self):
        together = rules.Met("c", "d", met=400, alike=400, wrong_alike=0)
        others = [
            rules.Met(one, other, 100, 98, 0)
            for one, other in combinations("abcdef", 2)
            if one + other not in {"ab", "cd"}
        ]
        wrong = rules.Met("a", "b", 100, 98, wrong_alike=2)

        found = rules.pairs([*others, wrong, together])

        assert [(one.met.one, one.met.other, one.odd) for one in found[:2]] == [
            ("c", "d", True), ("a", "b", False),
        ]  # fmt: skip
        assert not any(one.odd for one in found[1:])

    def test_two_keyers_alone_must_meet(self):
        (only,) = rules.pairs([rules.Met("a", "b", 5000, 5000, 0)])

        assert (only.odd, only.expected) == (False, Decimal(5000))

    def test_the_usual_is_the_one_in_the_middle(self):
        assert rules.usual([]) is None
        assert rules.usual([Decimal(1), Decimal(5), Decimal(90)]) == 5


class TestForced:
    def test_findings_matches_by_hand_and_wrong_ones_are_counted(self, place, teller, auditor):
        for finding in ("matched_forced", "amount_diff"):
            end(auditor, monitoring.difference(place, teller), finding)
        match = monitoring.difference(place, teller)
        end(auditor, match, "matched_forced")
        Look.objects.create(
            institution_id=match.institution_id, match=match, kind=looks.AGAIN,
            first=looks.AGREES, first_by=auditor, touched=[auditor.person], opened_at=NOON,
        )  # fmt: skip

        (row,) = selected.forced(**SPAN)

        assert (row.staff_id, row.ended, row.by_hand, row.seen, row.wrong) == (
            auditor.pk, 3, 2, 0, 0,
        )  # fmt: skip
        assert str(row.share) == "66.7"
        assert not selected.forced(first=DAY - timedelta(days=2), last=DAY - timedelta(days=1))


class TestPairs:
    def test_two_meet_once_a_slice(self, bank, place, teller, keyers):
        match = monitoring.difference(place, teller, fen=LARGE)
        keyed_by(match, match.document.pages.get(), keyers[:2], "120000.00")

        (found,) = selected.met(**SPAN)

        assert (found.met.met, found.met.alike, found.met.wrong_alike) == (1, 1, 0)
        assert {found.met.one, found.met.other} == {one.label for one in keyers[:2]}

    def test_alike_and_otherwise_than_an_auditor_saw_is_wrong_alike(
        self, place, teller, keyers, auditor
    ):
        match = monitoring.difference(place, teller, fen=LARGE)
        row = keyed_by(match, match.document.pages.get(), keyers[:2], "1.00")
        assert row.state == entry.AGREED
        end(auditor, match, "matched_forced")

        (found,) = selected.met(**SPAN)

        assert (found.met.alike, found.met.wrong_alike) == (1, 1)


class TestOutside:
    def test_slices_of_a_vendor_on_a_day_off_are_counted(self, place, teller, keyers, auditor):
        vendor = people_services.open_vendor(number="V001", name="外包公司")
        Staff.objects.filter(id__in=[one.pk for one in keyers]).update(vendor=vendor)
        match = monitoring.difference(place, teller, fen=LARGE)
        row = keyed_by(match, match.document.pages.get(), keyers[:2], "120000.00")
        for person in (keyers[2], auditor):
            Keying.objects.create(
                institution_id=row.institution_id, slice=row, keyer=person, value="1",
                person=person.person, strokes=1, milliseconds=1, keyed_at=SATURDAY,
            )  # fmt: skip

        found = selected.outside(first=SATURDAY.date(), last=DAY)

        assert [(one.label, one.vendor, one.slices, one.outside) for one in found] == [
            (keyers[2].label, "外包公司", 1, 1),
            (keyers[0].label, "外包公司", 1, 0),
            (keyers[1].label, "外包公司", 1, 0),
        ]
        assert [one.last_at for one in found] == [SATURDAY, None, None]


class TestDwell:
    def test_seconds_an_item_beside_the_one_in_the_middle(self, monkeypatch):
        found = [measured.Dwell("a", 10, 400_000), measured.Dwell("b", 5, 10_000),
                 measured.Dwell("c", 2, 100_000)]  # fmt: skip
        monkeypatch.setattr(measured, "dwells", lambda **_span: found)

        rows = selected.dwells(**SPAN)

        assert [(one.label, one.decided, str(one.seconds), str(one.of_usual)) for one in rows] == [
            ("b", 5, "2.0", "5"), ("a", 10, "40.0", "100"), ("c", 2, "50.0", "125"),
        ]  # fmt: skip


class TestPage:
    @pytest.mark.usefixtures("keyers")
    def test_each_list_stands_on_it_and_figures_open_the_trail(
        self, client, place, teller, auditor
    ):
        dispatcher = people.staff(auditor.institution, "dispatcher", name="调度甲")
        trail.record(
            institution_id=place.outlet.pk, actor=dispatcher.label, action="worklist.assign",
            subject="authorization.request:1", at=NOON, detail={"reason": "试"},
        )  # fmt: skip
        end(auditor, monitoring.difference(place, teller), "matched_forced")

        page = client.get(reverse("monitoring:watch"), SPAN)
        shown = page.content.decode()

        assert page.status_code == 200
        assert auditor.label in shown
        assert 'data-figure="1"' in shown
        assert "worklist.assign" in shown
        (row,) = selected.dispatched(**SPAN)
        assert row.steps["worklist.assign"] == 1
        saved = client.get(reverse("monitoring:watch"), SPAN | {"part": "steps", "export": "csv"})
        assert dispatcher.label in saved.content.decode()

    def test_no_more_days_than_it_can_show(self, client):
        asked = {"first": "2020-01-01", "last": "2099-01-01"}

        page = client.get(reverse("monitoring:watch"), asked)

        assert page.status_code == 200
        form = page.context["form"]
        assert (form.initial["last"] - form.initial["first"]).days == rules.DAYS_MOST - 1

    def test_more_people_ask_no_more_questions(self, place, teller, lead, keyers, auditor):
        def asked():
            with people_services.acting(staff=lead), CaptureQueriesContext(connection) as told:
                for one in (selected.forced, selected.met, selected.outside, selected.dispatched):
                    one(**SPAN)
            return len(told)

        before = asked()
        match = monitoring.difference(place, teller, fen=LARGE)
        keyed_by(match, match.document.pages.get(), keyers[:2], "120000.00")
        end(auditor, match, "matched_forced")

        assert asked() == before

    def test_an_auditor_has_no_such_page(self, auditor):
        page = Client()
        page.force_login(auditor, backend=BACKEND)

        assert page.get(reverse("monitoring:watch")).status_code == 403
