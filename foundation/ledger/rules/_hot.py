"""Hot accounts: over how many balances an account may be spread, and what is refused."""

from __future__ import annotations

from foundation.kernel.errors import Refused

SHARDS_MAX = 64


class NotInternal(Refused):
    """A customer's account is not spread over several balances."""

    code = "E4023"
    text = "The account %(account)s is a customer's: only internal accounts have shards."


class OnePerson(Refused):
    """The same human proposes a change of shards and decides about it."""

    code = "E4024"
    text = "Two people change the shards of an account: one proposes, another approves."


class HasFloor(Refused):
    """An account that may not be overdrawn needs its whole balance in one place."""

    code = "E4060"
    text = "The account %(account)s may not be overdrawn: its balance stays in one place."


class TooManyShards(Refused):
    """The number of shards is out of its bounds."""

    code = "E4061"
    text = "An account has from one to %(most)s shards."


class SameShards(Refused):
    """The account has that many shards already."""

    code = "E4062"
    text = "The account %(account)s has %(shards)s shards already."


class ShardsAsked(Refused):
    """A proposal for the account waits for its decision."""

    code = "E4063"
    text = "A proposal for the account %(account)s waits for its decision already."


class NoSuchProposal(Refused):
    """The proposal is unknown, out of sight, or decided already."""

    code = "E4064"
    text = "There is no such proposal, or it is decided already."
    hint = "Load the page again."


class NoSuchPlace(Refused):
    """A page of a statement is asked from a place that no statement has."""

    code = "E4065"
    text = "There is no such place in the statement."
    hint = "Begin again with the newest posting."


def check_spreadable(
    *, account: str, internal: bool, overdraft_allowed: bool, present: int, wanted: int
) -> None:
    """Refuse an account that cannot be spread, too many shards, and as many as it has now."""
    if not internal:
        raise NotInternal(account=account)
    if not overdraft_allowed:
        raise HasFloor(account=account)
    if not 1 <= wanted <= SHARDS_MAX:
        raise TooManyShards(most=SHARDS_MAX, field="shards")
    if wanted == present:
        raise SameShards(account=account, shards=present, field="shards")
