"""The history of posts: seen within the scope, by the pages and by the database."""

from datetime import date, timedelta

import pytest
from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone

from foundation.people import rules, selectors, services
from foundation.people.models import Post, PostProposal
from tests.factories import people as factory
from tests.foundation.people.conftest import DAY, hired
from tests.foundation.people.posts import COLUMNS, decided, history, proposed, raw

ONE_DAY = timedelta(days=1)


@pytest.fixture
def rotated(bank, teller):
    """Let the teller have worked at another branch before the own outlet."""
    with services.acting_as_system(reason="test"):
        far = services.open_institution(number="310000", name="沪", kind="branch", parent=bank.head)
    factory.post(teller, far, "大堂", since=date(2025, 1, 1), until=date(2025, 12, 31))
    factory.post(teller, bank.outlet, since=date(2026, 1, 1))
    return far


class TestLocked:
    """Row-level security, asked in SQL as the application's role."""

    def titles(self):
        return [row[0] for row in raw("SELECT title FROM people_post ORDER BY id")]

    def test_without_a_scope_there_is_no_post(self, rotated):
        assert raw("SELECT current_user") == [("ops_app",)]
        assert self.titles() == []

    def test_each_branch_sees_its_own_and_the_system_sees_all(self, rotated, teller):
        stranger = hired(rotated, "sysadmin", name="远方", password="")
        with services.acting(staff=teller):
            assert self.titles() == ["柜员"]
        with services.acting(staff=stranger):
            assert self.titles() == ["大堂"]
        with services.acting_as_system(reason="test"):
            assert self.titles() == ["大堂", "柜员"]

    def test_a_post_out_of_sight_is_neither_written_nor_changed(
        self, bank, rotated, sysadmin, secadmin, second_secadmin
    ):
        columns = COLUMNS.replace("valid_from)", "valid_from, proposed_by_id, approved_by_id)")
        values = sysadmin.pk, rotated.pk, DAY, secadmin.pk, second_secadmin.pk
        with services.acting(staff=sysadmin):
            with pytest.raises(Error, match="row-level security"), transaction.atomic():
                raw(f"{columns} VALUES (%s, %s, 'x', %s, %s, %s)", *values)
            assert raw("UPDATE people_post SET valid_until = %s WHERE title = '大堂'", DAY) == 0

        with services.acting_as_system(reason="test"):
            assert Post.objects.get(title="大堂").valid_until == date(2025, 12, 31)

    def test_the_owner_is_held_as_well(self, committed_db):
        with services.acting_as_system(reason="test"):
            house = services.open_institution(number="1", name="总", kind="head", parent=None)
            factory.post(hired(house, password=""), house)

        with committed_db.as_owner() as line:
            line.execute("SELECT count(*) FROM people_post")
            assert line.fetchone() == (0,)

    def test_a_proposal_for_a_place_out_of_sight_is_not_there(
        self, rotated, bank, teller, secadmin
    ):
        head = hired(bank.head, "secadmin", name="总行", password="")
        proposal = proposed(teller, head, rotated)

        with services.acting(staff=secadmin):
            assert raw("SELECT count(*) FROM people_postproposal") == [(0,)]
            with pytest.raises(rules.PostWaits):
                proposed(teller, secadmin, bank.sibling)
        there = hired(rotated, "secadmin", name="远方", password="")
        with services.acting(staff=there):
            # It may be seen by the database's policy; both ends have to be in sight to decide.
            assert selectors.post_proposal(proposal_id=proposal.pk) is None


