"""Large values and suspicious cases: from what on, by whom, never told (DOMAIN §9.7, §10)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from xml.etree import ElementTree as ET

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step

# What stands on the trail under this name is shown to those who may see the desk alone.
APART = "monitoring.aml"

IN, OUT = "in", "out"
SIDES: Mapping[str, str] = {IN: "Paid in", OUT: "Paid out"}
CASH, CORPORATE, DOMESTIC, CROSS = "cash", "corporate", "domestic", "cross"
KINDS: Mapping[str, str] = {
    CASH: "Cash of a customer",
    CORPORATE: "Transfers of a company",
    DOMESTIC: "Transfers of a person at home",
    CROSS: "Transfers of a person across the border",
}
# Which transactions move a customer's money, and how (DOMAIN §4.1). Corrections, internal postings
# and opening balances are none. The catalogue has no transaction across the border yet.
CASH_TRADES = ("1001", "1002", "1003", "1004")
TRANSFER_TRADES = ("1101", "1102", "1103", "1104", "1105", "1106", "1107", "1108", "1109", "1801")
CROSS_TRADES: tuple[str, ...] = ()
# The thresholds of each kind: in yuan, and for foreign money in US dollars (DOMAIN §10).
NUMBERS = {
    CASH: ("aml.cash_fen", "aml.cash_cents"),
    CORPORATE: ("aml.corporate_fen", "aml.corporate_cents"),
    DOMESTIC: ("aml.domestic_fen", "aml.domestic_cents"),
    CROSS: ("aml.cross_fen", "aml.cross_cents"),
}
DEADLINE, SPLIT = "aml.deadline_days", "aml.split_items"

GAPS, FILLED, PASSED, REPORTED, EXEMPT = "gaps", "filled", "passed", "reported", "exempt"
LAPSED = "lapsed"
LARGE_FLOW = Flow(
    Step("fill", GAPS, FILLED),
    Step("exempt", GAPS, EXEMPT),
    Step("lapse", GAPS, LAPSED),
    Step("send_back", FILLED, GAPS),
    Step("take_up", FILLED, GAPS),
    Step("pass", FILLED, PASSED),
    Step("lapse", FILLED, LAPSED),
    Step("take_up", PASSED, GAPS),
    Step("report", PASSED, REPORTED),
    Step("lapse", PASSED, LAPSED),
    Step("return", LAPSED, GAPS),
)
# What became of the movements behind a large value since somebody filled it, or why it ended.
MOVED, UNDONE, BELOW = "moved", "undone", "below"
CHANGES: Mapping[str, str] = {
    MOVED: "The movements of the day are others than those that were filled",
    UNDONE: "All movements were reversed",
    BELOW: "What was not reversed stays below the threshold",
}
TO_REPORT = (GAPS, FILLED, PASSED)
# What the books may change beneath: its figures stay, and it is marked.
FOLLOWED = (FILLED, PASSED)
WITH_FILLER = (FILLED, PASSED, REPORTED)
WITH_REVIEWER = (PASSED, REPORTED)

PROPOSED, ACTIVE, DECLINED, ENDED = "proposed", "active", "declined", "ended"
EXEMPTION_FLOW = Flow(
    Step("approve", PROPOSED, ACTIVE),
    Step("decline", PROPOSED, DECLINED),
    Step("end", ACTIVE, ENDED),
)

DRAFT, SUBMITTED, SUPPORTED = "draft", "submitted", "supported"
CONFIRMED, DISMISSED = "confirmed", "dismissed"
CASE_FLOW = Flow(
    Step("submit", DRAFT, SUBMITTED),
    Step("send_back", SUBMITTED, DRAFT),
    Step("support", SUBMITTED, SUPPORTED),
    Step("dismiss", SUBMITTED, DISMISSED),
    Step("send_back", SUPPORTED, DRAFT),
    Step("confirm", SUPPORTED, CONFIRMED),
    Step("dismiss", SUPPORTED, DISMISSED),
    Step("report", CONFIRMED, REPORTED),
)
BY_REVIEWER = ("support", "send_back", "dismiss")
BY_LEAD = ("confirm", "send_back", "dismiss")
BY_HAND, BY_RULE, BY_HIT = "hand", "rule", "hit"
BY_DAYS, BY_PASSING, BY_GRAPH = "days", "pass", "graph"
ORIGINS: Mapping[str, str] = {
    BY_HAND: "Opened by an analyst",
    BY_RULE: "Cash in parts below the threshold",
    BY_HIT: "True match with a list",
    BY_DAYS: "Cash just below the threshold on several days",
    BY_PASSING: "Money in and out again on a day",
    BY_GRAPH: "Ring or fan of transfers",
}
LARGE, SUSPICIOUS = "large", "suspicious"
REPORT_KINDS: Mapping[str, str] = {LARGE: "Large values", SUSPICIOUS: "Suspicious case"}


class NoSuchLarge(Refused):
    """There is no such large value in sight."""

    code = "E6080"
    text = "There is no large value %(number)s."


class SecondIsFirst(Refused):
    """What one human prepared another one decides, under whatever number."""

    code = "E6081"
    text = "You took the first step yourself; another person takes the second."


class StillGaps(Refused):
    """A report needs a proof of identity, a counterparty and a purpose."""

    code = "E6082"
    text = "Number of the proof of identity, counterparty and purpose are needed."


class NoSuchExemption(Refused):
    """There is no such exemption in sight."""

    code = "E6083"
    text = "There is no exemption %(number)s."


class SpanBackwards(Refused):
    """An exemption ends after it begins."""

    code = "E6084"
    text = "The last day is before the first one."


class NothingToReport(Refused):
    """Nothing that was reviewed waits for a report."""

    code = "E6090"
    text = "Nothing that was reviewed waits for a report."


class NoSuchCase(Refused):
    """There is no such suspicious case in sight."""

    code = "E6089"
    text = "There is no suspicious case %(number)s."


class NoSuchReport(Refused):
    """There is no such report in sight."""

    code = "E6091"
    text = "There is no report %(number)s."


class CaseIsOpen(Refused):
    """A customer has one open case at a time."""

    code = "E6092"
    text = "A case about this customer is open already: %(number)s."


@dataclass(frozen=True)
class Move:
    """One movement of a customer's money on a day: `fen` hundredths of its currency's unit.

    `worth_fen` is what that is worth in fen by the rates of the day.
    """

    entry_id: int
    journal_no: str
    place: str
    account: str
    counter: str
    trade_code: str
    fen: int
    currency: str
    worth_fen: int


@dataclass(frozen=True)
class Line:
    """What a report says of one large value or case."""

    number: int
    facts: Mapping[str, str]
    journal: Sequence[str]


def kind_of(trade_code: str, *, corporate: bool) -> str | None:
    """Return as what a transaction counts, or None where it moves nobody's money."""
    if trade_code in CASH_TRADES:
        return CASH
    if trade_code in CROSS_TRADES:
        return CORPORATE if corporate else CROSS
    if trade_code in TRANSFER_TRADES:
        return CORPORATE if corporate else DOMESTIC
    return None


