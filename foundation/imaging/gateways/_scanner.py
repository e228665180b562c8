"""The folder that a scanner writes into: what lies there, and where a file goes once it is kept.

A file is taken only after it was left alone for a while, so that half a file is never read. It is
moved after its bytes are in the store and in the database: a crash in between finds it again, and
its fingerprint says that it is known.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from foundation.imaging.rules import batches

DONE, REFUSED = "done", "refused"
QUIET_SECONDS = 5
AT_ONCE = 50


def waiting_files(*, folder: Path, quiet_seconds: int = QUIET_SECONDS) -> Sequence[Path]:
    """Return files that nobody writes any more, the oldest first, a bounded number at once."""
    if not folder.is_dir():
        return ()
    before = time.time() - quiet_seconds
    found = []
    for path in folder.iterdir():
        if not path.name.startswith(".") and not path.is_symlink() and path.is_file():
            written = path.stat().st_mtime
            found += [(written, path)] if written <= before else []
    return tuple(path for _written, path in sorted(found)[:AT_ONCE])


def scanned_bytes(*, path: Path) -> bytes:
    """Return the bytes of a scanner's file; refuse one that is empty or too large to be read."""
    batches.check_file(size=path.stat().st_size)
    return path.read_bytes()


def file_away(*, path: Path, refused: bool) -> Path:
    """Move a file into `done` or `refused` beside it, under a name that overwrites none."""
    target = path.parent / (REFUSED if refused else DONE)
    target.mkdir(exist_ok=True)
    place, again = target / path.name, 1
    while place.exists():
        place, again = target / f"{path.stem}-{again}{path.suffix}", again + 1
    return path.replace(place)
