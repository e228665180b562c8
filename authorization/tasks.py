"""Background work of authorization; may run twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils import timezone

from authorization import services
from authorization.services import admission, fallback, quality, tier


def let_go(*, subject: str, **_event: object) -> Callable[[], object]:
    """Let an item wait again whose authorizer left it."""
    return partial(services.let_go, number=subject.partition(":")[2])


def settle(*, number: str) -> Callable[[], object]:
    """Let what was decided of an item take effect, if it was not taken back."""
    return partial(services.settle, number=number, at=timezone.now())


def watch() -> Callable[[], object]:
    """Settle, alarm, send up and let lapse what is due."""
    return partial(services.watch, at=timezone.now())


def end_emergencies() -> Callable[[], object]:
    """Let the centre decide again where the time of an emergency is over."""
    return partial(fallback.watch, at=timezone.now())


def draw_reviews(**_event: object) -> Callable[[], object]:
    """Draw some decisions of the last days to be made again blind."""
    return partial(quality.draw_reviews, at=timezone.now())


def draw_shadows(**_event: object) -> Callable[[], object]:
    """Draw what people in the shadow decide beside the authorizers."""
    return partial(quality.draw_shadows, at=timezone.now())


def watch_admissions(**_event: object) -> Callable[[], object]:
    """Let admissions end that are past their day, and demote by the rule."""
    return partial(admission.watch, at=timezone.now())


def judge_in_shadow() -> Callable[[], object]:
    """Ask for what the automatic tier says of the items that are read and not judged yet."""
    return partial(tier.ask_due, at=timezone.now())


def judge_one(*, number: str) -> Callable[[], object]:
    """Keep what the automatic tier says of one item, and let a published pass decide it."""
    return partial(tier.judge_safely, number=number, at=timezone.now())
