"""How events become a seal, seals a chain, and heads an anchor; which breaks are told apart."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from foundation.kernel.errors import Refused

FIRST = "0" * 64
# Who looks through all books and the whole trail, and the subject under which that is told.
SYSTEM = "system"
BOOKS = "trail:books"
# What only looks has this in its action: nothing was done to what it tells of.
LOOKED = ".seen."

# What a verification may find; each names what somebody must have done.
CHANGED = "changed"  # the seal does not fit the events under it
BROKEN_LINK = "broken_link"  # a seal does not follow from the one before it
GAP = "gap"  # a seal is missing between two others
UNSEALED = "unsealed"  # an event lies where everything was sealed already
TAIL_LOST = "tail_lost"  # the anchor knows later seals than the database
REWRITTEN = "rewritten"  # the anchor knows another hash for a seal
CHAIN_LOST = "chain_lost"  # the anchor knows an institution whose seals are all gone
BAD_ANCHOR = "bad_anchor"  # the anchor file itself was changed


class RestoredElsewhere(Refused):
    """The database was restored into another server, whose transactions are counted anew."""

    code = "E9001"
    text = (
        "The trail was restored from a dump of another server:"
        " stop the platform and start it again, so that its count goes on."
    )
    hint = "See foundation/trail/README.md, After a restore."


@dataclass(frozen=True)
class Stretch:
    """What a seal is made over: the institution, its place in the chain and the transactions."""

    institution_id: int
    seq: int
    from_tx: int
    upto_tx: int
    former: str


@dataclass(frozen=True)
class Break:
    """One thing that is wrong with the trail."""

    institution_id: int
    seq: int
    kind: str


@dataclass(frozen=True)
class Head:
    """The last seal of one institution."""

    seq: int
    digest: str


@dataclass(frozen=True)
class Anchored:
    """What the anchor knows: every hash by institution and place, and whether the file is whole."""

    digests: Mapping[int, Mapping[int, str]]
    whole: bool
    mac: str


NOTHING_ANCHORED = Anchored({}, whole=True, mac="")


def event_line(event: Mapping[str, Any]) -> bytes:
    """Return an event as the bytes that are hashed: every field, in one fixed form."""
    shown = {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in event.items()
    }
    text = json.dumps(shown, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"


def seal(stretch: Stretch, events: Iterable[Mapping[str, Any]]) -> tuple[int, str]:
    """Return how many events there are and the hash over them and their place in the chain."""
    count, digest = 0, hashlib.sha256()
    place = (stretch.institution_id, stretch.seq, stretch.from_tx, stretch.upto_tx, stretch.former)
    digest.update("|".join(map(str, place)).encode() + b"\n")
    for event in events:
        count += 1
        digest.update(event_line(event))
    return count, digest.hexdigest()


def anchor_line(*, at: datetime, heads: Mapping[int, Head], former_mac: str, key: str) -> str:
    """Return a line for the anchor file, with a code that also covers the line before."""
    body: dict[str, Any] = {
        "at": at.astimezone(UTC).isoformat(),
        "heads": {str(number): [head.seq, head.digest] for number, head in sorted(heads.items())},
        "former": former_mac,
    }
    return json.dumps({**body, "mac": _mac(body, key)}, separators=(",", ":"))


def read_anchor(lines: Iterable[str], *, key: str) -> Anchored:
    """Return what the lines of an anchor file say, up to the first whose code does not hold."""
    known: dict[int, dict[int, str]] = {}
    former = ""
    for line in lines:
        try:
            body = json.loads(line)
            mac = body.pop("mac")
        except (ValueError, KeyError, AttributeError):
            return Anchored(known, whole=False, mac=former)
        if body.get("former") != former or not hmac.compare_digest(mac, _mac(body, key)):
            return Anchored(known, whole=False, mac=former)
        former = mac
        for number, (seq, digest) in body["heads"].items():
            known.setdefault(int(number), {})[seq] = digest
    return Anchored(known, whole=True, mac=former)


def _mac(body: Mapping[str, Any], key: str) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def neutral(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def plain_action(action: str) -> str:
    """Return the name of an action as words: "people.open_staff" is "Open staff"."""
    return action.partition(".")[2].replace("_", " ").replace(".", " ").capitalize() or action


def items(detail: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the detail of an event as pairs to be shown; what was changed as before → after."""
    before, after = detail.get("before", {}), detail.get("after", {})
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return tuple((name, str(value)) for name, value in detail.items())
    shown = [
        (name, str(value)) for name, value in detail.items() if name not in {"before", "after"}
    ]
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            shown.append((name, f"{was} → {now}" if name in before else str(now)))
    return tuple(shown)


