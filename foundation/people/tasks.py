"""What people does by itself: moving to new posts, closing dormant numbers, forgetting counts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils import timezone

from foundation.people import services


def disable_dormant() -> Callable[[], object]:
    """Close the numbers that nobody has signed in with for a quarter of a year."""
    return partial(services.disable_dormant, at=timezone.now())


def take_up_posts() -> Callable[[], object]:
    """Let everybody work where the post of the day is."""
    return partial(services.take_up_posts, at=timezone.now())


def forget_tries() -> Callable[[], object]:
    """Forget counts of failed sign-ins that no longer matter."""
    return partial(services.forget_tries_before, at=timezone.now())
