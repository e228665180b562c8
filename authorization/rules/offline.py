"""Slips of paper for an outlet that cannot reach the server: numbered, decided, keyed in, counted.

A slip's number is the key of its item, so that it is entered once however often it is keyed
(decision 0211). Three humans have a part: who keys it, who decided on paper, who checks the entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from authorization.rules._catalogue import TRADE_CODES
from foundation.kernel import numbering
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

ISSUED, KEYED, ENTERED, VOID, MISSING = "unused", "keyed", "entered", "spoiled", "missing"
SLIP_FLOW = Flow(
    Step("key", ISSUED, KEYED),
    Step("send_back", KEYED, ISSUED),
    Step("enter", KEYED, ENTERED),
    Step("spoil", ISSUED, VOID),
    Step("miss", ISSUED, MISSING),
    Step("find", MISSING, ISSUED),
)
EXPLAINED = ("spoil", "miss", "find")
PROPOSED, ACTIVE, DECLINED = "proposed", "active", "declined"
PERIOD_FLOW = Flow(Step("approve", PROPOSED, ACTIVE), Step("decline", PROPOSED, DECLINED))
BOOK_MOST = 100
HOURS = "authorization.offline_hours"
# Made once for all: the same number is the same item wherever it is keyed.
_SPACE = UUID("5f0f6a6e-6f7b-5b0e-9a53-0d5d6a0a9c11")


class NoSuchSlip(Refused):
    """No such number, book or slip among those that the person may see."""

    code = "E2100"
    text = "There is no offline slip %(number)s here."
    hint = "Compare its 13 digits with the paper; the last one is a check digit."


class SlipTaken(Refused):
    """The number was keyed, spoiled or lost already."""

    code = "E2101"
    text = "Slip %(number)s is no longer unused."
    hint = "Look at it: a slip is entered once."


class NotOffline(Refused):
    """The moment on the paper lies in no time that two people have declared, or it is too late."""

    code = "E2102"
    text = (
        "No offline time of this outlet covers %(moment)s, or its slips may not be keyed any more."
    )
    hint = "The operations manager declares the time from when to when, the risk manager approves."


class NotRegisteredThen(Refused):
    """Who signed the paper was not registered for that outlet and amount at that moment."""

    code = "E2103"
    text = "Who decided on paper was not registered here for this amount at that moment."
    hint = "Enter it as an ordinary item; the centre decides."


class NotThreePeople(Refused):
    """Keyer, decider on paper and checker are three humans."""

    code = "E2104"
    text = "Who keys a slip, who decided on it and who checks it are three people."
    hint = "Let a person take this step who had no part in the slip."


class NotForPaper(Refused):
    """The rule asks for more than one person at an outlet may give."""

    code = "E2105"
    text = "By its rule this transaction is not decided on paper."
    hint = "Enter it as an ordinary item, and explain the slip as spoiled."


class BookUnfit(Refused):
    """A book has some slips, and not so many that nobody can count them."""

    code = "E2106"
    text = "A book has between 1 and %(most)s slips, and is issued for an outlet."


class NoSuchPeriod(Refused):
    """No such offline time among what the person may see."""

    code = "E2107"
    text = "There is no such offline time among what you may see."


class PeriodUnfit(Refused):
    """An offline time has passed, and begins before it ends."""

    code = "E2108"
    text = "An offline time ends after it begins and lies in the past."


class PeriodOfSamePerson(Refused):
    """The proposer decides about an offline time, under whatever number."""

    code = "E2112"
    text = "An offline time is approved or declined by another person than its proposer."
    hint = "Let another person decide."


class NotExplained(Refused):
    """A number that was not used is explained in words."""

    code = "E2109"
    text = "Say what became of the slip."


@dataclass(frozen=True)
class Paper:
    """What a paper says beside its transaction: who decided on it, and when."""

    authorizer_id: int
    at: datetime


@dataclass(frozen=True)
class Registered:
    """From when until when somebody was registered at an outlet, and for which amount."""

    since: datetime
    until: datetime | None
    most_fen: int


@dataclass(frozen=True)
class Asks:
    """What a measured item asks for before a yes; whether who decided holds one of its accounts."""

    trade_code: str
    levels: int
    call: bool
    listed: bool
    own_account: bool = False


def number_of(*, outlet: str, serial: int) -> str:
    """Return the number of an outlet's slip, with its check digit."""
    return numbering.slip_number(outlet=outlet, serial=serial)


def read_number(text: str) -> str:
    """Return the bare digits of a number as it was typed or scanned, or refuse it."""
    number = numbering.read_slip_number(text)
    if not number:
        raise NoSuchSlip(number=text[:20], field="number")
    return number


def key_of(number: str) -> UUID:
    """Return the key of the item that a slip becomes."""
    return uuid5(_SPACE, number)


def trades() -> tuple[str, ...]:
    """Return the transactions that are done on paper: what has a form and is plain."""
    return tuple(code for code, trade in TRADE_CODES.items() if trade.plain)


def check_book(count: int, *, is_outlet: bool) -> None:
    """Refuse a book of none or too many, and one for another place than an outlet."""
    if not is_outlet or not 1 <= count <= BOOK_MOST:
        raise BookUnfit(most=BOOK_MOST, field="count")


def check_period(began: datetime, ended: datetime, *, now: datetime) -> None:
    """Refuse a time that ends before it begins, or lies ahead."""
    if not began < ended <= now:
        raise PeriodUnfit(field="ended_at")


def check_people(*people: UUID | None) -> None:
    """Refuse one human in two of the parts."""
    known = [one for one in people if one is not None]
    if len({*known}) < len(known):
        raise NotThreePeople


def check_registered(found: Sequence[Registered], *, at: datetime, amount_fen: int) -> None:
    """Refuse who was not registered at a moment, or only for less."""
    fits = any(
        one.since <= at and (one.until is None or at < one.until) and amount_fen <= one.most_fen
        for one in found
    )
    if not fits:
        raise NotRegisteredThen(field="authorizer")


def check_asks(asks: Asks) -> None:
    """Refuse what one person at an outlet may not decide, and say no more of why."""
    plain = asks.levels == 1 and not (asks.call or asks.listed or asks.own_account)
    if asks.trade_code not in trades() or not plain:
        raise NotForPaper


def gaps(states: Sequence[str]) -> tuple[int, ...]:
    """Return the places of slips of a book, in order, that were left out and not explained.

    Slips are used in order: what is still unused before the last one that was not is a gap.
    """
    last = max((place for place, state in enumerate(states) if state != ISSUED), default=-1)
    return tuple(place for place in range(last) if states[place] == ISSUED)
