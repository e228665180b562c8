"""What people decides, as pure functions, and the refusals it may show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from foundation.kernel.text import clean_text
from foundation.people.roles import ROLES, belongs, conflicting
from foundation.people.rules._changes import (
    CHANGES,
    CLOSE,
    MOVE,
    RENAME,
    ChangeWaits,
    ClosingCheck,
    InstitutionClosed,
    InstitutionInUse,
    NothingChanges,
    add_closing_check,
    closing_checks,
)
from foundation.people.rules._founding import (
    FOUNDERS,
    HEAD_NAME_MAX,
    STAFF_NAME_MAX,
    Founder,
    check_founding,
)
from foundation.people.rules._identity import (
    IdentityEntered,
    IdentityKeyMissing,
    KnownPerson,
    OwnIdentity,
    OwnRoleGranted,
    Sight,
    TwoHouses,
    VendorElsewhere,
    VendorEnded,
    check_one_house,
    check_one_human,
    check_seen,
)
from foundation.people.rules._refusals import (
    AlreadyHeld,
    BankFounded,
    Busy,
    Circle,
    DaysReversed,
    Decided,
    DutiesConflict,
    FoundersLacking,
    FoundingUnclear,
    NotDemo,
    NotHeld,
    NumberTaken,
    OwnGrant,
    OwnReset,
    PasswordCommon,
    PasswordHoldsNumber,
    PasswordsDiffer,
    PasswordShort,
    PasswordSimple,
    PasswordUsedBefore,
    PostEarlier,
    PostPast,
    PostWaits,
    RoleNotHere,
    RoleStays,
    SamePost,
    SameProposer,
    SignInFailed,
    TokenUnbounded,
    TooManyTries,
    UnknownRole,
    VendorRole,
    WrongCode,
    WrongPassword,
    WrongPlace,
)
from foundation.people.rules._rights import RIGHTS, Right
from foundation.people.rules._roster import (
    ABSENCES,
    QUARTER_MINUTES,
    WEEK_DAYS,
    Absence,
    Hours,
    NobodyChosen,
    NoSuchShift,
    NothingToCopy,
    NotOfCentre,
    PastNeedsReason,
    RosterElsewhere,
    ShiftTooSoon,
    ShiftUnclear,
    check_hours,
    check_reason,
    check_shift_day,
    week_of,
)

__all__ = [
    "ABSENCES",
    "APPROVED",
    "BRANCH",
    "CENTRE",
    "CHANGED",
    "CHANGES",
    "CLOSE",
    "COMING",
    "DECLINED",
    "DORMANT_DAYS",
    "ELSEWHERE",
    "END",
    "ENDED",
    "FOUNDERS",
    "GRANT",
    "HASHES_AT_ONCE",
    "HASH_WAIT_SECONDS",
    "HEAD",
    "HEAD_NAME_MAX",
    "IN_FORCE",
    "KINDS",
    "MOVE",
    "MOVED",
    "OUTLET",
    "OVER",
    "PROFILES",
    "QUARTER_MINUTES",
    "RENAME",
    "RESET",
    "RESET_MINUTES",
    "RESET_TRIES",
    "RIGHTS",
    "SEEN_EVERY",
    "SIGNED_OUT_BECAUSE",
    "STAFF_NAME_MAX",
    "STANDS_UNDER",
    "STRETCH_SECONDS",
    "SUB_BRANCH",
    "TOKEN_DAYS_MAX",
    "TRIES_PER_STRETCH",
    "VENDOR_DUTY",
    "WAITING",
    "WEEK_DAYS",
    "Absence",
    "AlreadyHeld",
    "BankFounded",
    "Busy",
    "ChangeWaits",
    "Circle",
    "ClosingCheck",
    "DaysReversed",
    "Decided",
    "DutiesConflict",
    "Founder",
    "FoundersLacking",
    "FoundingUnclear",
    "Hours",
    "IdentityEntered",
    "IdentityKeyMissing",
    "InstitutionClosed",
    "InstitutionInUse",
    "KnownPerson",
    "NoSuchShift",
    "NobodyChosen",
    "NotDemo",
    "NotHeld",
    "NotOfCentre",
    "NothingChanges",
    "NothingToCopy",
    "NumberTaken",
    "OwnGrant",
    "OwnIdentity",
    "OwnReset",
    "OwnRoleGranted",
    "PasswordCommon",
    "PasswordHoldsNumber",
    "PasswordProfile",
    "PasswordShort",
    "PasswordSimple",
    "PasswordUsedBefore",
    "PasswordsDiffer",
    "PastNeedsReason",
    "PostEarlier",
    "PostPast",
    "PostWaits",
    "Right",
    "RoleNotHere",
    "RoleStays",
    "RosterElsewhere",
    "SamePost",
    "SameProposer",
    "ShiftTooSoon",
    "ShiftUnclear",
    "Sight",
    "SignInFailed",
    "TokenUnbounded",
    "TooManyTries",
    "TwoHouses",
    "UnknownRole",
    "VendorElsewhere",
    "VendorEnded",
    "VendorRole",
    "WrongCode",
    "WrongPassword",
    "WrongPlace",
    "add_closing_check",
    "check_founding",
    "check_hours",
    "check_one_house",
    "check_one_human",
    "check_password",
    "check_place",
    "check_post_day",
    "check_reason",
    "check_role",
    "check_roles",
    "check_seen",
    "check_shift_day",
    "check_token",
    "closing_checks",
    "password_due",
    "roles_left",
    "standing",
    "stretch_of",
    "wait_after",
    "week_of",
]

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
            raise DutiesConflict(field="role", held=role)


def check_role(role: str, *, institution_kind: str, vendor: bool) -> None:
    """Refuse a role that is unknown, belongs elsewhere, or mixes vendor and bank."""
    if role not in ROLES:
        raise UnknownRole(role=role)
    if not belongs(role, kind=institution_kind):
        raise RoleNotHere(field="role")
    if vendor != (ROLES[role].duty == VENDOR_DUTY):
        raise VendorRole(field="role")


def check_place(kind: str, parent_kind: str | None) -> None:
    """Refuse an institution whose kind does not stand under its parent's."""
    under = STANDS_UNDER.get(kind, ())
    if (parent_kind is None) != (kind == HEAD) or (parent_kind and parent_kind not in under):
        raise WrongPlace(field="institution")


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
