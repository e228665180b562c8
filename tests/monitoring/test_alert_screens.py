"""Alerts and the workshop in a browser: nobody shut out, nothing too wide, worked by keys."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from foundation.people import services as people_services
from foundation.people.models import Staff
from monitoring.models import Alert, Backtest, RuleVersion
from monitoring.rules import workshop
from monitoring.services import runs
from tests.browser import axe, ready
from tests.factories import monitoring, people
from tests.factories.alerts import entry, published, spec
from tests.factories.people import DAY, NOON

pytestmark = pytest.mark.slow
WIDE = "document.documentElement.scrollWidth > innerWidth"
COLOURS = ("color-contrast", "link-in-text-block")


@pytest.fixture
def lead(browse) -> Staff:
    """Let rules have found something, and return who may make rules and work on alerts."""
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        lead = people.staff(bank.centre, "audit_lead", name="冯磊")
        risk = people.staff(bank.branch, "risk_manager", name="吴芳")
        people.numbers(lead, risk)
        place = monitoring.counter(bank.outlet)
        published(spec("single", "account", where="code 1002; amount_from 500.00"), lead, risk)
        day = published(spec("day", "account", where="paid", tests="count >= 1"), lead, risk)
        steps = spec("sequence", "account", steps="code 1304 > code 1002", minutes="60")
        published(steps, lead, risk, state=workshop.DRAFT)
        runs.look_at_line(line_id=entry(place, fen=600_00).pk, at=NOON)
        runs.run_day(on=DAY, at=NOON + timedelta(hours=8))
        Backtest.objects.create(version=day, first=DAY, last=DAY, asked_by=lead, asked_at=NOON)
    return lead


def addresses() -> list[str]:
    with people_services.acting_as_system(reason="test"):
        alert = Alert.objects.order_by("id")[0]
        draft = RuleVersion.objects.get(state=workshop.DRAFT)
        trial = Backtest.objects.get()
    named = [reverse(f"monitoring:{name}") for name in ("alerts", "alert_desk", "rule_list",
                                                         "rules_waiting", "overlap")]  # fmt: skip
    return [
        *named,
        *(f"{reverse('monitoring:draft_rule')}?kind={kind}" for kind in workshop.KINDS),
        reverse("monitoring:alert", args=[alert.pk]),
        reverse("monitoring:rule", args=[alert.rule_id]),
        reverse("monitoring:version", args=[draft.pk]),
        reverse("monitoring:draft_version", args=[draft.rule_id]),
        reverse("monitoring:trial", args=[trial.pk]),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_its_pages_fit_and_shut_nobody_out(lead, browse, language):
    page = browse(lead, cookies={"ops_language": language})
    faults = []
    for address in addresses():
        page.goto(address)
        ready(page)
        faults += [f"{address} is too wide"] if page.evaluate(WIDE) else []
        for theme, only in (("light", ()), ("dark", COLOURS)):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            faults += [f"{address} {theme}: {fault}" for fault in axe(page, only=only)]

    assert not faults, "\n".join(faults)


def test_an_alert_is_worked_off_by_keys(lead, browse):
    page = browse(lead)
    page.goto(reverse("monitoring:alert_desk"))
    ready(page)
    for key in ("F2", "F3"):
        with page.expect_navigation():
            page.keyboard.press(key)
        ready(page)
    page.locator("#id_words").fill("客户本人办理，资料齐全")
    with page.expect_navigation():
        page.keyboard.press("F9")

    with people_services.acting_as_system(reason="test"):
        assert Alert.objects.filter(state="closed_false").count() == 1
