"""What people decides, as pure functions, and the refusals it may show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foundation.kernel.errors import Refused
from foundation.kernel.text import clean_text
from foundation.people.roles import ROLES, belongs, conflicting

HEAD, BRANCH, SUB_BRANCH, OUTLET, CENTRE = "head", "branch", "sub_branch", "outlet", "centre"
KINDS = (HEAD, BRANCH, SUB_BRANCH, OUTLET, CENTRE)
# Which kinds stand under which: the migration copies this into the database's trigger.
STANDS_UNDER = {
    HEAD: (),
    BRANCH: (HEAD,),
    SUB_BRANCH: (BRANCH,),
    OUTLET: (BRANCH, SUB_BRANCH),
    CENTRE: (HEAD, BRANCH),
}

GRANT, END = "grant", "end"
WAITING, APPROVED, DECLINED = "waiting", "approved", "declined"

ELSEWHERE, ENDED, CHANGED, RESET = "elsewhere", "ended", "changed", "reset"
MOVED = "moved"
SIGNED_OUT_BECAUSE = (ELSEWHERE, ENDED, CHANGED, RESET, MOVED)

VENDOR_DUTY = "vendor"

# How something with a first and a last day stands on a day between, before or after them.
COMING, IN_FORCE, OVER = "coming", "in force", "over"

# Guards of the door itself, not numbers of the business: they hold before anybody is known.
TRIES_PER_STRETCH = 30
STRETCH_SECONDS = 300
HASHES_AT_ONCE = 2
HASH_WAIT_SECONDS = 5
RESET_MINUTES = 15
RESET_TRIES = 5
DORMANT_DAYS = 90
# A sign of life is noted at most so often: one small write, not one a click.
SEEN_EVERY = timedelta(seconds=10)

TOKEN_DAYS_MAX = 366


class DutiesConflict(Refused):
    """The person already holds a role that may not be combined with this one."""

    code = "E1001"
    text = "The role conflicts with a role that the person holds already: %(held)s."
    hint = "Choose another person, or end the other role first."


class SignInFailed(Refused):
    """Number or password is wrong, or the account may not sign in now."""

    code = "E1002"
    text = "The number or the password is not right."
    hint = "Check both and try again; after five wrong tries the number is locked for 30 minutes."


class TooManyTries(Refused):
    """The terminal has failed to sign in too often."""

    code = "E1003"
    text = "Too many failed sign-ins from this terminal."
    hint = "Wait five minutes, then try again."


class Busy(Refused):
    """More people sign in at this moment than passwords can be checked."""

    code = "E1004"
    text = "Many people are signing in just now."
    hint = "Try again in a few seconds."


class WrongPlace(Refused):
    """An institution of the kind does not stand under the other."""

    code = "E1005"
    text = "An institution of this kind does not stand there in the tree."


class Circle(Refused):
    """The institution would stand under itself."""

    code = "E1006"
    text = "An institution cannot stand under itself."


class UnknownRole(Refused):
    """There is no role of the code."""

    code = "E1007"
    text = "There is no role %(role)s."


class RoleNotHere(Refused):
    """The role belongs to another kind of institution."""

    code = "E1008"
    text = "The role is not given in an institution of this kind."
    hint = "See the table of roles for where a role belongs."


class VendorRole(Refused):
    """Vendors' people hold vendors' roles, and only they do."""

    code = "E1009"
    text = "Roles of vendors are for vendors' people, and vendors' people hold no others."


class OwnGrant(Refused):
    """Nobody decides about a role or a post of their own, under whichever number."""

    code = "E1010"
    text = "Nobody decides about their own roles and posts."
    hint = "Ask another security administrator."


class SameProposer(Refused):
    """The proposer may not decide."""

    code = "E1011"
    text = "A proposal is decided by another person than its proposer."


class Decided(Refused):
    """The proposal has been decided already."""

    code = "E1012"
    text = "The proposal has been decided already."


class AlreadyHeld(Refused):
    """The role is held, or is waiting to be decided."""

    code = "E1013"
    text = "The person holds the role already, or a proposal for it is waiting."


class NotHeld(Refused):
    """The role to be ended is not held."""

    code = "E1014"
    text = "The person does not hold the role."


class WrongPassword(Refused):
    """The present password is wrong."""

    code = "E1016"
    text = "The present password is not right."


class WrongCode(Refused):
    """The code of the second factor, or of a reset, is wrong or used up."""

    code = "E1017"
    text = "The code is not right, or no longer valid."
    hint = "Wait for the next code and check the clock of the phone."


class OwnReset(Refused):
    """Nobody resets their own sign-in."""

    code = "E1018"
    text = "Nobody resets, opens or closes their own sign-in."


class DaysReversed(Refused):
    """The last day lies before the first."""

    code = "E1019"
    text = "The last day lies before the first."


class NumberTaken(Refused):
    """The number belongs to another."""

    code = "E1020"
    text = "The number is taken."


class NotDemo(Refused):
    """Sign-in by one click is only for the made-up people of a demo."""

    code = "E1021"
    text = "This sign-in exists only in the demo."


class PasswordShort(Refused):
    """The new password is too short."""

    code = "E1015"
    text = "The new password needs at least %(length)s characters."


class PasswordSimple(Refused):
    """The new password draws on too few kinds of characters."""

    code = "E1022"
    text = "The new password needs three of: small letters, capitals, digits, other signs."


class PasswordHoldsNumber(Refused):
    """The new password holds the staff number."""

    code = "E1023"
    text = "The new password may not hold the staff number."


class PasswordCommon(Refused):
    """The new password is one that everybody tries."""

    code = "E1024"
    text = "The new password is among those that everybody tries."


class PasswordUsedBefore(Refused):
    """The new password was in use lately."""

    code = "E1025"
    text = "The new password was in use lately; choose one that was not."


class PasswordsDiffer(Refused):
    """The new password was not repeated exactly."""

    code = "E1026"
    text = "The two new passwords differ."


class TokenUnbounded(Refused):
    """A token that lives for ever, or for nothing that anybody could name, is not given."""

    code = "E1027"
    text = "A token needs a purpose and an end within %(days)s days."


class PostWaits(Refused):
    """Another post of the person waits to be decided."""

    code = "E1028"
    text = "A proposal of a post for this person is waiting already."
    hint = "Decide the waiting proposal first."


class PostPast(Refused):
    """A post does not begin in the past: what somebody could see then is not rewritten."""

    code = "E1029"
    text = "A post begins today at the earliest."


class PostEarlier(Refused):
    """A person has one post at a time, each beginning after the one before."""

    code = "E1030"
    text = "The person's last post begins on %(day)s; the next one begins later."


class SamePost(Refused):
    """The person holds the post there already."""

    code = "E1031"
    text = "The person has this post at this institution already."


class RoleStays(Refused):
    """A role that begins on the day or later does not belong where the person goes."""

    code = "E1032"
    text = "The role %(role)s begins later and is not given where the person goes."
    hint = "Choose a later day, or another institution."


@dataclass(frozen=True)
class PasswordProfile:
    """One body of rules for passwords; the standards contradict each other, so a bank chooses."""

    length_min: int
    classes_min: int
    days_max: int | None
    history: int
    refuse_common: bool


PROFILES = {
    # GB/T 22239-2019, level 3: complexity and regular change.
    "mlps3": PasswordProfile(8, 3, 90, 5, refuse_common=False),
    # ASVS 5.0: length and a list of common passwords; no composition rules, no regular change.
    "asvs": PasswordProfile(12, 1, None, 0, refuse_common=True),
}
_CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


def check_token(*, purpose: str, days: int) -> str:
    """Return the purpose of a token; refuse none, and a life that is too long."""
    plain = clean_text(purpose, 60)
    if not plain or not 1 <= days <= TOKEN_DAYS_MAX:
        raise TokenUnbounded(days=TOKEN_DAYS_MAX)
    return plain


def check_roles(new: str, held: Iterable[str]) -> None:
    """Refuse a role that conflicts with one that the person holds."""
    for role in held:
        if conflicting(new, role):
            raise DutiesConflict(held=role)


def check_role(role: str, *, institution_kind: str, vendor: bool) -> None:
    """Refuse a role that is unknown, belongs elsewhere, or mixes vendor and bank."""
    if role not in ROLES:
        raise UnknownRole(role=role)
    if not belongs(role, kind=institution_kind):
        raise RoleNotHere
    if vendor != (ROLES[role].duty == VENDOR_DUTY):
        raise VendorRole


def check_place(kind: str, parent_kind: str | None) -> None:
    """Refuse an institution whose kind does not stand under its parent's."""
    under = STANDS_UNDER.get(kind, ())
    if (parent_kind is None) != (kind == HEAD) or (parent_kind and parent_kind not in under):
        raise WrongPlace


