"""When a set of the automatic tier decides items itself: published by two, sampled, ended at once.

A publication is of one set and some transactions, up to an amount and a last day. Only a pass
decides; a refusal goes to people with its reasons, and what needs more than one yes always does.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from authorization.rules._catalogue import CATALOGUE, TRADE_CODES
from authorization.rules._items import QUEUED
from foundation.kernel.chance import Share
from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step
from foundation.kernel.money import Money

SYSTEM = "system"
# Who decided, where nobody did; told in the reader's language.
AUTOMATIC = ": ".join((SYSTEM, "automatic tier"))
PROPOSED, ACTIVE, DECLINED = "proposed", "active", "declined"
WITHDRAWN, EXPIRED = "withdrawn", "expired"
PUBLICATION_FLOW = Flow(
    Step("approve", PROPOSED, ACTIVE),
    Step("decline", PROPOSED, DECLINED),
    Step("withdraw", ACTIVE, WITHDRAWN),
    Step("expire", ACTIVE, EXPIRED),
)
ENDED = (WITHDRAWN, EXPIRED)
NUMBERS = {
    "items_least": "authorization.tier_items_least",
    "agreement_percent": "authorization.tier_agreement_percent",
    "most_fen": "authorization.tier_most_fen",
    "sample_percent": "authorization.tier_sample_percent",
    "days": "authorization.tier_days",
    "reviews_least": "authorization.tier_reviews_least",
    "wrong_per_mille": "authorization.tier_wrong_per_mille",
}


class TooLittleCompared(Refused):
    """The set has not shown in shadow that it says what people say."""

    code = "E2090"
    text = (
        "Of %(trade)s the set said yes or no to %(said)s rounds and agreed in %(agreed)s %%; "
        "%(least)s rounds and %(percent)s %% are needed."
    )
    hint = "Let it go on in shadow, or propose other rules."


class SetNotInForce(Refused):
    """Only the set that judges items can decide them."""

    code = "E2091"
    text = "Set %(number)s is not the one in force."
    hint = "Propose the set that judges items today."


class HasDecisionsToGain(Refused):
    """Who enters or decides items does not let a machine do it."""

    code = "E2092"
    text = "Who enters items, decides them, or decided what the set was compared with, has no part."
    hint = "Somebody of the head office without items of their own has to do this."


class NoSuchPublication(Refused):
    """There is no such publication."""

    code = "E2093"
    text = "There is no publication %(number)s."


class PublicationOfSamePerson(Refused):
    """The proposer decides about a publication, under whatever number."""

    code = "E2094"
    text = "A publication is approved or declined by another person than its proposer."
    hint = "Let another person decide."


class PublicationOverlaps(Refused):
    """A transaction is decided automatically by one publication at a time."""

    code = "E2095"
    text = "Transaction %(trade)s is published already; withdraw that one first."


class TermsOutOfBounds(Refused):
    """The bank has set how much, how long and how little seen again at most."""

    code = "E2096"
    text = "At most %(most)s yuan and %(days)s days, and at least %(percent)s %% seen again."


class NothingToPublish(Refused):
    """A transaction whose items are never decided by a machine."""

    code = "E2097"
    text = "Items of %(trade)s are never decided automatically."
    hint = "Choose a transaction that has a form and opens no account."


@dataclass(frozen=True)
class Terms:
    """Up to which amount, until when, and which share of its passes is seen again blind."""

    most_fen: int
    until: date
    sample_percent: int


@dataclass(frozen=True)
class Bounds:
    """What the bank has set for terms: largest amount, days, and least share seen again."""

    most_fen: int
    days: int
    sample_percent: int


def codes_of(chosen: str) -> tuple[str, ...]:
    """Return the transactions of a group, or the one that is named; refuse what opens accounts."""
    found = tuple(code for code in published_kinds() if chosen in (code, CATALOGUE[code].group))
    if not found:
        raise NothingToPublish(trade=chosen, field="trade")
    return found


def published_kinds() -> tuple[str, ...]:
    """Return the transactions that may be decided automatically: what has a form and is plain."""
    return tuple(code for code, trade in TRADE_CODES.items() if trade.plain)


def check_terms(terms: Terms, bounds: Bounds, *, on: date) -> None:
    """Refuse an amount or days above the bank's, fewer seen again, and a day that is past."""
    fits = 0 < terms.most_fen <= bounds.most_fen
    fits = fits and on <= terms.until <= on + timedelta(days=bounds.days)
    if not fits or not bounds.sample_percent <= terms.sample_percent <= 100:
        raise TermsOutOfBounds(
            most=Money(bounds.most_fen), days=bounds.days, percent=bounds.sample_percent
        )


def check_compared(trade: str, agreement: Share, *, least: int, percent: int) -> None:
    """Refuse a transaction of which too few rounds were compared, or too few agreed."""
    agreed = agreement.percent or Decimal(0)
    if agreement.whole < least or agreed < percent:
        raise TooLittleCompared(
            trade=trade, said=agreement.whole, agreed=agreed, least=least, percent=percent
        )


def is_too_wrong(wrong: Share, *, least: int, per_mille: int) -> bool:
    """Return whether wrong passes end a publication.

    Once so many passes were seen again, the upper bound of their share counts. Before, it is high
    of few alone, and the lower bound counts: what is beyond the number in any case.
    """
    bound = wrong.upper if wrong.whole >= least else wrong.lower
    return bound is not None and bound * 10 > per_mille


@dataclass(frozen=True)
class Waits:
    """What of an item that waits is looked at before a machine decides it."""

    state: str
    trade_code: str
    amount_fen: int
    levels_needed: int
    call_needed: bool
    in_emergency: bool
    screened_clear: bool
    unscanned: bool = False


def decides_alone(item: Waits, *, codes: Collection[str], most_fen: int) -> bool:
    """Return whether a pass may decide an item: plain, small, with nobody, in no emergency.

    What the watch lists did not clear goes to people, whatever was found.
    """
    plain = item.levels_needed == 1 and not item.call_needed and not item.in_emergency
    plain = plain and item.screened_clear and not item.unscanned
    covered = item.trade_code in codes and item.trade_code in published_kinds()
    return plain and covered and item.state == QUEUED and item.amount_fen <= most_fen
