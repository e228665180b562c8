"""Second looks at ended pairs: what is drawn for proof, watched by kind or risk, seen again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step
from monitoring.rules import DIFFERENCES, SAME, Field
from monitoring.rules import DIFFERS as FIELD_DIFFERS

QUEUE = "monitoring.look"
WHOLE = 10_000

KEYING, PROVED, MISSED, UNPROVED = "keying", "proved", "missed", "unproved"
UPHELD, DISMISSED = "upheld", "dismissed"
PROOF_FLOW = Flow(
    Step("prove", KEYING, PROVED, "Keyed as booked"),
    Step("miss", KEYING, MISSED, "Keyed differently"),
    Step("leave", KEYING, UNPROVED, "Nobody can read it"),
    Step("uphold", MISSED, UPHELD, "Auditor finds the error"),
    Step("dismiss", MISSED, DISMISSED, "Auditor finds it borne out"),
)
# What counts as a missed error: found by keyers and not dismissed by an auditor.
WRONG = (MISSED, UPHELD)
RIGHT = (PROVED, DISMISSED)

WAITING, BORNE_OUT, ERRED, DIFFERS = "waiting", "borne_out", "erred", "differs"
LOOK_FLOW = Flow(
    Step("bear_out", WAITING, BORNE_OUT, "Agrees"),
    Step("err", WAITING, ERRED, "Error found"),
    Step("differ", WAITING, DIFFERS, "Found otherwise than before"),
    Step("uphold", DIFFERS, UPHELD, "The first finding was wrong"),
    Step("dismiss", DIFFERS, DISMISSED, "The first finding was right"),
)
AGREES = "agrees"

PROOF, KEY, SAMPLE, AGAIN = "proof", "key", "sample", "again"
ALERTED, LARGE, RATED, BY_LOT = "alerted", "large", "rated", "lot"
CASH_FROM, TRANSFER_FROM = "monitoring.key_cash_fen", "monitoring.key_transfer_fen"
PROOF_SHARE, AGAIN_SHARE = "monitoring.proof_share", "monitoring.again_share"
LARGE_FROM = "monitoring.sample_large_fen"
SHARES: Mapping[str, str] = {
    BY_LOT: "monitoring.sample_share",
    LARGE: "monitoring.sample_large_share",
    ALERTED: "monitoring.sample_alert_share",
    RATED: "monitoring.sample_rated_share",
}
NUMBERS = (PROOF_SHARE, CASH_FROM, TRANSFER_FROM, LARGE_FROM, *SHARES.values())


@dataclass(frozen=True)
class Named:
    """A kind of look, or why a pair is looked at, by the word for it."""

    code: str
    name: str


KINDS: dict[str, Named] = {
    one.code: one
    for one in (
        Named(PROOF, "Missed error?"),
        Named(KEY, "Key supervision"),
        Named(SAMPLE, "Sample by risk"),
        Named(AGAIN, "Audit of an audit"),
    )
}
REASONS: dict[str, Named] = {
    one.code: one
    for one in (
        Named(ALERTED, "Alert on account or teller"),
        Named(LARGE, "Large amount"),
        Named(RATED, "Outlet of higher risk"),
        Named(BY_LOT, "Drawn by lot"),
    )
}
# The key businesses (DOMAIN §5.3) by the transactions in which they are done, whatever the amount.
BUSINESS_OF: Mapping[str, str] = {
    "1204": "1", "1205": "1", "1206": "1", "1401": "5", "1402": "5", "1404": "6", "1302": "7",
    "1303": "7", "1304": "7", "1306": "8", "1601": "9", "1602": "9", "1603": "9", "1504": "10",
    "1505": "10", "1502": "11", "1503": "11", "1405": "12", "1406": "12", "1801": "12",
    "1802": "12",
}  # fmt: skip
CASH = ("1001", "1002", "1003", "1004")
TRANSFERS = ("1101", "1102", "1103", "1104", "1105", "1106")
LARGE_CASH, LARGE_TRANSFER = "3", "4"


class NoSuchLook(Refused):
    """The look is unknown, or not among those that the person may see."""

    code = "E6094"
    text = "There is no such look among those you may see."


class LookGone(Refused):
    """Somebody looked already, or the lead has judged."""

    code = "E6095"
    text = "This was looked at already."
    hint = "Take the next one."


class UnknownAnswer(Refused):
    """No such answer to a second look."""

    code = "E6096"
    text = "There is no answer %(answer)s."


class OwnLook(Refused):
    """Who keyed, authorised or audited a pair does not look at it again."""

    code = "E6097"
    text = "You had a part in this pair; a colleague looks at it again."


@dataclass(frozen=True)
class Pair:
    """What decides whether a matched pair is looked at: trade, amount and what is known of it."""

    trade_code: str
    fen: int
    alerted: bool = False
    rated: bool = False


def least_confidence(fields: Sequence[Field], *, duplicate: bool) -> int:
    """Return the confidence up to which the machine would have passed the pair; 0 is never."""
    needed = [field for field in fields if field.decides]
    failed = any(field.verdict == FIELD_DIFFERS for field in fields)
    if duplicate or failed or not needed or any(field.verdict != SAME for field in needed):
        return 0
    return min(field.confidence for field in needed)


def is_drawn(purpose: str, *, institution_id: int, on: date, number: str, share: int) -> bool:
    """Tell whether a pair is among so many of ten thousand: by its journal number, by nobody."""
    name = f"{purpose}|{institution_id}|{on:%Y-%m-%d}|{number}"
    return int.from_bytes(sha256(name.encode()).digest()[:8]) % WHOLE < share


def key_business(pair: Pair, *, numbers: Mapping[str, int]) -> str:
    """Return which key business a pair is, or nothing; a limit that is not set makes none large."""
    if pair.trade_code in CASH:
        return LARGE_CASH if 0 < numbers.get(CASH_FROM, 0) <= pair.fen else ""
    if pair.trade_code in TRANSFERS:
        return LARGE_TRANSFER if 0 < numbers.get(TRANSFER_FROM, 0) <= pair.fen else ""
    return BUSINESS_OF.get(pair.trade_code, "")


def risks_of(pair: Pair, *, numbers: Mapping[str, int]) -> tuple[str, ...]:
    """Return what raises the risk of a pair; by lot are all."""
    large = 0 < numbers.get(LARGE_FROM, 0) <= pair.fen
    found = ((ALERTED, pair.alerted), (LARGE, large), (RATED, pair.rated), (BY_LOT, True))
    return tuple(code for code, yes in found if yes)


def share_of(risks: Collection[str], *, numbers: Mapping[str, int]) -> tuple[str, int]:
    """Return the risk whose share of ten thousand is the largest, and that share."""
    best = max(risks, key=lambda code: numbers.get(SHARES[code], 0))
    return best, numbers.get(SHARES[best], 0)


def step_after(kind: str, *, answer: str, first: str) -> str:
    """Return the step of an answer; refuse an unknown one.

    Of an audit seen again the answer is compared with the first finding: a match by hand agrees.
    """
    if answer != AGREES and answer not in DIFFERENCES:
        raise UnknownAnswer(answer=answer)
    if kind == AGAIN:
        return "bear_out" if answer == first else "differ"
    return "bear_out" if answer == AGREES else "err"


def check_apart(person: UUID, *, others: Collection[UUID | None]) -> None:
    """Refuse whoever keyed, authorised or audited the pair."""
    if person in others:
        raise OwnLook
