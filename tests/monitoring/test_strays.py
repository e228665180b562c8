"""Images opened without an item: what explains a look, what is added up, the list of the rest."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.worklist import services as worklist
from foundation.worklist.models import WorkItem
from monitoring import tasks
from monitoring.models import AlertLine, ImageDay, Match, StrayView
from monitoring.rules import slips, watching
from monitoring.selectors import strays as selected
from monitoring.services import strays
from tests.browser import BACKEND
from tests.factories import alerts, monitoring, people
from tests.factories import slips as slip_factory
from tests.factories.people import DAY, NOON

MORROW = NOON + timedelta(days=1)
SPAN = {"first": DAY, "last": DAY}


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="沈静")


@pytest.fixture
def client(lead):
    found = Client()
    found.force_login(lead, backend=BACKEND)
    return found


@pytest.fixture
def scanned(place, teller):
    """Return a page whose pair an auditor may look at."""
    return monitoring.difference(place, teller).document.pages.get()


def look(page, viewer, use="view", at=NOON):
    """Look at a page as the viewer of a screen does, without its file."""
    trail.record(
        institution_id=page.institution_id, actor=viewer.label,
        action=f"imaging.page.seen.{use}", subject=f"imaging.page:{page.pk}", at=at,
        detail={"image_class": page.image_class, "document": page.document_id},
    )  # fmt: skip


def unexplained():
    """Return who looked without an item on the day."""
    return [one.viewer.label for one in selected.day(on=DAY).strays]


class TestReasons:
    def test_nothing_to_do_with_it_is_no_reason(self, scanned, auditor):
        look(scanned, auditor)

        (found,) = selected.day(on=DAY).strays

        assert (found.viewer.label, found.seen.page_id) == (auditor.label, scanned.pk)

    def test_who_holds_an_item_or_held_one_has_a_reason(self, place, teller, auditor, colleague):
        match = monitoring.difference(place, teller)
        page = match.document.pages.get()
        item = worklist.claim_next(queue="monitoring.audit", staff=auditor, at=NOON)
        assert item is not None
        look(page, auditor)
        look(page, colleague)
        assert unexplained() == [colleague.label]

        worklist.release(item_id=item.pk, fence=item.fence, staff=auditor)

        assert WorkItem.objects.get(id=item.pk).holder_id is None
        assert unexplained() == [colleague.label]

    def test_who_scanned_or_entered_it_has_a_reason(self, scanned, teller):
        look(scanned, teller)

        assert unexplained() == []

    def test_to_have_looked_before_is_no_reason(self, scanned, auditor):
        look(scanned, auditor, use="thumb")
        look(scanned, auditor)

        assert unexplained() == [auditor.label]

    @pytest.mark.parametrize("use", ["thumb", "ahead", "slice"])
    def test_small_pictures_and_what_nobody_saw_do_not_count(self, scanned, auditor, use):
        look(scanned, auditor, use=use)

        assert selected.day(on=DAY) == selected.Day({}, [])

    def test_who_works_on_an_alert_about_the_line_has_a_reason(
        self, place, teller, auditor, colleague
    ):
        match = monitoring.difference(place, teller)
        alert = alerts.waiting(place.outlet, auditor, colleague)
        AlertLine.objects.create(
            institution_id=match.institution_id, alert=alert, line=1, journal_no=match.journal_no,
            business_date=match.business_date, at=NOON, teller=match.teller, trade_code="1002",
            account_number=match.account_number, side="debit", amount_fen=1, own=True,
        )  # fmt: skip
        trail.record(
            institution_id=place.outlet.pk, actor=auditor.label, action="monitoring.investigate",
            subject=alert.trail_subject, at=NOON,
        )  # fmt: skip
        for one in (auditor, colleague):
            look(match.document.pages.get(), one)

        assert unexplained() == [colleague.label]

    def test_a_slip_is_a_reason_for_its_issuer_and_its_outlet(self, bank, scanned, auditor):
        clerk = people.staff(bank.outlet, "teller", name="王敏")
        match = Match.objects.get(document_id=scanned.document_id)
        for one in (clerk, auditor):
            look(scanned, one)
        assert unexplained() == [clerk.label, auditor.label]

        slip_factory.issued(auditor, kind=slips.QUERY, origin=match.trail_subject)

        assert unexplained() == []

    def test_a_sealed_transfer_is_no_reason_for_its_outlet(self, bank, scanned, auditor):
        clerk = people.staff(bank.outlet, "teller", name="王敏")
        match = Match.objects.get(document_id=scanned.document_id)
        slip_factory.issued(auditor, kind=slips.CASE, origin=match.trail_subject)
        for one in (clerk, auditor):
            look(scanned, one)

        assert unexplained() == [clerk.label]

    def test_a_new_name_is_the_same_person(self, scanned, teller):
        Staff.objects.filter(id=teller.pk).update(name="改名")
        teller.refresh_from_db()
        look(scanned, teller)

        assert unexplained() == []

    def test_more_looks_ask_no_more_questions(self, place, teller, auditor):
        look(monitoring.difference(place, teller).document.pages.get(), auditor)
        with CaptureQueriesContext(connection) as few:
            selected.day(on=DAY)

        for _ in range(5):
            look(monitoring.difference(place, teller).document.pages.get(), auditor)
        with CaptureQueriesContext(connection) as many:
            assert len(selected.day(on=DAY).strays) == 6

        assert len(many) == len(few)


class TestAddingUp:
    def test_a_day_is_kept_once_at_the_persons_own_institution(self, scanned, auditor, teller):
        look(scanned, auditor)
        look(scanned, auditor, use="original")
        look(scanned, teller)

        assert strays.add_up_due(at=MORROW) == 2
        assert strays.add_up_due(at=MORROW) == 0

        (kept,) = ImageDay.objects.filter(viewer=auditor)
        assert (kept.institution_id, kept.on, kept.opened, kept.stray, kept.taken) == (
            auditor.institution_id, DAY, 2, 2, 1,
        )  # fmt: skip
        assert ImageDay.objects.get(viewer=teller).stray == 0
        assert StrayView.objects.count() == 2

    def test_the_day_itself_and_what_is_long_ago_are_left(self, scanned, auditor):
        look(scanned, auditor)
        assert strays.add_up_due(at=NOON) == 0

        long_after = NOON + timedelta(days=selected.DAYS_BACK + 1)

        assert strays.add_up_due(at=long_after) == 0
        assert not ImageDay.objects.exists()

    def test_the_job_may_run_twice(self, scanned, auditor):
        look(scanned, auditor, at=NOON - timedelta(days=1))

        for _ in range(2):
            tasks.add_up_views()()

        assert StrayView.objects.count() <= 1

    def test_days_that_were_missed_are_made_up_for(self, scanned, auditor):
        look(scanned, auditor)
        strays.add_up_due(at=MORROW)
        look(scanned, auditor, at=NOON + timedelta(days=2))

        assert strays.add_up_due(at=NOON + timedelta(days=4)) == 1

    @pytest.mark.parametrize("table", ["monitoring_imageday", "monitoring_strayview"])
    def test_nothing_kept_is_changed_or_removed(self, scanned, auditor, table):
        look(scanned, auditor)
        strays.add_up_due(at=MORROW)

        for said in (f"UPDATE {table} SET viewer_label = 'x'", f"DELETE FROM {table}"):
            with (
                pytest.raises(DatabaseError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(said)

    def test_sums_and_ways_are_held_by_the_database(self, scanned, auditor):
        said = {"institution_id": auditor.institution_id, "viewer": auditor, "on": DAY,
                "viewer_label": "x"}  # fmt: skip
        with pytest.raises(IntegrityError, match="adds_up"), transaction.atomic():
            ImageDay.objects.create(**said, opened=1, stray=2, taken=0)
        ImageDay.objects.create(**said, opened=1, stray=1, taken=0)
        with pytest.raises(IntegrityError, match="day_once"), transaction.atomic():
            ImageDay.objects.create(**said, opened=1, stray=1, taken=0)
        with pytest.raises(IntegrityError, match="stray_use"), transaction.atomic():
            StrayView.objects.create(
                **said, event=1, at=NOON, page=scanned, image_class="id", use="thumb", subject="x"
            )

    def test_another_institution_sees_nothing_of_it(self, bank, scanned, auditor):
        look(scanned, auditor)
        strays.add_up_due(at=MORROW)
        elsewhere = people.staff(bank.outlet, "outlet_supervisor", name="赵芳")

        with people_services.acting(staff=elsewhere):
            assert not ImageDay.objects.exists()
            assert not StrayView.objects.exists()


class TestMarking:
    def test_far_more_than_all_others_is_marked(self):
        nosy = watching.Opened(1, "a", "", opened=200, stray=80, taken=0)
        usual = watching.Opened(2, "b", "", opened=800, stray=8, taken=0)

        assert watching.more_strays(nosy, opened=1000, stray=88)
        assert not watching.more_strays(usual, opened=1000, stray=88)
        assert nosy.share == 40


class TestPages:
    def test_the_figure_opens_just_those_looks(self, client, scanned, auditor, colleague):
        for use in ("view", "view", "original"):
            look(scanned, auditor, use=use)
        look(scanned, colleague)
        strays.add_up_due(at=MORROW)

        shown = client.get(reverse("monitoring:watch"), SPAN).content.decode()
        assert f"stray-views/?of={auditor.number}" in shown
        assert 'data-figure="3"' in shown

        listed = client.get(reverse("monitoring:stray_views"), SPAN | {"of": auditor.number})
        assert listed.context["page"].total == 3
        assert reverse("imaging:page", args=[scanned.pk]) in listed.content.decode()
        taken = client.get(reverse("monitoring:stray_views"), SPAN | {"use": "original"})
        assert [row.use for row in taken.context["page"].rows] == ["original"]
        of_class = client.get(reverse("monitoring:stray_views"), SPAN | {"image_class": "seal"})
        assert of_class.context["page"].total == 0

    def test_it_is_taken_away_and_read_first(self, client, scanned, auditor):
        look(scanned, auditor)
        strays.add_up_due(at=MORROW)

        saved = client.get(reverse("monitoring:stray_views"), SPAN | {"export": "csv"})
        assert auditor.label in saved.content.decode()
        odd = {"first": "x", "of": "9" * 40, "use": "x", "before": "0", "export": "csv"}
        assert client.get(reverse("monitoring:stray_views"), odd).status_code == 200

    def test_older_ones_follow_without_a_gap(self, client, scanned, auditor, monkeypatch):
        monkeypatch.setattr(selected, "PAGE", 2)
        for _ in range(3):
            look(scanned, auditor)
        look(scanned, auditor, at=NOON + timedelta(days=1))
        strays.add_up_due(at=NOON + timedelta(days=2))
        asked = {"first": DAY, "last": DAY + timedelta(days=1)}

        first = client.get(reverse("monitoring:stray_views"), asked).context["page"]
        then = asked | {"before": first.next_before}
        second = client.get(reverse("monitoring:stray_views"), then).context["page"]

        ids = [row.pk for row in (*first.rows, *second.rows)]
        assert len(set(ids)) == first.total == 4
        assert second.next_before is None

    def test_an_auditor_has_no_such_page(self, auditor):
        page = Client()
        page.force_login(auditor, backend=BACKEND)

        assert page.get(reverse("monitoring:stray_views")).status_code == 403
