"""How long a job pauses, and what a dispatcher must say."""

from datetime import timedelta

import pytest

from foundation.worklist import rules


@pytest.mark.parametrize(
    ("attempts", "spread", "pause"),
    [
        (0, 0, timedelta(seconds=2)),
        (1, 0, timedelta(seconds=4)),
        (1, 50, timedelta(seconds=6)),
        (30, 0, timedelta(minutes=10)),
    ],
)
def test_a_failed_job_pauses_longer_each_time(attempts, spread, pause):
    assert rules.backoff(attempts, spread) == pause


def test_a_dispatcher_gives_a_reason():
    with pytest.raises(rules.ReasonMissing):
        rules.check_reason("  ")


def test_a_reason_is_kept_without_blanks_around_it():
    assert rules.check_reason(" 客户等待 ") == "客户等待"
