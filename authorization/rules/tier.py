"""What a machine would say of an item: lines of conditions over what is known of it, in shadow.

A set is some lines; the first whose conditions all hold says pass, reject with a reason, or human,
and where none holds it is human. Nothing here decides: what comes out is compared with people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from authorization.rules._catalogue import CATALOGUE
from authorization.rules._items import REASONS
from foundation.kernel.errors import Refused
from foundation.kernel.money import Money, NotMoney

PASS, REJECT, HUMAN = "pass", "reject", "human"
LINES_MOST, LINE_LONGEST = 30, 300
# So many of a customer's items before this one are looked at.
LOOKED_BACK = 20
_LINE = re.compile(r"(pass|reject|human)(?: +(A[0-9]{2}))? *: *(.+)", re.ASCII)
_NARROW = str.maketrans("：；，", ":;,")  # as Chinese keyboards write them
_WHOLE = re.compile(r"[0-9]{1,3}", re.ASCII)


class LineNotRead(Refused):
    """A line is none of those that rules are written in."""

    code = "E2084"
    text = "Line %(line)s is no rule: %(part)s."
    hint = "Write outcome, colon, conditions with semicolons between, as the list of them says."


class SetNotWhole(Refused):
    """A set has some lines, but not so many that nobody can read them."""

    code = "E2085"
    text = "A set has one line at least and %(most)s at most."


class LineContradicts(Refused):
    """A refusal has a reason that refuses, nothing else has one; a pass looks at the images."""

    code = "E2086"
    text = "Line %(line)s says too little or too much."
    hint = "A refusal names a reason that rejects, nothing else does; a pass asks for read_equal."


class NoSuchSet(Refused):
    """There is no such set."""

    code = "E2087"
    text = "There is no set of rules %(number)s."


class SetOfSamePerson(Refused):
    """The proposer decides about a set, under whatever number."""

    code = "E2088"
    text = "A set of rules is approved or declined by another person than its proposer."
    hint = "Let another person decide."


class SetDecided(Refused):
    """Somebody has approved or declined the set."""

    code = "E2089"
    text = "This set of rules is decided already."
    hint = "The set's page shows who decided it and how."


@dataclass(frozen=True)
class Outcome:
    """What a line says of an item, and its word."""

    code: str
    name: str


OUTCOMES = {
    one.code: one
    for one in (
        Outcome(PASS, "Would pass"),
        Outcome(REJECT, "Would refuse"),
        Outcome(HUMAN, "Left to people"),
    )
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the lines look at of one item, as it was known when it was looked at.

    `sure` is the least confidence where every field was read and agrees, else None; `differs` and
    `amount_differs` the greatest with which a field, or the amount, was read otherwise, 0 for none;
    `last_approved` how many items of the customer before this one were approved in a row.
    """

    trade_code: str
    amount_fen: int
    sure: int | None = None
    differs: int = 0
    amount_differs: int = 0
    names_equal: bool = False
    accounts_active: bool = False
    voucher_unused: bool = False
    images_complete: bool = False
    day_fen: int = 0
    last_approved: int = 0
    teller_refused: int = 0


Held = Callable[[Seen, int], bool]
CODES, YUAN, PERCENT, COUNT, NONE = "codes", "yuan", "percent", "count", ""


@dataclass(frozen=True)
class Kind:
    """A kind of condition: its word in lists, what is written after it, and when it holds."""

    name: str
    takes: str
    holds: Held = lambda _seen, _value: False


# The whole vocabulary. `code` alone takes several values, and is looked at apart.
KINDS: dict[str, Kind] = {
    "code": Kind("Transaction is one of %(value)s", CODES),
    "amount_from": Kind(
        "Amount at least %(value)s", YUAN, lambda seen, fen: seen.amount_fen >= fen
    ),
    "amount_below": Kind("Amount below %(value)s", YUAN, lambda seen, fen: seen.amount_fen < fen),
    "day_below": Kind(
        "The day's sum of the account with this item below %(value)s",
        YUAN,
        lambda seen, fen: seen.day_fen + seen.amount_fen < fen,
    ),
    "read_equal": Kind(
        "Every field read and equal, confidence at least %(value)s",
        PERCENT,
        lambda seen, least: seen.sure is not None and seen.sure >= least,
    ),
    "differs": Kind(
        "A field read otherwise, confidence at least %(value)s",
        PERCENT,
        lambda seen, least: seen.differs >= max(least, 1),
    ),
    "amount_differs": Kind(
        "The amount read otherwise, confidence at least %(value)s",
        PERCENT,
        lambda seen, least: seen.amount_differs >= max(least, 1),
    ),
    "names_equal": Kind(
        "Names on the paper are the accounts'", NONE, lambda seen, _: seen.names_equal
    ),
    "accounts_active": Kind("Accounts in order", NONE, lambda seen, _: seen.accounts_active),
    "accounts_barred": Kind(
        "An account not in order", NONE, lambda seen, _: not seen.accounts_active
    ),
    "voucher_unused": Kind(
        "Voucher number not used before", NONE, lambda seen, _: seen.voucher_unused
    ),
    "voucher_used": Kind(
        "Voucher number in use already", NONE, lambda seen, _: not seen.voucher_unused
    ),
    "images_complete": Kind("All images there", NONE, lambda seen, _: seen.images_complete),
    "images_missing": Kind("An image missing", NONE, lambda seen, _: not seen.images_complete),
    "last_approved": Kind(
        "The customer's last %(value)s items approved",
        COUNT,
        lambda seen, count: seen.last_approved >= count,
    ),
    "refused_most": Kind(
        "At most %(value)s items of the teller refused today",
        COUNT,
        lambda seen, count: seen.teller_refused <= count,
    ),
}


