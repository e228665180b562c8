"""Who is admitted in the demo: most by inheritance, one in the shadow, one on probation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from django.db.models import Exists, OuterRef, Q

from authorization.models import Admission, Decision, Review
from authorization.rules import admission as rules
from authorization.rules import quality as quality_rules
from authorization.services import admission, known, quality
from foundation.people import services as people
from foundation.people.models import Staff
from ops_platform.demo import house

TRAINEE, LEAD = house.TRAINEE_NUMBER, house.LEAD_NUMBER
ON_TRIAL, ENDS_SOON, MANAGER = "210011", "210014", "200010"
# So many days ago each was admitted, of a year; the last but few of one is soon to come.
_AGO, _SOON = (60, 95, 130, 170, 205, 240, 280, 300), 345
SHADOW_AGO, TRIAL_AGO = timedelta(days=40), timedelta(days=20)
LEFT_IN_SHADOW = 1
DIFFERS_ONE_IN = 9
KNOWN = 3


def plan(*, staff: Mapping[str, Staff], now: datetime) -> None:
    """Enter who is admitted since when, who is on the way, and how far."""
    deciders = [one for number, one in sorted(staff.items()) if number.startswith("2100")]
    for turn, one in enumerate(deciders):
        if one.number in {TRAINEE, ON_TRIAL}:
            continue
        days = _SOON if one.number == ENDS_SOON else _AGO[turn % len(_AGO)]
        admission.inherit(staff=one, at=now - timedelta(days=days))
    _exam(staff, TRAINEE, grade=2, at=now - SHADOW_AGO)
    row = _exam(staff, ON_TRIAL, grade=1, at=now - TRIAL_AGO - timedelta(days=95))
    # The items of that shadow were of days before the ones that the demo keeps.
    lead = staff[LEAD]
    Admission.objects.filter(pk=row.pk).update(
        state=rules.PROBATION, probation_at=now - TRIAL_AGO, moved_by=lead, moved_person=lead.person
    )
    people.regrade(
        staff_id=row.staff_id, grade=row.grade, by=lead.label, reason="probation",
        at=now - TRIAL_AGO,
    )  # fmt: skip


def _exam(staff: Mapping[str, Staff], number: str, *, grade: int, at: datetime) -> Admission:
    one, lead, manager = staff[number], staff[LEAD], staff[MANAGER]
    row = admission.enter_exam(
        staff=one, grade=grade, paper=f"SQ-{at:%Y%m}", points=94, by=lead, at=at
    )
    return admission.decide_exam(admission_id=row.pk, passed=True, by=manager, at=at)


def play(*, night: datetime, at: datetime, seed: int) -> None:
    """Let the one in the shadow answer most of what is drawn; keep some known answers."""
    random = Random(f"admission|{seed}|{night:%F}")
    with people.acting_as_system(reason="demo admission"):
        drawn = quality.draw_shadows(at=night)
        staff = {
            one.number: one for one in Staff.objects.filter(number__in=(TRAINEE, LEAD, MANAGER))
        }
    for _ in range(max(0, drawn - LEFT_IN_SHADOW)):
        _answer(staff[TRAINEE], at, random)
    _keep(staff, at)


def _answer(trainee: Staff, at: datetime, random: Random) -> None:
    with people.acting(staff=trainee):
        row = quality.open_review(reviewer=trainee, at=at)
        assert row is not None, "what was drawn for the shadow waits for it"
        first = row.decision.step
        other = {"approve": "reject", "reject": "approve"}[first]
        step = other if random.randrange(DIFFERS_ONE_IN) == 0 else first
        reasons = ["A08"] if step == "reject" else []
        quality.review(
            review_id=row.pk, step=step, fence=0, reviewer=trainee, at=at, reasons=reasons
        )


def _keep(staff: Mapping[str, Staff], at: datetime) -> None:
    """Keep some agreed reviews as known answers, proposed by the lead, approved by the manager."""
    with people.acting_as_system(reason="demo admission"):
        numbers = _agreed()
    for number in numbers:
        with people.acting(staff=staff[LEAD]):
            row = known.keep(number=number, by=staff[LEAD], at=at)
        with people.acting(staff=staff[MANAGER]):
            known.approve(known_id=row.pk, by=staff[MANAGER], at=at)


def _agreed() -> Sequence[str]:
    rows = Review.objects.filter(kind=rules.SAMPLE, state=quality_rules.REVIEW_DONE)
    agreed = rows.filter(step="approve", decision__step="approve", decision__cases=None)
    # A known answer is that of an item's last decision; the first of two levels is none.
    seq, level = OuterRef("decision__seq"), OuterRef("decision__level")
    later = Decision.objects.filter(
        Q(seq__gt=seq) | Q(seq=seq, level__gt=level), request=OuterRef("decision__request")
    )
    others = agreed.exclude(decision__decider__number=LEAD).exclude(Exists(later))
    return list(others.order_by("id").values_list("decision__request__number", flat=True)[:KNOWN])
