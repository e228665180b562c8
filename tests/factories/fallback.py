"""Emergencies for tests: switched by two, with somebody registered at the outlet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from authorization import services
from authorization.models import Fallback, LocalAuthorizer, Request
from authorization.services import fallback
from foundation.people.models import Institution, Staff
from tests.factories import people


@dataclass(frozen=True)
class Crew:
    """Who switches: the operations manager proposes, the risk manager puts in force."""

    manager: Staff
    risk: Staff


def crew(bank: people.Branch) -> Crew:
    """Hire the two who switch."""
    return Crew(
        people.staff(bank.branch, "ops_manager", name="周明"),
        people.staff(bank.branch, "risk_manager", name="吴芳"),
    )


def registered(
    crew: Crew, outlet: Institution, *, most_fen: int = 10_000_000, name: str = "钱红"
) -> tuple[Staff, LocalAuthorizer]:
    """Register a supervisor of an outlet."""
    person = people.staff(outlet, "outlet_supervisor", name=name)
    at = timezone.now()
    row = fallback.propose_local(
        staff=person, most_fen=most_fen, reason="应急预案", by=crew.manager, at=at
    )
    return person, fallback.decide_local(local_id=row.pk, approve=True, by=crew.risk, at=at)


def proposed(
    crew: Crew, place: Institution, *, minutes: int = 60, drill: bool = False,
    at: datetime | None = None,
) -> Fallback:  # fmt: skip
    """Propose an emergency."""
    return fallback.propose(
        institution=place, drill=drill, minutes=minutes, reason="中心断网", by=crew.manager,
        at=at or timezone.now(),
    )  # fmt: skip


def switched(
    crew: Crew, place: Institution, *, minutes: int = 60, at: datetime | None = None
) -> Fallback:
    """Put an emergency in force."""
    row = proposed(crew, place, minutes=minutes, at=at)
    return fallback.approve(switch_id=row.pk, by=crew.risk, at=at or timezone.now())


def ended(crew: Crew, row: Fallback) -> Fallback:
    """Let the centre decide again."""
    return fallback.give_back(
        switch_id=row.pk, reason="中心恢复", by=crew.manager, at=timezone.now()
    )


def opened(person: Staff) -> Request | None:
    """Take the next item of the own outlet."""
    return services.open_at_home(authorizer=person, at=timezone.now())


def decided(person: Staff, item: Request, step: str = "approve", *why: str) -> Request:
    """Decide an item that was opened."""
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=person, at=timezone.now(), reasons=why,
    )  # fmt: skip


def waiting(place: Institution, by: Staff) -> Fallback:
    """Let an emergency of a place be proposed, whoever may do so."""
    row: Fallback = Fallback.objects.create(
        institution=place, minutes=5, reason="演练", drill=True, proposed_by=by,
        proposed_at=people.NOON,
    )  # fmt: skip
    return row


def candidate(place: Institution, by: Staff) -> LocalAuthorizer:
    """Let somebody of a place be proposed as a local authorizer, whatever kind it is."""
    row: LocalAuthorizer = LocalAuthorizer.objects.create(
        institution=place, staff=people.staff(place), most_fen=100, reason="预案",
        proposed_by=by, proposed_at=people.NOON,
    )  # fmt: skip
    return row
