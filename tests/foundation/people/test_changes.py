"""Institutions are moved, renamed and closed by two, and closed only when nothing is there."""

import psycopg2
import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.ledger import services as ledger
from foundation.people import rules, services
from foundation.people.models import Institution, InstitutionProposal, Staff
from foundation.trail import selectors as trail
from tests.factories import authorization as counters
from tests.factories import people as factory
from tests.foundation.people.conftest import AT, DAY, hired
from tests.foundation.people.test_second_factor_moved import asked


@pytest.fixture
def empty(bank) -> Institution:
    """Open an outlet at which nobody works."""
    with services.acting_as_system(reason="test"):
        return services.open_institution(
            number="110809", name="新网点", kind="outlet", parent=bank.sub_branch
        )


def proposed(place, by, kind=rules.CLOSE, parent=None, name="") -> InstitutionProposal:
    with services.acting(staff=by):
        return services.propose_change(
            institution=place, kind=kind, parent=parent, name=name, reason="撤并", by=by, at=AT
        )


def decided(proposal, by, *, approve=True) -> Institution:
    with services.acting(staff=by):
        services.decide_change(proposal_id=proposal.pk, approve=approve, by=by, at=AT)
    return Institution.objects.get(pk=proposal.institution_id)


class TestPages:
    def test_one_proposes_and_another_renames(self, client, sign_in, bank, sysadmin, secadmin):
        change = reverse("people:institution_change", args=[bank.outlet.number])
        given = {"kind": "rename", "name": "中关村西区", "institution": "110800", "reason": "更名"}
        sign_in(sysadmin)
        assert (
            change
            in client.get(
                reverse("people:institution_detail", args=[bank.outlet.number])
            ).content.decode()
        )
        assert client.get(change).status_code == 200
        assert client.post(change, given).status_code == 302
        again = client.post(change, given)
        assert again.status_code == 422
        assert again.context["form"]["name"].value() == "中关村西区"

        row = InstitutionProposal.objects.get
        with services.acting_as_system(reason="test"):
            decide = reverse("people:decide_institution", args=[row().pk])
        assert client.post(decide, {"step": "approve"}).status_code == 403
        browser = type(client)()
        sign_in(secadmin, browser=browser)
        listed = browser.get(reverse("people:institution_proposals")).content.decode()
        assert decide in listed
        assert "中关村西区" in listed
        assert browser.post(decide, {"step": "approve"}).status_code == 302

        bank.outlet.refresh_from_db()
        assert bank.outlet.name == "中关村西区"
        with services.acting(staff=sysadmin):
            events = trail.timeline(subject=f"people.institution:{bank.outlet.number}", limit=5)
        assert [one.action for one in events] == [
            "people.rename_institution", "people.propose_institution",
        ]  # fmt: skip
        assert ("name", "中关村 → 中关村西区") in events[0].items

    def test_what_is_out_of_scope_is_not_there(self, client, sign_in, bank, sysadmin):
        sign_in(sysadmin)

        address = reverse("people:institution_change", args=[bank.head.number])

        assert client.get(address).status_code == 404


class TestMoving:
    def test_what_is_below_moves_along(self, bank, sysadmin, secadmin):
        there = bank.elsewhere.parent

        row = decided(proposed(bank.outlet, sysadmin, rules.MOVE, there), secadmin)

        assert row.path == f"{there.path}{row.pk}/"

    @pytest.mark.parametrize(("what", "refusal"), [
        ("centre", rules.WrongPlace), ("sub_branch", rules.NothingChanges),
        ("", rules.WrongPlace),
    ])  # fmt: skip
    def test_a_wrong_place_is_refused(self, bank, sysadmin, what, refusal):
        with pytest.raises(refusal):
            proposed(bank.outlet, sysadmin, rules.MOVE, getattr(bank, what) if what else None)

    def test_the_same_name_is_refused(self, bank, sysadmin):
        for name in ("", bank.outlet.name):
            with pytest.raises(rules.NothingChanges):
                proposed(bank.outlet, sysadmin, rules.RENAME, name=name)


class TestClosing:
    def test_an_empty_outlet_is_closed_and_nobody_comes_to_it(
        self, bank, empty, sysadmin, secadmin
    ):
        assert not decided(proposed(empty, sysadmin), secadmin).active

        with services.acting(staff=sysadmin), pytest.raises(rules.InstitutionClosed):
            services.open_staff(
                number="119003", name="x", institution=empty, title="x", identity="",
                by=sysadmin, at=AT,
            )  # fmt: skip
        with pytest.raises(rules.InstitutionClosed):
            proposed(empty, sysadmin, rules.RENAME, name="再")

    def test_declined_it_stays(self, empty, sysadmin, secadmin):
        assert decided(proposed(empty, sysadmin), secadmin, approve=False).active

    def test_staff_and_what_stands_below_keep_it(self, bank, teller, sysadmin):
        for place in (bank.outlet, bank.sub_branch):
            with pytest.raises(rules.InstitutionInUse):
                proposed(place, sysadmin)

    def test_who_comes_later_keeps_it(self, empty, teller, sysadmin):
        factory.post(teller, empty)

        with pytest.raises(rules.InstitutionInUse):
            proposed(empty, sysadmin)

    def test_an_open_day_and_an_account_keep_it(self, empty, sysadmin, secadmin):
        waiting = proposed(empty, sysadmin)
        with services.acting_as_system(reason="test"):
            ledger.open_day(institution_id=empty.pk, on=DAY, at=AT, by="x")
        with pytest.raises(rules.InstitutionInUse, match=r"Business days|营业日"):
            decided(waiting, secadmin)

        with services.acting_as_system(reason="test"):
            ledger.define_subject(code="1001", name="现金", normal_side="debit", kind="internal")
            counters.account(empty, "1001", "现金")
        with pytest.raises(rules.InstitutionInUse, match=r"Accounts|账户"):
            decided(waiting, secadmin)

    def test_every_room_is_asked(self, empty, sysadmin, monkeypatch):
        codes = [check.code for check in rules.closing_checks()]
        assert codes == ["accounts", "days", "items", "slips", "unposted", "jobs", "unseen",
                         "vouchers"]  # fmt: skip
        with services.acting_as_system(reason="test"):
            assert [check.count(empty.pk) for check in rules.closing_checks()] == [0] * 8


