"""The pages of business days: where all stand, one day's close from first to last, its report."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from foundation.ledger import rules, selectors, services, tasks
from foundation.ledger.models import BusinessDay, DayClosing, DayRun, DaySignature
from foundation.people import services as people
from foundation.worklist.models import Job
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

ONE = timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def checks(monkeypatch):
    """Let one check find as many things as is said."""
    found = [0]
    check = rules.DayCheck("items", "Items of the institution in a queue",
                           lambda _place, _on: rules.Found(found[0], "/x/"))  # fmt: skip
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {"items": check})
    return found


@pytest.fixture
def two(bank):
    return factory.two(bank.outlet)


@pytest.fixture
def day(bank, checks):
    return BusinessDay.objects.get(institution=bank.outlet)


@pytest.fixture
def step(client, day):
    """Take a step as a person, and return the page of the day."""

    def taken(person, name, **given):
        client.force_login(person, backend=BACKEND)
        return client.post(reverse(f"ledger:{name}", args=[day.pk]), given, follow=True)

    return taken


def test_a_day_goes_from_open_to_closed_by_two_people(bank, two, step, checks):
    checks[0] = 2
    page = step(two[0], "day_carry", check="items", reason="等客户来补")
    assert "等客户来补" in page.content.decode()
    step(two[0], "day_step", step="begin_close")
    sealed = step(two[0], "day_step", step="seal")
    digest = DayClosing.objects.get().digest
    assert digest in sealed.content.decode()
    step(two[0], "day_sign", digest=digest)

    closed = step(two[1], "day_sign", digest=digest)

    assert closed.context["console"].day.state == "closed"
    assert [row.label for row in closed.context["console"].signatures] == [
        two[0].label, two[1].label,
    ]  # fmt: skip


def test_what_is_open_is_told_and_keeps_the_day_open(bank, two, step, checks):
    checks[0] = 2
    step(two[0], "day_step", step="begin_close")

    answer = step(two[0], "day_step", step="seal")

    assert answer.status_code == 409
    assert "E4040" in answer.content.decode()


def test_nothing_is_carried_without_a_reason(two, step, checks):
    checks[0] = 2

    assert step(two[0], "day_carry", check="items", reason=" ").status_code == 409


def test_posting_goes_on_when_the_close_is_given_up(bank, two, step):
    step(two[0], "day_step", step="begin_close")
    step(two[0], "day_step", step="resume")

    assert pay(bank, bank.payer, bank.payee, 1).pk


def test_a_day_is_opened_again_by_two_and_the_seal_is_shown_as_superseded(two, step, client):
    step(two[0], "day_step", step="begin_close")
    step(two[0], "day_step", step="seal")
    asked = step(two[0], "day_reopen", reason="漏记一笔")
    assert "漏记一笔" in asked.content.decode()
    assert step(two[0], "day_reopen", step="approve").status_code == 409

    page = step(two[1], "day_reopen", step="approve")

    assert page.context["console"].day.state == "open"
    (old,) = page.context["console"].superseded
    report = client.get(reverse("ledger:day_report", args=[old.pk])).content.decode()
    assert "漏记一笔" in report


def test_the_next_day_is_opened_from_the_closed_one(bank, two, client, day):
    factory.close_day(bank.outlet, by=two)
    client.force_login(two[0], backend=BACKEND)
    shown = client.get(reverse("ledger:day", args=[day.pk])).context["next"]["on"].value()
    assert shown > DAY

    client.post(reverse("ledger:open_next", args=[day.pk]), {"on": DAY + timedelta(days=1)})

    on = selectors.business_date(institution_id=bank.outlet.pk)
    assert on == DAY + timedelta(days=1)


@pytest.fixture
def opening(bank, two, client, day, monkeypatch):
    """Ask on the day after it that the day be followed by another."""
    factory.close_day(bank.outlet, by=two)
    client.force_login(two[0], backend=BACKEND)
    monkeypatch.setattr(timezone, "now", lambda: NOON + timedelta(days=1))

    def asked(language="zh-hans", **given):
        client.cookies["ops_language"] = language
        return client.post(reverse("ledger:open_next", args=[day.pk]), given)

    return asked


@pytest.mark.parametrize(
    "on", ["", "2090-01-01", "9999-12-31", "0001-01-01", "x", f"{DAY}", f"{DAY + 33 * ONE}"]
)
def test_a_day_that_is_missing_or_not_allowed_is_told_at_its_field(opening, on):
    answer = opening(on=on)

    assert answer.status_code == 422
    assert answer.context["next"].errors.keys() == {"on"}
    assert 'id="id_on-error"' in answer.content.decode()
    assert BusinessDay.objects.filter(date__gt=DAY).count() == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "2027-01-01 距今过远，目前最晚可开启 2026-12-25 营业日。"),
     ("en", "2027-01-01 is too far ahead; 2026-12-25 is the last that may be opened.")],
)  # fmt: skip
def test_how_far_ahead_a_day_may_be_is_said_in_both_languages(opening, language, said):
    assert said in opening(language, on="2027-01-01").content.decode()


def test_the_last_day_that_may_be_opened_is_opened(opening):
    assert opening(on=DAY + 32 * ONE).status_code == 302


def test_a_day_that_is_not_closed_is_followed_by_none(bank, two, client, day):
    client.force_login(two[0], backend=BACKEND)
    address = reverse("ledger:open_next", args=[day.pk])

    assert client.post(address, {"on": DAY + ONE}).status_code == 409
    assert client.post(address).context["next"].errors.keys() == {"on"}


def test_the_report_is_a_page_and_a_pdf_with_the_same_figures(bank, two, client):
    factory.close_day(bank.outlet, by=two)
    closing = DayClosing.objects.get()
    client.force_login(two[0], backend=BACKEND)

    page = client.get(reverse("ledger:day_report", args=[closing.pk])).content.decode()
    sheet = client.get(reverse("ledger:day_report_pdf", args=[closing.pk]))

    for shown in (closing.digest, "1,000.00", two[0].name, two[1].name):
        assert shown in page
    assert sheet["Content-Type"] == "application/pdf"
    assert sheet.content.startswith(b"%PDF-")
    assert f"day-110101-{DAY}.pdf" in sheet["Content-Disposition"]


def test_days_show_where_all_stand(bank, two, client):
    client.force_login(factory.two(bank.branch, "ops_manager")[0], backend=BACKEND)
    factory.close_day(bank.outlet, by=two)

    page = client.get(reverse("ledger:days"))

    assert page.context["counts"] == {"open": 1, "closing": 0, "sealed": 0, "closed": 1}


class TestMany:
    @pytest.fixture
    def run(self, bank, checks, client):
        """Ask for both outlets' days to be closed, and return the run's key."""
        client.force_login(factory.two(bank.branch, "ops_manager")[0], backend=BACKEND)
        days, key = BusinessDay.objects.order_by("id"), uuid4()
        given = {"key": key, "days": [row.pk for row in days]}
        client.post(reverse("ledger:close_many"), given)
        client.post(reverse("ledger:close_many"), given)
        return key

    def work(self):
        for job in Job.objects.filter(kind="foundation.ledger.tasks.close_one").order_by("id"):
            for _again in range(2):
                with people.acting_as_system(reason="test"):
                    tasks.close_one(**job.args)()

    def test_each_is_sealed_by_a_job_of_its_own(self, bank, run, client):
        assert DayRun.objects.filter(key=run).count() == 2
        before = client.get(reverse("ledger:run", args=[run]))

        self.work()

        after = client.get(reverse("ledger:run", args=[run]))
        assert (before.context["done"], after.context["done"], after.context["all"]) == (0, 2, 2)
        assert set(BusinessDay.objects.values_list("state", flat=True)) == {"sealed"}
        assert DayClosing.objects.count() == 2
        assert not DaySignature.objects.exists()

    def test_what_is_blocked_stays_open_and_is_told(self, bank, run, client, checks):
        checks[0] = 1

        self.work()

        page = client.get(reverse("ledger:run", args=[run]))
        assert [told for _row, told in page.context["rows"]] == [
            "本日不能封账：有 1 项检查发现未了事项。"
        ] * 2
        assert set(BusinessDay.objects.values_list("state", flat=True)) == {"open"}

    def test_a_day_closed_meanwhile_is_not_touched(self, bank, run, two):
        factory.close_day(bank.outlet, by=two)

        self.work()

        result = DayRun.objects.get(institution=bank.outlet).result
        assert result == "E0101"
        assert selectors.day_state(institution_id=bank.outlet.pk, on=DAY) == "closed"

    def test_days_that_are_not_in_sight_are_not_asked_for(self, bank, checks, two, client):
        client.force_login(two[0], backend=BACKEND)
        foreign = BusinessDay.objects.get(institution=bank.other)

        answer = client.post(reverse("ledger:close_many"), {"key": uuid4(), "days": [foreign.pk]})

        assert answer.status_code == 409
        assert not DayRun.objects.exists()


def test_the_anchor_takes_every_head_once(bank, two, settings, tmp_path):
    settings.OPS_VAR = tmp_path
    factory.close_day(bank.outlet, by=two)

    assert services.drop_anchor(at=NOON) == 1
    assert tasks.drop_anchor()() == 0
