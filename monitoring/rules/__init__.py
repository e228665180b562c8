"""How a voucher is judged against its journal line, what may follow, and who may say so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

QUEUE = "monitoring.audit"
TOPIC = "monitoring"

# Where a pair stands.
WAITING, MATCHED, OPEN, FORCED, CONFIRMED = "waiting", "matched", "open", "forced", "confirmed"
FLOW = Flow(
    Step("match", WAITING, MATCHED, "Matched by machine"),
    Step("differ", WAITING, OPEN, "Found different by machine"),
    Step("match", OPEN, MATCHED, "Matched by machine after a rescan"),
    Step("differ", OPEN, OPEN, "Found different again"),
    Step("force", OPEN, FORCED, "Match by hand"),
    Step("confirm", OPEN, CONFIRMED, "Confirm the difference"),
)

# What was found (DOMAIN §5.2).
MATCHED_FORCED = "matched_forced"
AMOUNT_DIFF, ACCOUNT_DIFF, VOUCHER_DIFF = "amount_diff", "account_diff", "voucher_diff"
IMAGE_MISSING, JOURNAL_MISSING = "image_missing", "journal_missing"
DUPLICATE_IMAGE, UNREADABLE = "duplicate_image", "unreadable"
BREAKS = (IMAGE_MISSING, JOURNAL_MISSING)
# What has been looked at, by a machine or a person.
JUDGED = (MATCHED, OPEN, FORCED, CONFIRMED)

SAME, DIFFERS, NOT_FOUND = "same", "differs", "not_found"


@dataclass(frozen=True)
class Result:
    """What a comparison came to: the word for it, its colour, and the key that confirms it."""

    code: str
    text: str
    kind: str
    key: str = ""


RESULTS: dict[str, Result] = {
    result.code: result
    for result in (
        Result(WAITING, "Waiting for reading", ""),
        Result(MATCHED, "Matched by machine", "ok"),
        Result(MATCHED_FORCED, "Matched by hand", "info"),
        Result(AMOUNT_DIFF, "Amount differs", "bad", "1"),
        Result(ACCOUNT_DIFF, "Account differs", "bad", "2"),
        Result(VOUCHER_DIFF, "Number or date differs", "warn", "3"),
        Result(UNREADABLE, "Not readable with certainty", "warn", "4"),
        Result(DUPLICATE_IMAGE, "Image used before", "bad", "5"),
        Result(IMAGE_MISSING, "Journal line without voucher", "bad", "6"),
        Result(JOURNAL_MISSING, "Voucher without journal line", "bad", "7"),
    )
}
DIFFERENCES = tuple(code for code, result in RESULTS.items() if result.key)
# The state says which results a pair can have; the database holds the same table.
RESULTS_OF: Mapping[str, tuple[str, ...]] = {
    WAITING: (WAITING,),
    MATCHED: (MATCHED,),
    OPEN: DIFFERENCES,
    FORCED: (MATCHED_FORCED,),
    CONFIRMED: DIFFERENCES,
}

# Which difference a differing field is, the gravest first.
FIELD_RESULTS: tuple[tuple[str, str], ...] = (
    ("amount", AMOUNT_DIFF),
    ("amount_words", AMOUNT_DIFF),
    ("account", ACCOUNT_DIFF),
    ("payee_account", ACCOUNT_DIFF),
    ("voucher_no", VOUCHER_DIFF),
    ("journal_no", VOUCHER_DIFF),
    ("sum_of_lines", AMOUNT_DIFF),
    ("check_digit", ACCOUNT_DIFF),
    ("payer_name", ACCOUNT_DIFF),
    ("payee_name", ACCOUNT_DIFF),
    ("number_range", VOUCHER_DIFF),
    ("stock", VOUCHER_DIFF),
    ("stock_ended", VOUCHER_DIFF),
    ("stock_used", VOUCHER_DIFF),
    ("stock_teller", VOUCHER_DIFF),
    ("date", VOUCHER_DIFF),
)
# What stands beside the comparison (`crosschecks`): it can fail a pass, and need not be there. From
# an amount on a day or a printed number that is there must be read with certainty (`needed`).
STOCK = ("stock", "stock_ended", "stock_used", "stock_teller")
SUPPORTING = frozenset(
    {
        "sum_of_lines", "check_digit", "payer_name", "payee_name", "number_range", "date",
        "journal_no", *STOCK,
    }
)  # fmt: skip
FIELD_NAMES: Mapping[str, str] = {
    "amount": "Amount in figures",
    "amount_words": "Amount in capitals",
    "account": "Account",
    "payee_account": "Payee's account",
    "voucher_no": "Voucher number",
    "journal_no": "Printed journal number",
    "date": "Date on the form",
    "sum_of_lines": "Sum of the lines",
    "check_digit": "Check digit of the account",
    "payer_name": "Payer's name",
    "payee_name": "Payee's name",
    "number_range": "Range of voucher numbers",
    "stock": "Numbers given to the outlet",
    "stock_ended": "Void, lost or destroyed",
    "stock_used": "Used for another line",
    "stock_teller": "Given to another teller",
}
REASON_MIN = 4


class NotOpen(Refused):
    """The difference was dealt with already, or there is none."""

    code = "E6001"
    text = "This pair is not open for audit."
    hint = "Somebody may have been faster; take the next one."


class NothingToMatch(Refused):
    """A voucher without a line, or a line without a voucher, matches nothing."""

    code = "E6183"
    text = "One of the two is missing: there is nothing to match by hand."
    hint = "Confirm what is missing; two people explain it before the day is closed."


class OwnWork(Refused):
    """The auditor keyed or authorised the transaction, under whatever number."""

    code = "E6002"
    text = "The person who entered or authorised a transaction may not audit it."


class ForceNeedsReason(Refused):
    """A match by hand without a word of why."""

    code = "E6003"
    text = "Say why the voucher matches although the machine found a difference."
    hint = "A few words; they stay with the pair."


class UnknownFinding(Refused):
    """No such disposition."""

    code = "E6004"
    text = "There is no finding %(finding)s."


class NotThisFinding(Refused):
    """A line without a voucher, or a voucher without a line, can only be found to be that."""

    code = "E6147"
    text = "One side is missing; this cannot be found of it."
    hint = "Confirm what is missing."


class NoSuchPair(Refused):
    """The pair is unknown, or not among those that the person may see."""

    code = "E6005"
    text = "There is no such pair among those you may see."


class ShownIsStale(Refused):
    """The pair was read again after it was shown."""

    code = "E6006"
    text = "The voucher was read again after it was shown to you."
    hint = "Look at it again and decide anew."


@dataclass(frozen=True)
class Thresholds:
    """From which confidence on (0–100) the machine believes agreement, and difference."""

    same: int
    differs: int


@dataclass(frozen=True)
class Field:
    """One expected value beside what was read, with the machine's confidence and verdict.

    `engine` is of record for it where the machine's form says so; `second` is what a second reader
    saw. What is supporting must be read with certainty only where it is `needed`.
    """

    name: str
    expected: str
    read: str
    confidence: int
    verdict: str
    page_id: int | None = None
    box: tuple[int, int, int, int] | None = None
    engine: str = ""
    second: str = ""
    needed: bool = False

    @property
    def decides(self) -> bool:
        """Return whether the pair passes only with it."""
        return self.needed or self.name not in SUPPORTING

    @property
    def label(self) -> str:
        """Return the field's name as a message id."""
        return FIELD_NAMES.get(self.name, self.name)


