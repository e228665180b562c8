"""The door: tries counted before a password is checked, one session a person, the idle lock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore

from django.db import connection
from django.db.models import F

from foundation.kernel import bus
from foundation.people import events, rules, selectors
from foundation.people.models import SignInCount, Staff
from foundation.people.services._posts import take_up_post
from foundation.people.services._scope import acting_as_system
from foundation.people.services._told import tell
from foundation.trail import services as trail

_hashes = BoundedSemaphore(rules.HASHES_AT_ONCE)

# The count is kept in PostgreSQL, without which nobody signs in anyway; so Redis may be down.
_COUNT = """
INSERT INTO people_signincount AS now (address, stretch, tries) VALUES (%s, %s, 1)
ON CONFLICT (address, stretch) DO UPDATE SET tries = now.tries + 1 RETURNING tries
"""


def count_try(*, address: str, at: datetime) -> None:
    """Count a try to sign in before any password is checked; refuse a terminal with too many.

    A try that succeeds is taken back by forget_try: an outlet behind one address may sign in as
    often as it likes, and still fails only so often.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [address, rules.stretch_of(at)])
        (tries,) = cursor.fetchone()
    if tries > rules.TRIES_PER_STRETCH:
        raise rules.TooManyTries


def forget_try(*, address: str, at: datetime) -> None:
    """Take back the count of a try that succeeded."""
    SignInCount.objects.filter(address=address, stretch=rules.stretch_of(at), tries__gt=0).update(
        tries=F("tries") - 1
    )


def forget_tries_before(*, at: datetime) -> int:
    """Delete counts of stretches long past; return how many."""
    old = SignInCount.objects.filter(stretch__lt=rules.stretch_of(at) - 12)
    return old.delete()[0]


@contextmanager
def hashing() -> Iterator[None]:
    """Let only a few passwords be checked at once in this process; refuse when it takes too long.

    Each costs a third of a second of a core and 100 MB: a storm of sign-ins at half past eight
    would otherwise starve everybody else.
    """
    if not _hashes.acquire(timeout=rules.HASH_WAIT_SECONDS):
        raise rules.Busy
    try:
        yield
    finally:
        _hashes.release()


def start_session(*, staff: Staff, at: datetime, where: str, how: str = "password") -> Staff:
    """Void every session of the human, under any number; return the row for the new one.

    It begins where the post of the day is, whether or not the job of the night has run.
    """
    with acting_as_system(reason="sign-in"):
        take_up_post(staff=staff, at=at)
        rows = Staff.objects.select_for_update(of=("self",), no_key=True).filter(
            person=staff.person
        )
        numbers = [row.pk for row in rows.order_by("id")]
        Staff.objects.filter(id__in=numbers).update(
            sign_in_epoch=F("sign_in_epoch") + 1, signed_out_because=rules.ELSEWHERE
        )
        Staff.objects.filter(id=staff.pk).update(seen_at=at)
        tell(
            staff=staff,
            action="people.sign_in",
            by=staff.label,
            at=at,
            where=where,
            detail={"how": how},
        )
        for number in numbers:
            bus.publish(events.SignedOut(staff_id=number, at=at))
    return Staff.objects.select_related("institution").get(id=staff.pk)


def fail_sign_in(*, number: str, at: datetime, where: str, why: str = "password") -> None:
    """Put a failed sign-in on the trail, at the institution of the number if there is one."""
    staff = selectors.staff_by_number(number=number)
    with acting_as_system(reason="sign-in"):
        if staff:
            tell(
                staff=staff,
                action="people.sign_in",
                by=staff.label,
                at=at,
                where=where,
                result="refused",
                detail={"why": why},
            )
            return
        # A password typed into the wrong field must not be kept: only what looks like a number.
        shown = number if number.isascii() and number.isalnum() and len(number) <= 12 else "?"
        trail.record(
            institution_id=selectors.root_id(),
            actor=shown if shown.isdigit() else "?",
            action="people.sign_in",
            subject="people.staff:?",
            at=at,
            where=where,
            result="refused",
            detail={"why": why},
        )


def sign_out(*, staff: Staff, at: datetime, where: str) -> None:
    """Put a sign-out on the trail and void the session wherever a copy of it is."""
    with acting_as_system(reason="sign-out"):
        Staff.objects.filter(id=staff.pk).update(
            sign_in_epoch=F("sign_in_epoch") + 1, signed_out_because="", seen_at=None
        )
        tell(staff=staff, action="people.sign_out", by=staff.label, at=at, where=where)
        bus.publish(events.SignedOut(staff_id=staff.pk, at=at))


def seen(*, staff: Staff, at: datetime) -> None:
    """Note that the person has given a sign of life, unless that was noted just now."""
    if staff.seen_at is None or at - staff.seen_at >= rules.SEEN_EVERY:
        Staff.objects.filter(id=staff.pk).update(seen_at=at)


def lock(*, staff: Staff, at: datetime, where: str, how: str = "screen") -> None:
    """Put the locking of a session on the trail: by its screen, or for it was left alone."""
    with acting_as_system(reason="lock"):
        tell(
            staff=staff,
            action="people.lock",
            by=staff.label,
            at=at,
            where=where,
            detail={"how": how},
        )
        bus.publish(events.SignedOut(staff_id=staff.pk, at=at))


def unlock(*, staff: Staff, at: datetime, where: str) -> None:
    """Put the unlocking of a session on the trail, and begin its time anew."""
    with acting_as_system(reason="lock"):
        Staff.objects.filter(id=staff.pk).update(seen_at=at)
        tell(staff=staff, action="people.unlock", by=staff.label, at=at, where=where)