def is_split(moves: Sequence[Move], *, least: int, items: int) -> bool:
    """Return whether cash came in so many parts below the threshold that together reach it."""
    return (
        len(moves) >= items
        and all(move.worth_fen < least for move in moves)
        and sum(move.worth_fen for move in moves) >= least
    )


def check_second(person: UUID, *firsts: UUID | None) -> None:
    """Refuse who took an earlier step."""
    if person in firsts:
        raise SecondIsFirst


def check_filled(*told: str) -> None:
    """Refuse a record in which something that the report needs is missing."""
    if not all(text.strip() for text in told):
        raise StillGaps


def check_span(first: date, last: date) -> None:
    """Refuse a span of days that ends before it begins."""
    if last < first:
        raise SpanBackwards(field="valid_until")


def report_name(*, kind: str, place: str, on: date, seq: int) -> str:
    """Return the name of a report's file, by which it is asked about."""
    return f"{'LVT' if kind == LARGE else 'STR'}-{place}-{on:%Y%m%d}-{seq:06}.xml"


def report_file(*, name: str, kind: str, on: date, lines: Sequence[Line]) -> bytes:
    """Return the XML of a report; the same lines give the same bytes."""
    root = ET.Element("report", name=name, kind=kind, date=str(on), count=str(len(lines)))
    for line in lines:
        item = ET.SubElement(root, "item", number=str(line.number))
        for tag, text in line.facts.items():
            ET.SubElement(item, tag).text = text
        for number in line.journal:
            ET.SubElement(item, "journal").text = number
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def check_sum(content: bytes) -> str:
    """Return the fingerprint of a report's file: sha256 as hex."""
    return hashlib.sha256(content).hexdigest()
