"""The evening of a demo day: every voucher beside its journal line, and auditors at the queue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from foundation.people import services as people
from foundation.people.models import Institution, Staff
from monitoring import rules
from monitoring import services as monitoring
from monitoring.models import Match
from monitoring.services import auditing, settling
from ops_platform.demo import afterwards

LOOKED_AGAIN = "人工核对原件，凭证与流水一致"
LOOK = timedelta(seconds=75)


def pair_day(*, places: dict[str, Institution], on: date, at: datetime) -> None:
    """Let the scanning of the day end, and set its vouchers beside the journal."""
    with people.acting_as_system(reason="demo pairing"):
        afterwards.end_scans(on=on, at=at)
        for place in places.values():
            settling.match_day(institution_id=place.pk, business_date=on, at=at)


def audit(*, auditors: Sequence[Staff], leave: int, at: datetime, seed: int) -> int:
    """Let auditors work the queue down to so many differences; return how many were decided."""
    random, done, turns = Random(f"audit|{seed}|{at:%Y%m%d}"), 0, count()
    with people.acting_as_system(reason="demo audit"):
        waiting = Match.objects.filter(state=rules.OPEN).count()
    while waiting - done > leave:
        auditor, begun = random.choice(auditors), at + LOOK * next(turns)
        with people.acting(staff=auditor):
            opened = monitoring.open_next(auditor=auditor, at=begun)
            if opened is None or opened.look is not None:
                return done
            seen = _look_at(opened, auditor, random, begun + LOOK)
        # A match by hand of a large amount waits for a colleague, who is given it first.
        done += seen.state != rules.OPEN
    return done


def _look_at(opened: monitoring.Opened, auditor: Staff, random: Random, at: datetime) -> Match:
    """Decide a difference, or accept what a colleague matched by hand."""
    if opened.forcing is not None:
        return auditing.decide_forcing(
            forcing_id=opened.forcing.pk, accepted=True, tries=opened.match.tries,
            fence=opened.item.fence, auditor=auditor, at=at,
        )  # fmt: skip
    finding, reason = _finding(opened.match, random)
    return monitoring.decide(
        match_id=opened.match.pk,
        finding=finding,
        reason=reason,
        tries=opened.match.tries,
        fence=opened.item.fence,
        auditor=auditor,
        at=at,
    )


def _finding(match: Match, random: Random) -> tuple[str, str]:
    """Return what an auditor says of a difference: mostly that the machine is right."""
    if match.is_whole and match.result == rules.UNREADABLE and random.random() < 0.8:
        return rules.MATCHED_FORCED, LOOKED_AGAIN
    return match.result, ""
