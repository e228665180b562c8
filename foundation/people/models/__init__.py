"""Institutions, their people, and how these sign in."""

from foundation.people.models._changes import InstitutionProposal
from foundation.people.models._door import (
    ApiToken,
    FormerPassword,
    PasswordReset,
    SecondFactor,
    SignInCount,
)
from foundation.people.models._house import (
    Among,
    DutyConflict,
    Institution,
    Institutional,
    RoleDuty,
    RoleProposal,
    ScopedManager,
    ScopedQuerySet,
    Staff,
    StaffManager,
    StaffRole,
    Vendor,
)
from foundation.people.models._identity import Identity, IdentityManager
from foundation.people.models._password import Password, PasswordManager
from foundation.people.models._posts import Post, PostProposal, Qualification
from foundation.people.models._roster import RosterEntry, Shift

__all__ = [
    "Among",
    "ApiToken",
    "DutyConflict",
    "FormerPassword",
    "Identity",
    "IdentityManager",
    "Institution",
    "InstitutionProposal",
    "Institutional",
    "Password",
    "PasswordManager",
    "PasswordReset",
    "Post",
    "PostProposal",
    "Qualification",
    "RoleDuty",
    "RoleProposal",
    "RosterEntry",
    "ScopedManager",
    "ScopedQuerySet",
    "SecondFactor",
    "Shift",
    "SignInCount",
    "Staff",
    "StaffManager",
    "StaffRole",
    "Vendor",
]
