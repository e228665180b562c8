"""How events become a seal, seals a chain, and heads an anchor; which breaks are told apart."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from foundation.kernel.errors import Refused

FIRST = "0" * 64
# Who looks through all books and the whole trail, and the subject under which that is told.
SYSTEM = "system"
BOOKS = "trail:books"

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
