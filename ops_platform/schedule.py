"""The bank's day: which job runs when. The only such table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from foundation.kernel.calendar import SHANGHAI
from foundation.worklist import services as worklist
from foundation.worklist.models import Job

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Every:
    """A job of each so many seconds. One that has not been done yet stands for those after it."""

    kind: str
    seconds: int
    args: Mapping[str, Any] = field(default_factory=dict)

    def latest(self, at: datetime) -> datetime:
        """Return when the slot began that the moment falls in: the same for all who ask."""
        began = int(at.timestamp()) // self.seconds * self.seconds
        return datetime.fromtimestamp(began, UTC)


@dataclass(frozen=True)
class Daily:
    """A job of each day, from a time of the bank's clock on; made up for when beat was away."""

    kind: str
    from_time: time
    args: Mapping[str, Any] = field(default_factory=dict)

    def latest(self, at: datetime) -> datetime:
        """Return the last moment at which the job was to begin."""
        local = at.astimezone(SHANGHAI)
        today = datetime.combine(local.date(), self.from_time, SHANGHAI)
        return today if today <= local else today - _DAY


Slot = Every | Daily

SLOTS: tuple[Slot, ...] = (
    Every("foundation.worklist.tasks.expire_leases", 15),
    Every("monitoring.tasks.hold_inflows", 15),
    Every("authorization.tasks.watch", 15),
    Every("authorization.tasks.end_emergencies", 15),
    Every("authorization.tasks.judge_in_shadow", 30),
    Every("foundation.imaging.tasks.sweep_folder", 30),
    Every("foundation.worklist.tasks.resume_due", 60),
    Every("monitoring.tasks.climb_slips", 60),
    Every("foundation.worklist.tasks.bury_jobs", 60),
    Every("foundation.worklist.tasks.purge_jobs", 600),
    Every("foundation.hooks.tasks.sweep", 300),
    Every("foundation.imaging.tasks.read_again_due", 300),
    Every("foundation.trail.tasks.seal", 60),
    Every("foundation.trail.tasks.drop_anchor", 900),
    Every("foundation.people.tasks.take_up_posts", 60),
    Every("foundation.ledger.tasks.drop_anchor", 900),
    Every("foundation.ledger.tasks.ask_openings", 600),
    Every("foundation.ledger.tasks.purge_exports", 3600),
    Every("foundation.ledger.tasks.close_dates", 3600),
    Every("foundation.people.tasks.forget_tries", 3600),
    Every("ops_platform.tasks.verify_recent", 3600),
    Daily("foundation.ledger.tasks.expire_holds", time(0, 5)),
    Daily("foundation.ledger.tasks.make_months", time(1, 15)),
    Daily("foundation.ledger.tasks.archive_due", time(1, 45)),
    Daily("foundation.people.tasks.disable_dormant", time(2, 10)),
    Daily("foundation.hooks.tasks.purge", time(2, 20)),
    Daily("monitoring.tasks.make_bulletins", time(1, 0)),
    Daily("authorization.tasks.watch_admissions", time(0, 10)),
    Daily("authorization.tasks.draw_reviews", time(2, 30)),
    Daily("authorization.tasks.draw_shadows", time(2, 40)),
    Daily("monitoring.tasks.run_rules", time(2, 50)),
    # The rounds of the day (DOMAIN §5.4); what they find the night finds again and keeps once.
    Daily("monitoring.tasks.run_rules", time(9), {"day": "today"}),
    Daily("monitoring.tasks.run_rules", time(15), {"day": "today"}),
    Daily("monitoring.tasks.add_up_views", time(3, 10)),
    Daily("monitoring.tasks.build_large_values", time(4, 0)),
    Daily("monitoring.tasks.screen_new_customers", time(4, 20)),
    Daily("ops_platform.tasks.verify_books", time(3, 30)),
)


class Beat:
    """Writes the job of each slot once its time has come.

    The rule for what was missed: the latest slot that has begun is written, whenever that is, and
    none before it. The key of the job is its slot, so a second beat or a restart doubles nothing.
    """

    def __init__(self, slots: tuple[Slot, ...] = SLOTS) -> None:
        self._slots = slots
        self._written: dict[int, str] = {}

    def write_due(self, *, at: datetime) -> int:
        """Write the jobs that are due and not yet written; return how many."""
        return sum(self._write(place, slot, at) for place, slot in enumerate(self._slots))

    def _write(self, place: int, slot: Slot, at: datetime) -> bool:
        words = "&".join(f"{name}={value}" for name, value in sorted(slot.args.items()))
        key = f"{slot.kind}?{words}@{slot.latest(at).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        before = self._written.get(place)
        if before == key or (isinstance(slot, Every) and before and _still_open(before)):
            return False
        written = worklist.enqueue_job(kind=slot.kind, args=slot.args, dedup_key=key)
        self._written[place] = key
        return written is not None


def _still_open(key: str) -> bool:
    return Job.objects.filter(dedup_key=key, state__in=("ready", "running")).exists()
