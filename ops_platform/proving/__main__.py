"""`python -m ops_platform.proving steps seed`: prove the books of the database it is led to."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import django


def main(words: Sequence[str]) -> int:
    """Run the machine; print what was done and refused, end with a traceback when it fails."""
    django.setup()
    from ops_platform.proving.running import prove

    steps, seed = (int(word) for word in words)
    began = time.monotonic()
    counts = prove(steps=steps, seed_number=seed, say=_say)
    for kind, count in sorted(counts.items()):
        sys.stdout.write(f"{kind}: {count}\n")
    sys.stdout.write(f"seed {seed}: sound after {counts['steps']} steps")
    sys.stdout.write(f" in {time.monotonic() - began:.0f} s\n")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
