"""Giving posts: two people, one post at a time, and the scope follows on its first day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.people import rules, selectors, services
from foundation.people.models import Staff
from foundation.trail import selectors as trail
from tests.foundation.people.conftest import AT, DAY, hired
from tests.foundation.people.posts import COLUMNS, LATER, decided, history, proposed, raw

ONE_DAY = timedelta(days=1)


def midnight(day):
    """Return when the bank's day begins: at 16:00 of the day before in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)


class TestGiving:
    def test_two_administrators_give_a_post_and_the_former_ends_the_day_before(
        self, bank, posted, secadmin, second_secadmin
    ):
        decided(proposed(posted, secadmin, bank.sibling), second_secadmin)

        assert history(posted) == [
            ("110801", "柜员", date(2020, 1, 1), LATER - ONE_DAY),
            ("110802", "大堂", LATER, None),
        ]
        with services.acting(staff=secadmin):
            last = posted.posts.get(valid_from=LATER)
            assert (last.proposed_by, last.approved_by) == (secadmin, second_secadmin)

    def test_a_declined_proposal_changes_nothing(self, bank, posted, secadmin, second_secadmin):
        before = history(posted)

        decided(proposed(posted, secadmin, bank.sibling), second_secadmin, approve=False)

        assert history(posted) == before

    def test_it_is_told_on_the_trail(self, bank, posted, secadmin, second_secadmin):
        decided(proposed(posted, secadmin, bank.sibling, on=DAY), second_secadmin)

        with services.acting(staff=secadmin):
            events = trail.timeline(subject=f"people.staff:{posted.number}")
        assert [(event.action, event.actor) for event in events] == [
            ("people.take_up_post", "system"),
            ("people.approve_post", second_secadmin.label),
            ("people.propose_post", secadmin.label),
        ]
        assert ("institution", "110801 → 110802") in events[0].items

    def test_nobody_proposes_or_decides_their_own(self, bank, secadmin, second_secadmin):
        with pytest.raises(rules.OwnGrant):
            proposed(secadmin, secadmin, bank.centre)
        with pytest.raises(rules.OwnGrant):
            decided(proposed(second_secadmin, secadmin, bank.branch), second_secadmin)

    def test_nobody_decides_what_they_proposed_under_any_number(self, bank, posted, secadmin):
        second = hired(bank.branch, "secadmin", name="陈一", password="")
        with services.acting_as_system(reason="test"):
            second.person = secadmin.person
            second.save(update_fields=["person"])
        proposal = proposed(posted, secadmin, bank.sibling)

        for same in (secadmin, second):
            with pytest.raises(rules.SameProposer):
                decided(proposal, same)

    def test_a_proposal_is_decided_once(self, bank, posted, secadmin, second_secadmin):
        proposal = proposed(posted, secadmin, bank.sibling)
        decided(proposal, second_secadmin, approve=False)

        with pytest.raises(rules.Decided):
            decided(proposal, second_secadmin)

    def test_one_proposal_waits_at_a_time(self, bank, posted, secadmin):
        proposed(posted, secadmin, bank.sibling)

        with pytest.raises(rules.PostWaits):
            proposed(posted, secadmin, bank.elsewhere)

    def test_a_post_does_not_begin_in_the_past(self, bank, posted, secadmin, second_secadmin):
        with pytest.raises(rules.PostPast):
            proposed(posted, secadmin, bank.sibling, on=DAY - ONE_DAY)
        late = proposed(posted, secadmin, bank.sibling, on=DAY)
        with pytest.raises(rules.PostPast):
            decided(late, second_secadmin, at=AT + ONE_DAY)

    def test_the_next_begins_after_the_last_that_was_decided(
        self, bank, posted, secadmin, second_secadmin
    ):
        decided(proposed(posted, secadmin, bank.sibling), second_secadmin)

        with pytest.raises(rules.PostEarlier):
            proposed(posted, secadmin, bank.elsewhere, on=LATER)
        decided(proposed(posted, secadmin, bank.elsewhere, on=LATER + ONE_DAY), second_secadmin)
        assert [row[3] for row in history(posted)] == [LATER - ONE_DAY, LATER, None]

    def test_the_post_that_is_held_is_not_given_again(self, bank, posted, secadmin):
        with pytest.raises(rules.SamePost):
            proposed(posted, secadmin, bank.outlet, "柜员")
        proposed(posted, secadmin, bank.outlet, "大堂")

    def test_who_has_no_post_on_record_gets_a_first(self, bank, teller, secadmin, second_secadmin):
        decided(proposed(teller, secadmin, bank.sibling), second_secadmin)

        assert history(teller) == [("110802", "大堂", LATER, None)]


class TestRoles:
    def test_what_does_not_belong_there_ends_on_the_day_before(
        self, bank, posted, secadmin, second_secadmin
    ):
        decided(proposed(posted, secadmin, bank.centre, "授权员"), second_secadmin)

        assert posted.roles.get().valid_until == LATER - ONE_DAY
        for day, held in ((LATER - ONE_DAY, ("teller",)), (LATER, ())):
            assert selectors.roles_of(staff=posted, on=day) == held

    def test_what_belongs_there_too_stays(self, bank, posted, secadmin, second_secadmin):
        decided(proposed(posted, secadmin, bank.sibling), second_secadmin)

        assert posted.roles.get().valid_until is None

    def test_a_role_that_begins_later_is_in_the_way(self, bank, secadmin):
        newcomer = hired(bank.outlet, password="")
        with services.acting_as_system(reason="test"):
            services.grant_role(
                staff=newcomer, role="teller", on=LATER, granted_by=None, approved_by=None
            )

        with pytest.raises(rules.RoleStays):
            proposed(newcomer, secadmin, bank.centre)

    def test_a_role_of_the_new_place_is_given_from_its_day_on(
        self, bank, posted, secadmin, second_secadmin
    ):
        decided(proposed(posted, secadmin, bank.centre), second_secadmin)

        def wanted(on):
            return services.propose_role(
                staff=posted, role="authorizer", kind="grant", valid_from=on, valid_until=None,
                reason="轮岗", by=secadmin, at=AT,
            )  # fmt: skip

        with services.acting(staff=secadmin):
            with pytest.raises(rules.RoleNotHere):
                wanted(LATER - ONE_DAY)
            assert wanted(LATER).valid_from == LATER