def judge(fields: Sequence[Field], *, thresholds: Thresholds, duplicate: bool = False) -> str:
    """Return what the comparison came to.

    Matched only when every expected value was read, agrees and is certain, and no check beside it
    surely fails; a certain difference is named after the gravest field; whatever is left is for a
    person to read.
    """
    if duplicate:
        return DUPLICATE_IMAGE
    differing = {field.name for field in fields if believed_different(field, thresholds)}
    for name, result in FIELD_RESULTS:
        if name in differing:
            return result
    needed = [field for field in fields if field.decides]
    if needed and all(believed_same(field, thresholds) for field in needed):
        return MATCHED
    return UNREADABLE


def believed_same(field: Field, thresholds: Thresholds) -> bool:
    """Return whether the field agrees with enough confidence."""
    return field.verdict == SAME and field.confidence >= thresholds.same


def believed_different(field: Field, thresholds: Thresholds) -> bool:
    """Return whether the field differs with enough confidence."""
    return field.verdict == DIFFERS and field.confidence >= thresholds.differs


def step_to(result: str) -> str:
    """Return the step that a machine's result takes a pair."""
    return "match" if result == MATCHED else "differ"


def check_auditor(*, auditor_person: UUID, touched: Collection[UUID]) -> None:
    """Refuse an auditor who entered or authorised the transaction."""
    if auditor_person in touched:
        raise OwnWork


def findings_of(*, voucher: bool, line: bool) -> Sequence[str]:
    """Return which differences can be found of a pair, of which one side may be missing."""
    if not voucher:
        return (IMAGE_MISSING,)
    return DIFFERENCES if line else (UNREADABLE, DUPLICATE_IMAGE, JOURNAL_MISSING)


def check_finding(
    finding: str, reason: str, *, possible: Sequence[str] = DIFFERENCES, whole: bool = True
) -> str:
    """Return the step of a disposition; refuse an unknown one, and a match by hand unexplained.

    What lacks its voucher or its line is not `whole`: there is nothing to match by hand.
    """
    if finding == MATCHED_FORCED:
        if not whole:
            raise NothingToMatch
        if len(reason.strip()) < REASON_MIN:
            raise ForceNeedsReason(field="reason")
        return "force"
    if finding not in DIFFERENCES:
        raise UnknownFinding(finding=finding)
    if finding not in possible:
        raise NotThisFinding
    return "confirm"


def match_rate(*, matched: int, judged: int) -> Decimal | None:
    """Return the share that the machine matched of all it compared, in percent to one place."""
    if not judged:
        return None
    return (Decimal(matched * 100) / judged).quantize(Decimal("0.1"))
