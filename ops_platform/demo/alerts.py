"""The shipped rules in force, run over the day before, and some of what they found worked off."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from foundation.people import services as people
from foundation.people.models import Staff
from monitoring.rules import alerts as rules
from monitoring.services import alerts, asking, runs, workshop

MAKER, PUBLISHER = "212001", "200011"
WORKED = 8
WORDS = {
    "close_true": "柜员确认未按规定办理，已通知网点整改",
    "close_false": "客户本人办理，资料齐全，业务真实",
    "issue_query": "请说明该笔业务背景并补传客户身份核验影像",
}


def plan(*, staff: dict[str, Staff], on: date, at: datetime) -> None:
    """Put every shipped rule in force: made by one, published by another."""
    made = workshop.propose_shipped(valid_from=on, by=staff[MAKER], at=at)
    workshop.publish_versions(version_ids=[row.pk for row in made], by=staff[PUBLISHER], at=at)


def play(*, auditors: Sequence[Staff], on: date, at: datetime, say: Callable[[str], None]) -> None:
    """Run the rules over a day, and let auditors work off the first of what they found."""
    began = at - timedelta(seconds=WORKED)
    with people.acting_as_system(reason="demo rules"):
        run = runs.run_day(on=on, at=began)
    endings = ("close_true", "close_false", "close_false", "issue_query")
    worked = [
        ending
        for turn, ending in zip(range(WORKED), endings * WORKED, strict=False)
        if _work(auditors[turn % len(auditors)], ending, began + timedelta(seconds=turn))
    ]
    say(f"{on}: {run.rules} rules, {run.hits} hits, {run.raised} alerts; {len(worked)} worked off")


def _work(auditor: Staff, ending: str, at: datetime) -> bool:
    """Let an auditor take the next alert to an end; False where none waits."""
    with people.acting(staff=auditor):
        opened = alerts.open_next_alert(auditor=auditor, at=at)
        if opened is None:
            return False
        given: dict[str, Any] = {"alert_id": opened.alert.pk, "fence": opened.item.fence}
        given |= {"auditor": auditor, "at": at}
        alerts.take_step(step="investigate", **given)
        if ending == "issue_query":
            asking.ask_outlet(words=WORDS[ending], **given)
            return True
        alerts.take_step(step="verify", **given)
        closed = alerts.take_step(step=ending, words=WORDS[ending], **given)
    return closed.state in rules.ENDED