def check_post_day(on: date, *, last: date | None, today: date | None = None) -> None:
    """Refuse a first day that is past, or not later than that of the person's last post."""
    if today and on < today:
        raise PostPast(field="valid_from")
    if last and on <= last:
        raise PostEarlier(field="valid_from", day=last)


def roles_left(held: Iterable[tuple[str, date]], *, kind: str, on: date) -> tuple[str, ...]:
    """Return which roles end when their holder goes to an institution of the kind on a day.

    Refuses when one of them would end before it has begun.
    """
    left = [(role, begins) for role, begins in held if not belongs(role, kind=kind)]
    for role, begins in left:
        if begins >= on:
            raise RoleStays(role=role, field="valid_from")
    return tuple(role for role, _ in left)


def check_password(profile: PasswordProfile, password: str, *, number: str, common: bool) -> None:
    """Refuse a new password that is short, simple, common, or holds the staff number."""
    if len(password) < profile.length_min:
        raise PasswordShort(field="password", length=profile.length_min)
    if sum(bool(re.search(one, password)) for one in _CLASSES) < profile.classes_min:
        raise PasswordSimple(field="password")
    if number and number in password:
        raise PasswordHoldsNumber(field="password")
    if common and profile.refuse_common:
        raise PasswordCommon(field="password")


def password_due(
    profile: PasswordProfile, *, changed_at: datetime | None, must: bool, at: datetime
) -> bool:
    """Return whether the password has to be changed before anything else is done."""
    if must:
        return True
    if profile.days_max is None or changed_at is None:
        return False
    return at - changed_at >= timedelta(days=profile.days_max)


def wait_after(failures: int) -> timedelta:
    """Return how long no code is looked at after so many wrong ones in a row: doubled each time."""
    return timedelta(seconds=min(2 ** (failures - 1), 1800) if failures else 0)


def standing(valid_from: date, valid_until: date | None, *, on: date) -> str:
    """Return whether something is yet to come on a day, in force, or over."""
    if on < valid_from:
        return COMING
    return OVER if valid_until and on > valid_until else IN_FORCE


def stretch_of(at: datetime) -> int:
    """Return the stretch of time in which tries are counted together."""
    return int(at.timestamp()) // STRETCH_SECONDS