@dataclass(frozen=True)
class BookCheck:
    """One question that a look at the books asks: its name, and what it means in plain words."""

    code: str
    title: str
    meaning: str


BOOK_CHECKS: dict[str, BookCheck] = {
    check.code: check
    for check in (
        BookCheck(
            "balanced",
            "Debits equal credits",
            "In every entry and on every day the debits of each currency equal its credits.",
        ),
        BookCheck(
            "complete",
            "Nothing is missing from the journal",
            "Every entry has its legs and its journal line, and no journal number is missing.",
        ),
        BookCheck(
            "balances",
            "Balances follow from the postings",
            "The balance of every account is added up anew from its postings and compared.",
        ),
        BookCheck(
            "holds",
            "What is held has its hold",
            "The amount held on every account is the sum of its holds in force.",
        ),
        BookCheck(
            "immutable",
            "What is posted cannot be changed",
            "Every guard of the database is in place, and the application has no right too many.",
        ),
        BookCheck(
            "seals",
            "Days are as they were sealed",
            "The hash over each day's entries is made anew; seals follow one another; two signed.",
        ),
        BookCheck(
            "anchor",
            "Seals are those outside the database",
            "The seals are compared with the copies kept in a file outside the database.",
        ),
        BookCheck(
            "turnover",
            "Turnover is what was posted",
            "The turnover written at the close of each day is compared with the postings.",
        ),
        BookCheck(
            "ties",
            "The general ledger agrees with the accounts",
            "Closing balances are added up anew; the general ledger is set beside the accounts.",
        ),
        BookCheck(
            "marks",
            "Shortcuts to the past are right",
            "The sums kept for quick reading are added up anew, and moments go forward.",
        ),
        BookCheck(
            "trail",
            "The trail is as it was sealed",
            "The hash over every line of the trail is made anew and compared with its anchor.",
        ),
        BookCheck(
            "work",
            "No item of work is lost",
            "What came into each queue has ended or is open, and each open item has its subject.",
        ),
    )
}


@dataclass(frozen=True)
class DifferenceKind:
    """One kind of difference: which check finds it, and what it means in plain words."""

    code: str
    check: str
    text: str


