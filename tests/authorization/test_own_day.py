"""What the figures of a desk open: the list behind each is as long as the figure says."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authorization import rules, selectors, services
from authorization.models import Request
from foundation.people.roles import Permission
from foundation.people.services import acting
from foundation.trail.models import Event
from foundation.ui import menu
from foundation.worklist import services as worklist
from tests.authorization.desk import decided, minutes
from tests.factories import authorization as factory
from tests.factories import people

BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
FIGURE = re.compile(r'href="([^"]+)" data-figure="(\d+)"')
DECIDED, WAITING = "authorization:decided", "authorization:waiting"


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", grade=3)


@pytest.fixture
def as_person(client):
    """Open a page as somebody, and answer what it was told and what it says."""

    def open_page(staff, page, **asked):
        client.force_login(staff, backend=BACKEND)
        return client.get(reverse(page), asked, **BROWSER)

    return open_page


def several(counter, teller, count, *, first=0):
    return [
        factory.sent(
            teller, factory.withdrawal(counter, "60,000.00", voucher_no=f"07447192{place:02}")
        )
        for place in range(first, first + count)
    ]


class TestDecided:
    def test_a_figure_opens_as_many_as_it_counts(self, as_person, counter, teller, authorizer):
        for _item in several(counter, teller, 3):
            decided(authorizer, "approve", at=minutes(5))

        # The desk has nothing on it, and its figures stand all the same.
        figures = dict(FIGURE.findall(as_person(authorizer, "authorization:workbench").text))
        page = as_person(authorizer, DECIDED)

        assert figures[reverse(DECIDED)] == "3"
        assert page.context["page"].total == len(page.context["page"].rows) == 3

    def test_nobody_reads_what_a_colleague_decided(
        self, as_person, bank, counter, teller, authorizer
    ):
        several(counter, teller, 1)
        made = decided(authorizer, "approve", at=minutes(5))

        page = as_person(people.staff(bank.centre, "authorizer"), DECIDED)

        assert page.context["page"].total == 0
        assert made.number not in page.text

    def test_another_day_has_its_own(self, as_person, counter, teller, authorizer):
        several(counter, teller, 1)
        made = decided(authorizer, "approve", at=minutes(5))

        other = as_person(authorizer, DECIDED, on="2026-01-05")
        same = as_person(authorizer, DECIDED, on=made.business_date.isoformat())

        assert (other.context["page"].total, same.context["page"].total) == (0, 1)
        assert "这一天您没有作过决定" in other.text

    def test_a_longer_day_goes_on_behind_its_page(self, as_person, counter, teller, authorizer):
        several(counter, teller, 3)
        numbers = [decided(authorizer, "approve", at=minutes(5)).number for _time in range(3)]
        asked = {"decider": authorizer, "on": people.DAY}

        first = selectors.made_by(**asked, most=2)
        rest = as_person(authorizer, DECIDED, before=first.next_before).context["page"]

        shown = [row.request.number for page in (first, rest) for row in page.rows]
        assert shown == numbers[::-1]
        assert rest.next_before is None

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_it_is_taken_away_and_told_of(self, as_person, counter, teller, authorizer, kind):
        several(counter, teller, 1)
        made = decided(authorizer, "approve", at=minutes(5))

        file = as_person(authorizer, DECIDED, export=kind)

        assert f'filename="my-decisions-{made.business_date}.{kind}"' in file["Content-Disposition"]
        assert Event.objects.filter(action=DECIDED, result="ok").count() == 1

    @pytest.mark.parametrize("query", ["on=x", "before=x", "before=-1", "export=x"])
    def test_what_cannot_be_read_does_not_narrow(self, as_person, authorizer, query):
        name, value = query.split("=")

        assert as_person(authorizer, DECIDED, **{name: value}).status_code == 200


class TestWaiting:
    def test_a_figure_opens_as_many_as_it_counts(self, as_person, counter, teller, authorizer):
        items = several(counter, teller, 3)

        # The desk takes the first; the others wait.
        figures = dict(FIGURE.findall(as_person(authorizer, "authorization:workbench").text))
        page = as_person(authorizer, WAITING)

        assert figures[reverse(WAITING)] == "2"
        assert [row.number for row in page.context["page"].rows] == [
            item.number for item in items[1:]
        ]

    def test_above_the_grade_nothing_is_listed(self, as_person, bank, counter, teller):
        (item,) = several(counter, teller, 1)
        below = people.staff(bank.centre, "authorizer", grade=item.grade_needed - 1)

        assert as_person(below, WAITING).context["page"].total == 0

    @pytest.mark.parametrize("who", ["authorizer", "lead"])
    def test_the_menu_counts_what_is_offered(self, as_person, counter, teller, who, request):
        staff = request.getfixturevalue(who)
        first, _second = several(counter, teller, 2)
        up(first, request.getfixturevalue("authorizer"))

        page = as_person(staff, WAITING)
        with acting(staff=staff):
            told = menu.waiting(
                "authorization", staff, frozenset({Permission.AUTHORIZATION_DECIDE})
            )

        offered = 2 if who == "lead" else 1
        assert page.context["page"].total == 2
        assert page.context["page"].offered == told == offered
        assert page.text.count("可派给您") == offered
        assert page.text.count("<td>已上报主管</td>") == 2 - offered

    def test_what_a_dispatcher_set_aside_says_so(
        self, as_person, bank, counter, teller, authorizer
    ):
        (item,) = several(counter, teller, 1)
        worklist.suspend(
            item_id=item.work_item_id,
            until=people.NOON + timedelta(hours=1),
            reason="等待通知",
            by=people.staff(bank.centre, "dispatcher"),
            at=people.NOON,
        )

        page = as_person(authorizer, WAITING)

        assert (page.context["page"].total, page.context["page"].offered) == (1, 0)
        assert "已由调度员挂起" in page.text

    def test_the_part_is_answered_alone(self, client, counter, teller, authorizer):
        (item,) = several(counter, teller, 1)
        client.force_login(authorizer, backend=BACKEND)

        part = client.get(reverse(WAITING), HTTP_HX_REQUEST="true", **BROWSER)

        assert item.number in part.text
        assert "<html" not in part.text

    def test_its_file_holds_all_rows(self, as_person, counter, teller, authorizer):
        items = several(counter, teller, 2)

        file = as_person(authorizer, WAITING, export="csv", after=items[0].pk)

        lines = file.content.decode("utf-8-sig").splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == [item.number for item in items]

    def test_more_rows_ask_no_more_often(self, as_person, client, counter, teller, authorizer):
        several(counter, teller, 1)
        as_person(authorizer, WAITING)  # it also notes when the person was seen
        with CaptureQueriesContext(connection) as for_one:
            client.get(reverse(WAITING), **BROWSER)
        several(counter, teller, 6, first=1)
        with CaptureQueriesContext(connection) as for_more:
            client.get(reverse(WAITING), **BROWSER)

        assert len(for_more) == len(for_one)


def test_the_desk_asks_for_its_figures_no_more_often(client, counter, teller, authorizer):
    """Links cost nothing: the figures of a desk stand in its one question, as before."""
    several(counter, teller, 1)
    client.force_login(authorizer, backend=BACKEND)
    address = reverse("authorization:workbench")
    client.get(address, **BROWSER)

    with CaptureQueriesContext(connection) as captured:
        client.get(address, HTTP_HX_REQUEST="true", **BROWSER)

    counting = [one for one in captured.captured_queries if " AS decided" in one["sql"]]
    assert len(counting) == 1


class TestOnHold:
    def test_the_figure_opens_ones_own_questions_and_no_others(
        self, as_person, bank, counter, teller, authorizer
    ):
        colleague = people.staff(bank.centre, "authorizer", name="赵志远")
        several(counter, teller, 2)
        for by in (authorizer, colleague):
            opened = services.open_next(authorizer=by, at=people.NOON)
            services.hold(
                number=opened.number, kind="consult", question="用途是否相符？",
                fence=opened.opened_fence, authorizer=by, at=people.NOON,
            )  # fmt: skip

        figures = dict(FIGURE.findall(as_person(authorizer, "authorization:workbench").text))
        own = as_person(authorizer, "authorization:on_hold", own="1")
        every = as_person(authorizer, "authorization:on_hold")

        assert figures[f"{reverse('authorization:on_hold')}?own=1"] == "1"
        assert [row.asked_by for row in own.context["page"].rows] == [authorizer]
        assert (own.context["page"].total, every.context["page"].total) == (1, 2)


class TestTakingBack:
    def buttons(self, page):
        return re.findall(r'formaction="([^"]+)"', page.text)

    def test_what_waits_is_taken_back_on_its_row(self, as_person, client, counter, teller):
        (item,) = several(counter, teller, 1)

        page = as_person(teller, "authorization:mine")
        (address,) = self.buttons(page)
        answer = client.post(address, **BROWSER)

        item.refresh_from_db()
        assert item.state == rules.WITHDRAWN
        assert answer["Location"] == reverse("authorization:item", args=[item.number])
        assert "csrfmiddlewaretoken" in page.text
        assert not self.buttons(as_person(teller, "authorization:mine"))

    @pytest.mark.parametrize("step", ["return", "hold"])
    def test_so_is_what_was_sent_back_or_asked_about(
        self, as_person, counter, teller, authorizer, step
    ):
        (item,) = several(counter, teller, 1)
        opened = services.open_next(authorizer=authorizer, at=people.NOON)
        if step == "hold":
            services.hold(
                number=item.number, kind="rescan", question="请补扫背面",
                fence=opened.opened_fence, authorizer=authorizer, at=people.NOON,
            )  # fmt: skip
        else:
            services.decide(
                number=item.number, step=step, shown=opened.content_hash, reasons=["A18"],
                fence=opened.opened_fence, decider=authorizer, at=people.NOON,
            )  # fmt: skip

        page = as_person(teller, "authorization:mine")

        assert self.buttons(page) == [reverse("authorization:withdraw", args=[item.number])]
        name = {"return": "correct", "hold": "answer"}[step]
        assert reverse(f"authorization:{name}", args=[item.number]) in page.text

    def test_what_is_on_a_desk_or_over_has_no_button(self, as_person, counter, teller, authorizer):
        several(counter, teller, 2)
        decided(authorizer, "approve", at=minutes(5))
        services.open_next(authorizer=authorizer, at=minutes(6))

        page = as_person(teller, "authorization:mine")

        assert {*Request.objects.values_list("state", flat=True)} == {
            rules.POSTED, rules.VIEWING,
        }  # fmt: skip
        assert not self.buttons(page)

    def test_who_comes_too_late_is_refused(self, as_person, client, counter, teller, authorizer):
        (item,) = several(counter, teller, 1)
        (address,) = self.buttons(as_person(teller, "authorization:mine"))
        services.open_next(authorizer=authorizer, at=people.NOON)

        answer = client.post(address, **BROWSER)

        item.refresh_from_db()
        assert (answer.status_code, item.state) == (409, rules.VIEWING)
        refused = Event.objects.exclude(result="ok").filter(action="authorization:withdraw")
        assert refused.count() == 1


def up(item, authorizer):
    """Let the authorizer leave an item to the leads."""
    opened = services.open_next(authorizer=authorizer, at=people.NOON)
    assert opened.pk == item.pk
    services.pass_up(
        number=item.number, why="客户神情异常", fence=opened.opened_fence,
        authorizer=authorizer, at=people.NOON,
    )  # fmt: skip
