"""What people decides, as pure functions, and the refusals it may show."""

from __future__ import annotations

from collections.abc import Iterable

from foundation.kernel.errors import Refused
from foundation.people.roles import conflicting

HEAD, BRANCH, SUB_BRANCH, OUTLET, CENTRE = "head", "branch", "sub_branch", "outlet", "centre"
KINDS = (HEAD, BRANCH, SUB_BRANCH, OUTLET, CENTRE)


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


def check_roles(new: str, held: Iterable[str]) -> None:
    """Refuse a role that conflicts with one that the person holds."""
    for role in held:
        if conflicting(new, role):
            raise DutiesConflict(held=role)
