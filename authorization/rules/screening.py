"""Whether a name of an item is on a watch list: who is asked, what is answered, what follows.

Lists belong to another room, which the assembly names here (`screen_by`). Nobody at the outlet is
told (decision 0210): what a hit alone holds is held under the words of a draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from authorization.rules._holding import Word
from authorization.rules._rule import SECOND_LOOK
from foundation.kernel.errors import Refused

CLEAR, POSSIBLE = "clear", "possible"
# There is no list in force; what is in force did not answer.
UNAVAILABLE, FAILED = "unavailable", "failed"
STATES: dict[str, Word] = {
    CLEAR: Word("not on a list"),
    POSSIBLE: Word("possible hit, for a lead"),
    UNAVAILABLE: Word("no list could be asked"),
    FAILED: Word("the lists did not answer"),
}
# Under this name the trail keeps what only the desk against money laundering may read.
APART = "authorization.screening"
# Of a thousand items that the rule lets pass so many are held all the same.
DRAWN = "authorization.second_look_per_mille"


class LeadNeeded(Refused):
    """A possible hit is decided by a lead, who alone is offered it."""

    code = "E2098"
    text = "This item is decided by a lead of the authorizers."
    hint = "Hand it back; a lead is offered it."


class CentreNeeded(Refused):
    """The outlet does not decide this item in an emergency; it is not told why."""

    code = "E2099"
    text = "This item is decided by the centre."
    hint = "Hand it back; it waits for the centre."


@dataclass(frozen=True)
class Party:
    """Somebody an item names: the role in it, the name, the account, the identity where known."""

    role: str
    name: str
    account: str = ""
    id_number: str = ""


@dataclass(frozen=True)
class Hit:
    """An entry that a party is like: of which list and version, how much, and why."""

    role: str
    customer: str
    watch_list: str
    entry: str
    score: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screened:
    """What was answered: by which lists in which versions, and what was found."""

    state: str
    lists: tuple[str, ...] = ()
    hits: tuple[Hit, ...] = ()


class Screener(Protocol):
    """What is asked about the parties of an item of a branch."""

    def __call__(self, *, parties: Sequence[Party], branch_id: int, on: date) -> Screened:
        """Return what the lists in force say."""
        ...


_screeners: list[Screener] = []


def screen_by(screener: Screener) -> None:
    """Name who is asked from now on."""
    _screeners[:] = [screener]


def ask(*, parties: Sequence[Party], branch_id: int, on: date) -> Screened:
    """Return what the lists say of the parties; that nobody can be asked is an answer too."""
    if not _screeners:
        return Screened(UNAVAILABLE)
    return _screeners[0](parties=parties, branch_id=branch_id, on=on)


def why_held(why: Sequence[str], *, state: str, drawn: bool) -> tuple[str, ...]:
    """Return why an item waits: by its rule, else under one word for whatever else holds it.

    It was drawn, is a possible hit, or was not screened since the lists did not answer.
    """
    if why or not (drawn or state in {POSSIBLE, FAILED}):
        return tuple(why)
    return (SECOND_LOOK,)


def check_decider(*, leads: bool, at_home: bool) -> None:
    """Refuse who may not decide a possible hit: an outlet, and whoever is no lead."""
    if at_home:
        raise CentreNeeded
    if not leads:
        raise LeadNeeded
