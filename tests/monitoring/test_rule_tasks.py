"""The jobs of the rules: over yesterday at night, over the day so far on a round, and trials."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from monitoring import tasks
from monitoring.models import RuleRun


@pytest.mark.parametrize(("day", "ago"), [("", 1), ("today", 0)])
def test_the_night_goes_through_yesterday_and_a_round_through_today(bank, day, ago):
    tasks.run_rules(day=day)()
    tasks.run_rules(day=day)()

    days = set(RuleRun.objects.values_list("day", flat=True))
    assert days == {timezone.localdate() - timedelta(days=ago)}


def test_a_trial_that_is_over_is_left_alone(bank):
    assert tasks.go_on_with_trial(backtest_id=0)() is None


def test_the_command_runs_a_day_and_tells_of_it(bank, capsys):
    call_command("run_rules", date=timezone.localdate() - timedelta(days=1))

    assert "0 rules, 0 lines, 0 hits" in capsys.readouterr().out


def test_the_command_refuses_a_day_to_come(bank):
    with pytest.raises(CommandError, match="nothing to look through"):
        call_command("run_rules", date=timezone.localdate() + timedelta(days=1))