class TestTakingUp:
    @pytest.fixture
    def moving(self, bank, posted, secadmin, second_secadmin):
        decided(proposed(posted, secadmin, bank.centre), second_secadmin)
        return posted

    def scope(self, staff):
        return selectors.scope_of(staff=Staff.objects.get(pk=staff.pk))

    def test_the_scope_follows_at_midnight_of_the_first_day_and_not_before(self, bank, moving):
        assert services.take_up_posts(at=midnight(LATER) - timedelta(seconds=1)) == 0
        assert self.scope(moving) == (bank.outlet.pk,)

        assert services.take_up_posts(at=midnight(LATER)) == 1
        assert services.take_up_posts(at=midnight(LATER)) == 0
        assert bank.sibling.pk in self.scope(moving)

    def test_the_session_ends_and_says_why(self, client, sign_in, moving):
        sign_in(moving)

        services.take_up_posts(at=midnight(LATER))

        address = client.get(reverse("ui:keys"))["Location"]
        assert "ended=moved" in address
        assert "新岗位已生效" in client.get(address).content.decode()

    def test_a_session_begins_where_the_post_of_the_day_is(self, bank, moving):
        moving.refresh_from_db()

        entered = services.start_session(staff=moving, at=midnight(LATER), where="")

        assert entered.institution == bank.centre

    def test_a_post_from_today_on_is_taken_up_at_once(
        self, bank, posted, secadmin, second_secadmin
    ):
        decided(proposed(posted, secadmin, bank.sibling, on=DAY), second_secadmin)

        assert self.scope(posted) == (bank.sibling.pk,)

    def test_a_new_title_at_the_same_place_ends_no_session(
        self, bank, posted, secadmin, second_secadmin
    ):
        epoch = posted.sign_in_epoch

        decided(proposed(posted, secadmin, bank.outlet, on=DAY), second_secadmin)

        posted.refresh_from_db()
        assert posted.sign_in_epoch == epoch


class TestDatabase:
    """What it refuses by itself, asked in SQL within an administrator's scope."""

    @pytest.fixture(autouse=True)
    def inside(self, bank, posted, secadmin):
        with services.acting(staff=secadmin):
            yield

    @pytest.mark.parametrize(
        ("first", "last"),
        [("2019-01-01", "2020-01-01"), ("2026-01-01", "2026-01-02"), ("2026-12-01", None)],
    )
    def test_no_two_posts_of_a_number_overlap(self, bank, posted, first, last):
        columns = COLUMNS.replace("valid_from)", "valid_from, valid_until)")
        with (
            services.acting_as_system(reason="test"),
            pytest.raises(Error, match=r"people_post_(no_overlap|one_at_a_time)"),
            transaction.atomic(),
        ):
            raw(f"{columns} VALUES (%s, %s, 'x', %s, %s)", posted.pk, bank.outlet.pk, first, last)

    def test_no_post_begins_without_two_people(self, bank, secadmin):
        with pytest.raises(Error, match="approved by another"), transaction.atomic():
            raw(f"{COLUMNS} VALUES (%s, %s, 'x', %s)", secadmin.pk, bank.branch.pk, DAY)

    def test_holder_proposer_and_approver_are_three(self, bank, posted, secadmin):
        columns = COLUMNS.replace("valid_from)", "valid_from, proposed_by_id, approved_by_id)")
        values = secadmin.pk, bank.branch.pk, DAY, secadmin.pk, posted.pk
        with pytest.raises(Error, match="three people"), transaction.atomic():
            raw(f"{columns} VALUES (%s, %s, 'x', %s, %s, %s)", *values)

    @pytest.mark.parametrize(
        "change", ["title = 'x'", "valid_from = '2019-01-01'", "staff_id = staff_id + 1"]
    )
    def test_a_post_is_only_ever_ended(self, change):
        with pytest.raises(Error, match="only ever ended"), transaction.atomic():
            raw(f"UPDATE people_post SET {change}")

    @pytest.mark.parametrize("table", ["people_post", "people_postproposal"])
    def test_nothing_is_deleted(self, table):
        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            raw(f"DELETE FROM {table}")

    def test_a_proposal_is_not_rewritten_nor_decided_by_its_proposer(self, bank, posted, secadmin):
        proposal = proposed(posted, secadmin, bank.sibling)
        for change, said in (
            ("title = 'x'", "only ever decided"),
            (f"state = 'approved', decided_by_id = {secadmin.pk}, decided_at = now()", "people"),
            (f"state = 'approved', decided_by_id = {posted.pk}, decided_at = now()", "three"),
            ("state = 'approved'", "three people|people_post_decided"),
        ):
            with pytest.raises(Error, match=said), transaction.atomic():
                raw(f"UPDATE people_postproposal SET {change} WHERE id = %s", proposal.pk)

    def test_nobody_moves_a_number_past_the_posts(self, bank, posted):
        with pytest.raises(Error, match="follows from the post"), transaction.atomic():
            raw(
                "UPDATE people_staff SET institution_id = %s WHERE id = %s",
                bank.centre.pk, posted.pk,
            )  # fmt: skip