class TestTwo:
    def test_the_proposer_does_not_decide_under_another_number(self, bank, empty, sysadmin):
        other = hired(bank.branch, "secadmin", password="", name="同一人")
        with services.acting_as_system(reason="test"):
            other.roles.all().update(valid_until=DAY)
            Staff.objects.filter(pk=other.pk).update(person=sysadmin.person)
        other.refresh_from_db()
        waiting = proposed(empty, sysadmin)

        with pytest.raises(rules.SameProposer):
            decided(waiting, other)
        with pytest.raises(Error) as refused, services.acting_as_system(reason="test"):
            InstitutionProposal.objects.filter(pk=waiting.pk).update(
                state="approved", decided_by=other, decided_at=AT
            )
        assert refused.value.__cause__.pgcode == "OP106"

    def test_it_is_decided_once_and_one_waits(self, empty, sysadmin, secadmin):
        waiting = proposed(empty, sysadmin)
        with pytest.raises(rules.ChangeWaits):
            proposed(empty, sysadmin)
        decided(waiting, secadmin, approve=False)

        with pytest.raises(rules.Decided):
            decided(waiting, secadmin)
        with pytest.raises(Error, match="decided, and once"), services.acting(staff=secadmin):
            InstitutionProposal.objects.filter(pk=waiting.pk).update(state="approved")

    @pytest.mark.parametrize("change", [{"name": "x"}, {"active": False}], ids=str)
    def test_the_database_changes_none_without_two(self, empty, change):
        with (
            pytest.raises(Error) as refused,
            services.acting_as_system(reason="test"),
            transaction.atomic(),
        ):
            Institution.objects.filter(pk=empty.pk).update(**change)
        assert refused.value.__cause__.pgcode == "OP105"

    def test_the_database_closes_none_that_is_in_use(self, bank, teller, sysadmin, secadmin):
        with services.acting_as_system(reason="test"):
            row = InstitutionProposal.objects.create(
                institution=bank.outlet, kind="close", reason="x", proposed_by=sysadmin,
                proposed_at=AT,
            )  # fmt: skip
            with pytest.raises(Error) as refused, transaction.atomic():
                InstitutionProposal.objects.filter(pk=row.pk).update(
                    state="approved", decided_by=secadmin, decided_at=AT
                )
        assert refused.value.__cause__.pgcode == "OP107"

    def test_a_proposal_out_of_sight_is_not_shown(self, bank, empty, teller, sysadmin):
        proposed(empty, sysadmin)

        with services.acting(staff=teller):
            assert asked("SELECT count(*) FROM people_institutionproposal") == [(0,)]


HIRE = (
    "INSERT INTO people_staff (number, name, institution_id, person, grade, is_active, is_demo,"
    " sign_in_epoch, signed_out_because, must_change_password, own_keys) VALUES ('119004', 'x',"
    " %s, gen_random_uuid(), 1, true, false, 0, '', false, '{}')"
)
DECIDE = (
    "UPDATE people_institutionproposal SET state = 'approved', decided_by_id = %s,"
    " decided_at = now() WHERE id = %s"
)


def test_whoever_comes_to_an_institution_waits_for_who_closes_it(committed_db):
    with services.acting_as_system(reason="test"):
        branch = factory.branch()
        one, other = hired(branch.branch, password=""), hired(branch.branch, password="")
        close = InstitutionProposal.objects.create(
            institution=branch.sibling, kind="close", reason="x", proposed_by=one, proposed_at=AT
        )
    with committed_db.as_owner() as first, committed_db.as_owner() as second:
        for line in (first, second):
            line.execute("BEGIN; SET LOCAL app.scope = '*'; SET LOCAL lock_timeout = '300ms'")
        first.execute(DECIDE, [other.pk, close.pk])

        with pytest.raises(psycopg2.errors.LockNotAvailable):
            second.execute(HIRE, [branch.sibling.pk])

        first.execute("COMMIT")
        second.execute("ROLLBACK; BEGIN; SET LOCAL app.scope = '*'")
        with pytest.raises(psycopg2.Error) as refused:
            second.execute(HIRE, [branch.sibling.pk])
        assert refused.value.pgcode == "OP107"
