"""What a test needs of the trail: events sealed now, whatever else the server is doing."""

import time
from datetime import datetime

from django.db import connection

from foundation.people import services as people
from foundation.trail import rules, services
from foundation.trail.models import Look
from tests.factories.people import DAY, NOON

_SECONDS = 20


def seal_all(*, at: datetime) -> dict[int, rules.Head]:
    """Seal all that happened, once it is finished: what just ended elsewhere holds a round back."""
    until = time.monotonic() + _SECONDS
    with people.acting_as_system(reason="test"):
        while time.monotonic() < until and not _finished():
            time.sleep(0.05)
        return services.seal(at=at)


def look() -> Look:
    """Keep a look at the books that found nothing."""
    looked = rules.Looked(
        began_at=NOON, whole=True, first=DAY, last=DAY, watermark=DAY,
        rows=dict.fromkeys(rules.BOOK_CHECKS, 7), found=(),
    )  # fmt: skip
    return services.keep_look(looked=looked, root_id=0, ended_at=NOON)


def _finished() -> bool:
    with connection.cursor() as line:
        line.execute("SELECT trail_finished_tx() > max(tx) FROM trail_event")
        return bool(line.fetchone() == (True,))