class TestPages:
    @pytest.fixture
    def admin(self, client, sign_in, secadmin):
        sign_in(secadmin)
        return client

    def page(self, client, name, *args, **asked):
        answer = client.get(reverse(f"people:{name}", args=args), asked)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_two_administrators_do_it_by_the_pages(
        self, admin, sign_in, bank, posted, second_secadmin
    ):
        day = timezone.localdate() + ONE_DAY
        given = {"institution": "110802", "title": "大堂", "valid_from": day, "reason": "轮岗"}
        assert admin.get(reverse("people:propose_post", args=[posted.number])).status_code == 200
        admin.post(reverse("people:propose_post", args=[posted.number]), given)
        with services.acting_as_system(reason="test"):
            proposal = PostProposal.objects.get()
        address = reverse("people:decide_post", args=[proposal.pk])
        assert admin.post(address, {"step": "approve"}).status_code == 409

        sign_in(second_secadmin)
        assert posted.label in self.page(admin, "post_proposals")
        assert "待" in self.page(admin, "posts", posted.number)
        admin.post(address, {"step": "approve"})

        assert history(posted)[-1] == ("110802", "大堂", day, None)
        shown = self.page(admin, "posts", posted.number)
        assert second_secadmin.label in shown
        assert shown.index("<td>大堂<") < shown.index("<td>柜员<")

    def test_the_page_of_a_proposal_tells_of_it_alone(
        self, admin, bank, posted, secadmin, second_secadmin
    ):
        declined = proposed(posted, secadmin, bank.sibling)
        decided(declined, second_secadmin, approve=False)
        waiting = proposed(posted, secadmin, bank.sibling)

        first = admin.get(reverse("people:post_proposal", args=[declined.pk]))
        second = admin.get(reverse("people:post_proposal", args=[waiting.pk]))

        told = [event.action for event in first.context["entries"]]
        assert told == ["people.decline_post", "people.propose_post"]
        assert [event.action for event in second.context["entries"]] == ["people.propose_post"]
        address = reverse("people:post_proposal", args=[declined.pk])
        assert f'href="{address}"' in self.page(admin, "post_proposals")
        decide = reverse("people:decide_post", args=[waiting.pk])
        assert decide in second.content.decode()

    def test_a_proposal_for_somebody_out_of_sight_has_no_page(
        self, admin, sign_in, bank, posted, secadmin
    ):
        proposal = proposed(posted, secadmin, bank.sibling)
        sign_in(hired(bank.sibling, "ops_manager", name="冯远"))

        address = reverse("people:post_proposal", args=[proposal.pk])
        assert admin.get(address).status_code == 404

    def test_the_person_and_the_institution_lead_to_the_history(self, admin, bank, posted):
        person = self.page(admin, "staff_detail", posted.number)
        place = self.page(admin, "institution_detail", bank.outlet.number)

        assert reverse("people:posts", args=[posted.number]) in person
        assert reverse("people:institution_posts", args=[bank.outlet.number]) in place
        for shown in (person, place, self.page(admin, "institution_posts", bank.outlet.number)):
            assert "柜员" in shown
            assert "2020-01-01" in shown
        assert posted.label in place

    @pytest.mark.parametrize(
        ("language", "said"), [("zh-hans", "尚无岗位记录"), ("en", "No post has been recorded")]
    )
    def test_without_posts_the_pages_say_so(self, admin, bank, teller, language, said):
        admin.cookies["ops_language"] = language

        for name, key in (
            ("posts", teller.number),
            ("staff_detail", teller.number),
            ("institution_posts", bank.outlet.number),
            ("institution_detail", bank.outlet.number),
        ):
            assert said in self.page(admin, name, key), name

    def test_posts_of_another_branch_are_not_shown(self, admin, rotated, teller):
        shown = self.page(admin, "posts", teller.number)

        assert "2026-01-01" in shown
        assert "2025-01-01" not in shown

    def test_people_and_places_of_another_branch_are_not_there(self, admin, rotated):
        stranger = hired(rotated, "sysadmin", name="远方", password="")

        for name, key in (
            ("posts", stranger.number),
            ("propose_post", stranger.number),
            ("institution_posts", rotated.number),
        ):
            assert admin.get(reverse(f"people:{name}", args=[key])).status_code == 404

    def test_who_has_left_the_branch_is_named_without_a_link(self, admin, bank, rotated, teller):
        leaver = hired(rotated, name="已调出", password="")
        factory.post(leaver, bank.outlet, "经理", until=date(2024, 12, 31))

        shown = self.page(admin, "institution_posts", bank.outlet.number)

        assert leaver.label in shown
        assert reverse("people:staff_detail", args=[leaver.number]) not in shown

    def test_a_long_history_comes_in_pages(self, admin, bank, teller):
        first = date(2020, 1, 1)
        for turn in range(51):
            begins = first + 10 * turn * ONE_DAY
            factory.post(
                teller, bank.outlet, f"岗位{turn:03}", since=begins, until=begins + 9 * ONE_DAY
            )

        for name, key in (("posts", teller.number), ("institution_posts", bank.outlet.number)):
            shown = self.page(admin, name, key)
            (after,) = {part.split('"')[0] for part in shown.split('href="?after=')[1:]}
            following = self.page(admin, name, key, after=after)
            assert ("岗位001" in shown, "岗位000" in shown) == (True, False)
            assert ("岗位001" in following, "岗位000" in following) == (False, True)
            assert 'rel="next"' not in following
            assert "岗位050" in self.page(admin, name, key, after="x")

    def test_a_teller_has_no_business_here(self, client, sign_in, bank, posted):
        sign_in(posted)

        for name, args in (
            ("posts", [posted.number]),
            ("institution_posts", [bank.outlet.number]),
            ("post_proposals", []),
            ("propose_post", [posted.number]),
        ):
            assert client.get(reverse(f"people:{name}", args=args)).status_code == 403
