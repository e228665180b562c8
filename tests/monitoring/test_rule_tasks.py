"""The jobs of the rules: over yesterday at night, over the day so far on a round, and trials."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from foundation.ledger import services as books
from foundation.policy.rules import NotSet
from foundation.worklist.models import Job
from monitoring import tasks
from monitoring.models import RuleRun
from monitoring.selectors import workshop as selected
from monitoring.services import runs
from tests.factories import aml as aml_factory
from tests.factories import ledger as ledger_factory
from tests.factories.people import DAY, NOON


@pytest.mark.parametrize(("day", "ago"), [("", 1), ("today", 0)])
def test_the_night_goes_through_yesterday_and_a_round_through_today(bank, day, ago):
    tasks.run_rules(day=day)()
    tasks.run_rules(day=day)()

    days = set(RuleRun.objects.values_list("day", flat=True))
    assert days == {timezone.localdate() - timedelta(days=ago)}


@pytest.fixture
def posted(bank):
    """Let something stand in the journal of some days; return the latest."""
    till = ledger_factory.account(bank.outlet, "1001", "现金", overdraft_allowed=True)
    account = aml_factory.customer(bank.outlet)

    def post(*days):
        for place, day in enumerate(days):
            if place:
                ledger_factory.close_day(bank.outlet, on=days[place - 1])
            books.open_day(institution_id=bank.outlet.pk, on=day, at=NOON, by="t")
            aml_factory.move(account, till, 100, on=day)

    return post


def asked_for():
    jobs = Job.objects.filter(kind="monitoring.tasks.run_rules").order_by("id")
    return [job.args["day"] for job in jobs]


def test_days_of_an_outage_are_made_up_for_once(posted):
    lost, seen, half, last = (DAY + timedelta(days=days) for days in range(4))
    posted(lost, seen, half, last)
    after = NOON + timedelta(days=4)
    runs.run_day(on=seen, at=NOON + timedelta(days=2))
    runs.run_day(on=half, at=NOON + timedelta(days=2))  # a round of the day itself

    runs.run_night(at=after)
    runs.run_night(at=after)

    assert asked_for() == [str(lost), str(half), str(last)]
    for day in asked_for():
        tasks.run_rules(day=day)()
    assert selected.missed(today=after.date()) == ()


def test_no_more_than_a_month_is_made_up_for(posted):
    posted(DAY)

    assert selected.missed(today=DAY + timedelta(days=31)) == (DAY,)
    assert selected.missed(today=DAY + timedelta(days=32)) == ()


def test_a_day_from_before_the_numbers_is_not_made_up_for(posted, monkeypatch):
    after = DAY + timedelta(days=1)
    posted(DAY, after)
    in_force, long_ago = selected.policy.whole, date(2000, 1, 1)
    monkeypatch.setattr(
        selected.policy,
        "whole",
        lambda *, code, on: in_force(code=code, on=on if on > DAY else long_ago),
    )

    with pytest.raises(NotSet):
        runs.run_day(on=DAY, at=NOON)
    assert selected.missed(today=after + timedelta(days=2)) == (after,)


def test_a_trial_that_is_over_is_left_alone(bank):
    assert tasks.go_on_with_trial(backtest_id=0)() is None


def test_the_command_runs_a_day_and_tells_of_it(bank, capsys):
    call_command("run_rules", date=timezone.localdate() - timedelta(days=1))

    assert "0 rules, 0 lines, 0 hits" in capsys.readouterr().out


def test_the_command_refuses_a_day_to_come(bank):
    with pytest.raises(CommandError, match="nothing to look through"):
        call_command("run_rules", date=timezone.localdate() + timedelta(days=1))
