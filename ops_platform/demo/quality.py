"""The morning after a demo day: decisions made once more, objections and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random

from authorization.models import Decision
from authorization.services import quality
from foundation.people import services as people
from foundation.people.models import Staff

LEFT_TO_REVIEW = 2
DIFFERS_ONE_IN = 12
LOOK = timedelta(seconds=25)
OBJECTIONS = (
    ("凭证金额大小写一致，影像清晰，请复议。", True, "大小写一致，拒绝理由不成立。"),
    ("客户已补充签章，请复议。", False, "影像中签章不清，应予拒绝。"),
    ("客户证件在有效期内，请复议。", None, ""),
)


def play(*, authorizers: Sequence[Staff], lead: Staff, on: date, at: datetime, seed: int) -> None:
    """Let most of the decisions that are drawn be seen again; object to some noes of the day."""
    random = Random(f"quality|{seed}|{on}")
    _object(authorizers, lead, on, random)
    with people.acting_as_system(reason="demo quality"):
        drawn = quality.draw_reviews(at=at)
    done, idle = 0, 0
    while done < drawn - LEFT_TO_REVIEW and idle < len(authorizers):
        seen = _see_again(authorizers[(done + idle) % len(authorizers)], at + LOOK * done, random)
        done, idle = (done + 1, 0) if seen else (done, idle + 1)


def _see_again(reviewer: Staff, at: datetime, random: Random) -> bool:
    with people.acting(staff=reviewer):
        row = quality.open_review(reviewer=reviewer, at=at)
        if row is None or row.work_item is None:
            return False
        first = row.decision.step
        other = {"approve": "reject", "reject": "approve"}[first]
        # What the automatic tier passed is small and plain: whoever sees it again agrees.
        differs = random.randrange(DIFFERS_ONE_IN) == 0 and row.decision.decider_id is not None
        step = other if differs else first
        quality.review(
            review_id=row.pk,
            step=step,
            fence=row.work_item.fence,
            reviewer=reviewer,
            at=at,
            reasons=["A08"] if step == "reject" else [],
        )
    return True


def _object(authorizers: Sequence[Staff], lead: Staff, on: date, random: Random) -> None:
    """Let outlets object to three noes: one is upheld, one dismissed, one still waits."""
    with people.acting_as_system(reason="demo quality"):
        noes = list(
            Decision.objects.filter(business_date=on, request__state__in=("rejected", "returned"))
            .select_related("request__teller__institution")
            .order_by("id")
        )
    for made, (words, upheld, said) in zip(
        random.sample(noes, min(3, len(noes))), OBJECTIONS, strict=False
    ):
        at = made.at + timedelta(minutes=20)
        teller = made.request.teller
        with people.acting(staff=teller):
            case = quality.object_to(number=made.request.number, words=words, by=teller, at=at)
        if upheld is None:
            continue
        second = next(one for one in authorizers if one.person != made.decider_person)
        with people.acting(staff=second):
            quality.examine(case_id=case.pk, wrong=upheld, words=said, by=second, at=at)
        with people.acting(staff=lead):
            quality.judge(
                case_id=case.pk,
                upheld=upheld,
                words=said,
                by=lead,
                at=at,
                cause="element" if upheld else "",
                severity=2 if upheld else None,
            )