@dataclass(frozen=True)
class Condition:
    """One condition of a line, with its value: fen, percent or count, or codes."""

    kind: str
    value: int = 0
    codes: tuple[str, ...] = ()

    def holds(self, seen: Seen) -> bool:
        """Return whether an item meets it."""
        if self.kind == "code":
            return seen.trade_code in self.codes
        return KINDS[self.kind].holds(seen, self.value)

    @property
    def told(self) -> str:
        """Return the value as it is written, nothing for a condition without one."""
        takes = KINDS[self.kind].takes
        if takes == CODES:
            return " ".join(self.codes)
        if takes == YUAN:
            return str(Money(self.value))
        return str(self.value) if takes else ""

    def __str__(self) -> str:
        return f"{self.kind} {self.told}".strip()


@dataclass(frozen=True)
class Line:
    """One line: what is said of an item for which all conditions hold."""

    outcome: str
    reason: str
    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        says = f"{self.outcome} {self.reason}".strip()
        return f"{says}: {'; '.join(map(str, self.conditions))}"


@dataclass(frozen=True)
class Judged:
    """What a set says of an item: by which line (0 for none), and every condition that held."""

    outcome: str
    reason: str
    line: int
    held: tuple[str, ...]


def judge(lines: Sequence[Line], seen: Seen) -> Judged:
    """Return what the first line says whose conditions all hold; human where none does."""
    every = dict.fromkeys(one for line in lines for one in line.conditions)
    true = {one for one in every if one.holds(seen)}
    held = tuple(str(one) for one in every if one in true)
    for place, line in enumerate(lines, start=1):
        if {*line.conditions} <= true:
            return Judged(line.outcome, line.reason, place, held)
    return Judged(HUMAN, "", 0, held)


def read_set(texts: Sequence[str]) -> tuple[Line, ...]:
    """Return the lines of a set; refuse what cannot be read, contradicts itself or is too much."""
    if not 1 <= len(texts) <= LINES_MOST:
        raise SetNotWhole(field="lines", most=LINES_MOST)
    return tuple(_line(place, text) for place, text in enumerate(texts, start=1))


def _line(place: int, text: str) -> Line:
    found = _LINE.fullmatch(text.translate(_NARROW).strip())
    if found is None or len(text) > LINE_LONGEST:
        raise LineNotRead(field="lines", line=place, part=text[:40])
    outcome, reason, rest = found[1], found[2] or "", found[3]
    parts = tuple(filter(None, (part.strip() for part in rest.split(";"))))
    conditions = tuple(_condition(place, part) for part in parts)
    kinds = {one.kind for one in conditions}
    refuses = reason in REASONS and REASONS[reason].step == REJECT
    whole = refuses if outcome == REJECT else not reason
    if not whole or not kinds or (outcome == PASS and "read_equal" not in kinds):
        raise LineContradicts(field="lines", line=place)
    return Line(outcome, reason, conditions)


def _condition(place: int, part: str) -> Condition:
    kind, _, given = part.partition(" ")
    values = given.split()
    takes = KINDS[kind].takes if kind in KINDS else None
    if takes == NONE and not values:
        return Condition(kind)
    if takes == CODES and values and {*values} <= CATALOGUE.keys():
        return Condition(kind, codes=tuple(values))
    number = _number(takes, values[0]) if takes and takes != CODES and len(values) == 1 else None
    if number is None:
        raise LineNotRead(field="lines", line=place, part=part[:40])
    return Condition(kind, number)


def _number(takes: str, text: str) -> int | None:
    if takes == YUAN:
        try:
            return Money.parse(text).fen
        except NotMoney:
            return None
    found = int(text) if _WHOLE.fullmatch(text) else None
    most = 100 if takes == PERCENT else LOOKED_BACK
    return found if found is not None and found <= most else None
