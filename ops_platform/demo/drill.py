"""Who may decide at outlets of the demo in an emergency, and the drill of the day before.

In the drill nothing was decided at outlets: the time of an emergency is kept by the clock of the
database, so that no history can be played in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from authorization.services import fallback
from foundation.people.models import Institution, Staff

MOST_FEN = 10_000_000
MINUTES = 30
TOOK = timedelta(minutes=12)


def play(*, staff: Mapping[str, Staff], place: Institution, at: datetime) -> None:
    """Register every supervisor of an outlet, then hold a drill of the place that one ends."""
    manager, risk = staff["200010"], staff["200011"]
    for number in sorted(staff):
        if staff[number].roles.filter(role="outlet_supervisor").exists():
            row = fallback.propose_local(
                staff=staff[number], most_fen=MOST_FEN, reason="应急预案", by=manager, at=at
            )
            fallback.decide_local(local_id=row.pk, approve=True, by=risk, at=at)
    drill = fallback.propose(
        institution=place, drill=True, minutes=MINUTES, reason="月度应急演练", by=manager, at=at
    )
    fallback.approve(switch_id=drill.pk, by=risk, at=at + timedelta(minutes=1))
    fallback.give_back(
        switch_id=drill.pk, reason="演练结束，切换与恢复均正常", by=manager, at=at + TOOK
    )
