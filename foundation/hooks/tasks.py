"""Background work of hooks: the calls themselves, and what keeps them going."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.utils import timezone

from foundation.hooks import gateways, rules, services


def send(*, delivery_id: int, rounds: int, tries: int) -> Callable[[], object] | None:
    """Make one call; what came of it is kept with the end of the job.

    A worker that dies in between makes it once more, under the same key.
    """
    parcel = services.parcel(delivery_id=delivery_id, rounds=rounds, tries=tries, at=timezone.now())
    if parcel is None:
        return None
    answer = rules.Answer(None, "stopped")
    if parcel.address:
        answer = gateways.call(
            address=parcel.address,
            headers=parcel.headers,
            content=parcel.content,
            seconds=parcel.seconds,
        )
    return partial(
        services.note,
        delivery_id=delivery_id,
        rounds=rounds,
        tries=tries,
        answer=answer,
        final=not parcel.address or answer.status == rules.GONE,
        at=timezone.now(),
    )


def sweep() -> Callable[[], object]:
    """Find jobs for what lost its own."""
    return partial(services.sweep, at=timezone.now())


def purge() -> Callable[[], object]:
    """Forget what was told long ago."""
    return partial(services.purge, at=timezone.now())
