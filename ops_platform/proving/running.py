"""Running the machine for so many steps, each round with the next seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from ops_platform.proving import founding
from ops_platform.proving.machine import Books

TRIALS, STEPS_OF_A_TRIAL = 10, 80


def prove(
    *, steps: int, seed_number: int, say: Callable[[str], object] = lambda _text: None
) -> Counter[str]:
    """Take at least so many steps in a database of the run's own; raises what failed.

    Returns how often what was done and refused. Round n uses the seed plus n, so that a round that
    failed is repeated alone by the seed that was printed for it.
    """
    counts: Counter[str] = Counter()
    house = founding.found()
    number = seed_number
    while counts["steps"] < steps:
        say(f"seed {number}: {counts['steps']} steps done")
        books = type("Books", (Books,), {"house": house, "counts": counts})
        run_state_machine_as_test(
            seed(number)(books),
            settings=settings(
                max_examples=min(TRIALS, -(-steps // STEPS_OF_A_TRIAL)),
                stateful_step_count=STEPS_OF_A_TRIAL,
                deadline=None,
                database=None,
                print_blob=True,
                phases=(Phase.generate, Phase.shrink),
                verbosity=Verbosity.normal,
                suppress_health_check=list(HealthCheck),
            ),
        )
        number += 1
    return counts
