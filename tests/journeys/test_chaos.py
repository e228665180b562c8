"""Everything is killed twice while 200 items run; CHAOS_SEED repeats an order of kills."""

from __future__ import annotations

import os
import random
import sys

import pytest

from tests import chaos
from tests.stack import Stack

pytestmark = pytest.mark.slow

ITEMS = 200


def test_nothing_is_lost_or_doubled_and_nobody_helps(stack: Stack) -> None:
    # One test, since its run is worth two minutes and a divided run would make it twice.
    seed = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(10_000)))
    sys.stderr.write(f"CHAOS_SEED={seed}\n")

    run = chaos.all_killed(stack, seed=seed, items=ITEMS)

    chaos.whole(run)
    assert chaos.counted(run) == (0, 0)
