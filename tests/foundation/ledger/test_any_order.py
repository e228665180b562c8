"""Whatever is done in whatever order: the books agree with a model that only adds and subtracts."""

from __future__ import annotations

import os
import sys
from secrets import randbelow

from ops_platform.proving.running import prove

STEPS = 5_000


def test_the_books_agree_with_the_model_after_any_steps(committed_db):
    seed = int(os.environ.get("OPS_PROOF_SEED") or randbelow(10**9))
    sys.stdout.write(f"OPS_PROOF_SEED={seed} repeats this\n")

    counts = prove(steps=STEPS, seed_number=seed)

    assert counts["steps"] >= STEPS
    # A machine that is refused everything proves nothing.
    assert counts["posted"] > STEPS // 20
    assert min(counts["reversed"], counts["days closed"], counts["repeated"]) > 20
