"""Passwords: chosen by the person alone, reset by an administrator unseen."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db.models import F

from foundation.kernel import bus
from foundation.people import events, rules, selectors
from foundation.people.models import FormerPassword, Password, PasswordReset, Staff
from foundation.people.services._door import hashing
from foundation.people.services._scope import acting_as_system
from foundation.people.services._told import tell_of

_CODE_DIGITS = 8
# Without those that are mistaken for others when they are read from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"


def first_password() -> str:
    """Return a random password that a person can type: it passes every profile."""
    words = ["".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3)]
    return "-".join([*words, f"{secrets.randbelow(9000) + 1000}"]).capitalize()


def change_password(*, staff: Staff, new: str, at: datetime, where: str) -> Staff:
    """Set a new password of who has shown the present one; refuse a weak one, one in use lately."""
    with hashing():
        return _set_password(staff, new, at=at, where=where, because=rules.CHANGED)


def open_reset(*, staff_id: int, by: Staff, at: datetime, where: str) -> str:
    """Let a person choose a new password and return the code for it; refuse one's own.

    The code is told once, is good for a few minutes and one use, and is no password: with it the
    person sets one that the administrator never sees. The present sessions end.
    """
    code = "".join(secrets.choice("0123456789") for _ in range(_CODE_DIGITS))
    with acting_as_system(reason="reset"):
        staff = Staff.objects.select_for_update(of=("self",), no_key=True).get(id=staff_id)
        if staff.person == by.person:
            raise rules.OwnReset
        PasswordReset.objects.filter(staff=staff, used_at=None).update(used_at=at)
        PasswordReset.objects.create(
            staff=staff, hashed=make_password(code), opened_by=by, opened_at=at
        )
        Staff.objects.filter(id=staff.pk).update(
            sign_in_epoch=F("sign_in_epoch") + 1, signed_out_because=rules.RESET
        )
        bus.publish(events.SignedOut(staff_id=staff.pk, at=at))
        tell_of(staff=staff, action="people.open_reset", at=at, where=where, actor=by)
    return code


def use_reset(*, number: str, code: str, new: str, at: datetime, where: str) -> Staff:
    """Set the password that a person chooses with the code of a reset; refuse any other code."""
    with hashing():
        reset = _matching(number, code, at=at)
        if reset is None:
            raise rules.WrongCode(field="code")
        staff = _set_password(reset.staff, new, at=at, where=where, because=rules.RESET)
        with acting_as_system(reason="reset"):
            PasswordReset.objects.filter(id=reset.pk).update(used_at=at)
    return staff


def _matching(number: str, code: str, *, at: datetime) -> PasswordReset | None:
    since = at - timedelta(minutes=rules.RESET_MINUTES)
    with acting_as_system(reason="reset"):
        reset = (
            PasswordReset.objects.select_related("staff__institution")
            .filter(staff__number=number, staff__is_active=True, used_at=None, opened_at__gte=since)
            .order_by("-id")
            .first()
        )
        counted = reset and PasswordReset.objects.filter(
            id=reset.pk, tries__lt=rules.RESET_TRIES
        ).update(tries=F("tries") + 1)
    # As long when there is nothing to compare: how long it takes must not tell who has a reset.
    hashed = reset.hashed if reset and counted else make_password(None)
    return reset if check_password(code, hashed) else None


def _set_password(staff: Staff, new: str, *, at: datetime, where: str, because: str) -> Staff:
    profile = rules.PROFILES[settings.SECURITY_PROFILE]
    rules.check_password(profile, new, number=staff.number, common=_is_common(new))
    if any(check_password(new, hashed) for hashed in _lately(staff, profile.history)):
        raise rules.PasswordUsedBefore(field="password")
    hashed = make_password(new)
    with acting_as_system(reason="password"):
        row = Staff.objects.select_for_update(of=("self",), no_key=True).get(id=staff.pk)
        row.password_changed_at, row.must_change_password = at, False
        row.sign_in_epoch, row.signed_out_because = row.sign_in_epoch + 1, because
        row.save(
            update_fields=[
                "password_changed_at",
                "must_change_password",
                "sign_in_epoch",
                "signed_out_because",
            ]
        )
        Password.objects.keep_hash([row.pk], hashed)
        FormerPassword.objects.create(staff=row, hashed=hashed, set_at=at)
        tell_of(staff=row, action="people.change_password", at=at, where=where)
    found = selectors.staff_by_number(number=row.number)
    assert found is not None
    return found


def _lately(staff: Staff, count: int) -> list[str]:
    with acting_as_system(reason="password"):
        former = FormerPassword.objects.filter(staff=staff).order_by("-id")
        hashes = list(former.values_list("hashed", flat=True)[:count])
        present = Password.objects.hash_of(staff.pk)
    return hashes if present in hashes or not count else [present, *hashes][:count]


def _is_common(password: str) -> bool:
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return True
    return False