# A kind of difference that stands nowhere here is a fault of ours.
DIFFERENCE_KINDS: dict[str, DifferenceKind] = {
    kind.code: kind
    for kind in (
        DifferenceKind("unbalanced", "balanced", "Debits and credits of the entry differ"),
        DifferenceKind("day unbalanced", "balanced", "Debits and credits of the day differ"),
        DifferenceKind("entry without legs", "complete", "The entry has no postings"),
        DifferenceKind("leg without entry", "complete", "The posting has no entry"),
        DifferenceKind("journal line differs", "complete", "The journal line tells of another leg"),
        DifferenceKind("archived month differs", "complete", "The archived month was changed"),
        DifferenceKind("journal number missing", "complete", "A journal number is missing"),
        DifferenceKind(
            "statement broken",
            "balances",
            "A balance on the statement does not follow from the one before",
        ),
        DifferenceKind("balance differs", "balances", "The balance is not the sum of the postings"),
        DifferenceKind(
            "shard differs", "balances", "A shard of the account does not agree with it"
        ),
        DifferenceKind("shard missing", "balances", "A shard that is posted to is not there"),
        DifferenceKind(
            "closed account not empty", "balances", "The account is closed and not empty"
        ),
        DifferenceKind(
            "shards without approval", "balances", "The account has shards that nobody approved"
        ),
        DifferenceKind("held differs", "holds", "What is held is not the sum of the holds"),
        DifferenceKind(
            "hold without its remainder", "holds", "A hold does not say what is left of it"
        ),
        DifferenceKind("guard off", "immutable", "A guard of the database is missing or off"),
        DifferenceKind(
            "right too many", "immutable", "Somebody has a right that nobody should have"
        ),
        DifferenceKind(
            "seal content differs", "seals", "The day's entries are not those that were sealed"
        ),
        DifferenceKind("posted after the seal", "seals", "Something was posted after the seal"),
        DifferenceKind("seal differs", "seals", "The seal does not fit its figures"),
        DifferenceKind("seal chain broken", "seals", "A seal does not follow from the one before"),
        DifferenceKind(
            "day without seal or signatures", "seals", "The day has no seal or lacks a signature"
        ),
        DifferenceKind("anchor broken", "anchor", "The copy outside the database was changed"),
        DifferenceKind(
            "seal not the anchored", "anchor", "The seal is not the one kept outside the database"
        ),
        DifferenceKind("turnover differs", "turnover", "The turnover is not what was posted"),
        DifferenceKind(
            "closing balance differs", "ties", "The closing balance is not the sum of the postings"
        ),
        DifferenceKind(
            "general ledger differs", "ties", "The general ledger and the accounts differ"
        ),
        DifferenceKind("mark differs", "marks", "A sum kept for quick reading is wrong"),
        DifferenceKind(
            "moment goes backward",
            "marks",
            "A posting says an earlier moment than the one before it",
        ),
        DifferenceKind("changed", "trail", "Lines of the trail under a seal were changed"),
        DifferenceKind(
            "broken_link", "trail", "A seal of the trail does not follow from the one before"
        ),
        DifferenceKind("gap", "trail", "A seal of the trail is missing between two others"),
        DifferenceKind(
            "unsealed", "trail", "A line of the trail was slipped in where all was sealed"
        ),
        DifferenceKind("tail_lost", "trail", "The last seals of the trail are gone"),
        DifferenceKind(
            "rewritten", "trail", "A seal of the trail is not the one kept outside the database"
        ),
        DifferenceKind("chain_lost", "trail", "All seals of the trail of an institution are gone"),
        DifferenceKind(
            "bad_anchor", "trail", "The copy of the trail's seals outside the database was changed"
        ),
        DifferenceKind(
            "subject without open item",
            "work",
            "Something waits for work and has no open item in the queue",
        ),
        DifferenceKind(
            "open item without subject",
            "work",
            "An open item of the queue has nothing that waits for it",
        ),
        DifferenceKind(
            "item of another queue", "work", "The item of the queue is gone, or is of another queue"
        ),
        DifferenceKind(
            "came in without item",
            "work",
            "The trail tells of more that came into the queue than there are items",
        ),
        DifferenceKind(
            "item without coming in",
            "work",
            "There are more items than the trail tells of coming into the queue",
        ),
        DifferenceKind(
            "decided without item",
            "work",
            "The trail tells of more decisions than there are items done",
        ),
        DifferenceKind(
            "item done without decision",
            "work",
            "There are more items done than the trail tells of decisions",
        ),
    )
}


@dataclass(frozen=True)
class Wrong:
    """One thing that a look found: by which check, what, where; 0 where no place is named."""

    code: str
    kind: str
    subject: str
    detail: str
    institution_id: int = 0


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a look at the books went through: rows by check, and everything that is wrong."""

    began_at: datetime
    whole: bool
    first: date
    last: date
    watermark: date | None
    rows: Mapping[str, int]
    found: Sequence[Wrong]


def address_of(subject: str) -> str:
    """Return the path of the page of an account or entry that a look names, or nothing."""
    word, _, number = subject.partition(" ")
    known = word in {"account", "entry"} and number.isascii() and number.isdigit()
    return f"/ledger/{word}/{number}/" if known else ""


# Beginnings of actions and subjects, and the permission by which one reads what is told so.
APART: dict[str, str] = {}


def kept_from(held: Collection[str]) -> tuple[str, ...]:
    """Return the beginnings that somebody with these permissions does not see."""
    return tuple(sorted(one for one, needed in APART.items() if needed not in set(held)))
