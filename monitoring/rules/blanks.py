"""Blank vouchers: numbers given to an outlet or a teller, void, lost or destroyed (DOMAIN §9.4).

What is said of a stretch of numbers by one person is accepted by another. The state of one number
follows from what was said of it; nothing keeps it by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

PROPOSED, ACCEPTED, DECLINED = "proposed", "accepted", "declined"
BLANK_FLOW = Flow(Step("accept", PROPOSED, ACCEPTED), Step("decline", PROPOSED, DECLINED))
OUTLET, TELLER, VOID, LOST, DESTROYED = "outlet", "teller", "void", "lost", "destroyed"
FATES = {
    OUTLET: "Given to the outlet",
    TELLER: "Given to a teller",
    VOID: "Voided",
    LOST: "Lost",
    DESTROYED: "Destroyed",
}
# From when it is said such a number is not to be used, whether or not it was accepted yet.
ENDED = (VOID, LOST, DESTROYED)
WITHIN = (TELLER, *ENDED)
# What one number can be; the way to the outlet is what was said and not yet accepted.
IN_VAULT, IN_TRANSIT, USED = "in_vault", "in_transit", "used"
STATES = {
    IN_VAULT: "Not given out",
    IN_TRANSIT: "On the way to the outlet",
    USED: "Used",
    **FATES,
}
DIGITS_LEAST, DIGITS_MOST, NUMBERS_MOST, WORDS_MOST = 4, 18, 100_000, 200


class NoSuchRange(Refused):
    """What was said of these numbers is not there."""

    code = "E6160"
    text = "This entry of blank vouchers is not there."
    hint = "Open it from the list."


class BadRange(Refused):
    """These are no numbers of a stretch of forms."""

    code = "E6161"
    text = "From and to are 4 to 18 digits, as many in both, at most 100,000 numbers."
    hint = "Type the first and the last number as they are printed, with leading zeros."


class NotAtOutlet(Refused):
    """The numbers are not, or no longer, at the outlet."""

    code = "E6162"
    text = "These numbers of the form are not all at this outlet."
    hint = "Look the first and the last one up: they must have been given to the outlet."


class GivenAlready(Refused):
    """Some of the numbers were given out, or ended, before."""

    code = "E6163"
    text = "Some of these numbers were given out or ended before (%(first)s to %(last)s)."
    hint = "Look them up, and take a stretch that is still free."


class BlanksOfSamePerson(Refused):
    """Whoever said it may not accept it."""

    code = "E6164"
    text = "You said this yourself."
    hint = "Somebody else who is there for it accepts or declines."


class NotTheReceiver(Refused):
    """Only who gets the numbers, or works where they are, can answer."""

    code = "E6165"
    text = "These numbers are answered for by others."
    hint = "Numbers for an outlet are accepted there, those for a teller by the teller."


class NoOutletThere(Refused):
    """Numbers are given to an outlet that is open, and to tellers of the own one."""

    code = "E6166"
    text = "%(number)s is no open outlet, or no one of the staff of yours."
    hint = "Type the number of an outlet below you, or of a teller of your outlet."


@dataclass(frozen=True)
class Said:
    """What was said of a stretch of numbers, as rules reckon with it."""

    fate: str
    state: str
    first: str
    last: str
    said_on: date
    teller: str = ""

    def covers(self, number: str) -> bool:
        """Tell whether a number of as many digits is from the first to the last."""
        return len(number) == len(self.first) and self.first <= number <= self.last


@dataclass(frozen=True)
class Finding:
    """What the register says of a number on a voucher: the check's name, and what it must be."""

    name: str
    good: bool
    expected: str


def check_numbers(first: str, last: str) -> None:
    """Refuse what is no stretch of printed numbers."""
    whole = first.isascii() and last.isascii() and first.isdigit() and last.isdigit()
    if not (whole and len(first) == len(last) and DIGITS_LEAST <= len(first) <= DIGITS_MOST):
        raise BadRange(field="first")
    if not 0 <= int(last) - int(first) < NUMBERS_MOST:
        raise BadRange(field="last")


def check_answer(
    *, fate: str, said_by: UUID, by: UUID, at_place: bool, is_teller: bool, issues: bool
) -> None:
    """Refuse an answer by who said it, and by who is not there for it."""
    if said_by == by:
        raise BlanksOfSamePerson
    allowed = {OUTLET: at_place, TELLER: is_teller}.get(fate, at_place or issues)
    if not allowed:
        raise NotTheReceiver


def state_of(number: str, rows: Sequence[Said], *, used: bool) -> str:
    """Return what became of a number: its end before its use, its use before where it is."""
    known = {row.fate: row.state for row in rows if row.covers(number) and row.state != DECLINED}
    for fate in ENDED:
        if fate in known:
            return fate
    if used:
        return USED
    if known.get(TELLER) == ACCEPTED:
        return TELLER
    given = known.get(OUTLET)
    return {None: IN_VAULT, PROPOSED: IN_TRANSIT}.get(given, OUTLET)


def finding(
    number: str,
    rows: Sequence[Said],
    *,
    form_known: bool,
    teller: str,
    on: date,
    used_by: Collection[str],
) -> Finding | None:
    """Return what the register says of a number on a voucher; None where it says nothing.

    `rows` are those of the outlet and the form, `used_by` the other lines with this number. Where
    it is not known which form the voucher is, a number of no stretch may be that of another form.
    """
    given = [row for row in rows if row.fate == OUTLET and row.state == ACCEPTED]
    here = [row for row in given if row.covers(number)]
    if not given or not (here or form_known):
        return None
    if not here:
        return Finding("stock", good=False, expected=_told(given))
    about = [row for row in rows if row.covers(number) and row.state != DECLINED]
    ended = [row for row in about if row.fate in ENDED and row.said_on <= on]
    if ended:
        return Finding("stock_ended", good=False, expected=_told(ended))
    if used_by:
        return Finding("stock_used", good=False, expected=" ".join(sorted(used_by)))
    holders = {row.teller for row in about if row.fate == TELLER and row.state == ACCEPTED}
    if holders and teller not in holders:
        return Finding("stock_teller", good=False, expected=" ".join(sorted(holders)))
    return Finding("stock", good=True, expected=_told(here))


def _told(rows: Sequence[Said]) -> str:
    shown = " ".join(f"{row.first}–{row.last}" for row in rows[:3])
    return f"{shown} …" if len(rows) > 3 else shown
