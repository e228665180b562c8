"""Does the form prove what was booked? Each expected value weighed on the zones of its page.

Cross-checks decide more than signs: figures and capitals must not contradict each other, an
account's number that the bank never gave out is believed of no paper, and a difference is told
only where the free reading is itself sure and well formed (IMAGING §4, DOMAIN §12).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from foundation.imaging.rules import _fields as reading
from foundation.imaging.rules import _labels as labels
from foundation.imaging.rules import days, layouts, printing, scoring
from foundation.imaging.rules._lines import Box, compact, digits_of
from foundation.imaging.rules._verifying import DIFFERS, NOT_FOUND, SAME
from foundation.imaging.rules.scoring import HAN, HOPELESS, NUMBER, Strip, Text
from foundation.kernel import dates
from foundation.kernel.money import Money

FORM, PRINT = "form", "print"
# How sure a row is told to be: what is neither proved nor disproved is for a person.
OPEN_MOST = 50
_READ_SURE = 90
_DIGITS_OF_OURS = 19


@dataclass(frozen=True)
class Lines:
    """The dated numbers of a verification, doubts in hundredths of a nat, amounts in fen.

    `same`: a value with no more doubt is proved; `large`: from `large_fen` on, an amount, and
    then by figures and capitals both; `differs`: from here on a sure reading disproves it.
    """

    same: int
    large: int
    differs: int
    large_fen: int


@dataclass(frozen=True)
class Proof:
    """How one expected value stands on one source: the customer's own part, or the print."""

    name: str
    expected: str
    source: str
    doubt: int
    read: str
    confidence: int
    box: Box
    page_id: int = 0
    digits: str = ""
    engine: str = ""

    @property
    def of_record(self) -> bool | None:
        """Tell whether the reader of record says the value; None where the recogniser is it."""
        if not self.engine:
            return None
        return bool(self.digits) and self.digits == digits_of(self.expected)


@dataclass(frozen=True)
class Verified:
    """One expected value with what came of it, for tables and for the machine that acts on it.

    `verdict` is same, differs or not_found as a comparison's; `sure` 0–100 is above every
    threshold only where the value is proved or disproved. `doubt` is the least of its sources;
    `engine` is of record for it, `second` what the other reader saw.
    """

    name: str
    expected: str
    read: str
    verdict: str
    sure: int
    doubt: int
    source: str
    page_id: int | None
    box: Box | None
    engine: str = ""
    second: str = ""

    @property
    def proved(self) -> bool:
        """Return whether the paper bears the value out."""
        return self.verdict == SAME and self.sure > OPEN_MOST


def proofs(
    *,
    expected: Mapping[str, object],
    strips: Mapping[int, Sequence[Strip]],
    beside: Mapping[str, object] | None = None,
) -> tuple[Proof, ...]:
    """Weigh each expected value on every strip that may bear it; strips are by page.

    Names as of comparisons; an amount is weighed in figures and, as amount_words, in capitals.
    `beside` are values of the same journal line that are not asked about: the machine's print sets
    its numbers so close that two can only be weighed together.
    """
    wanted = {name: value for name, value in expected.items() if value not in (None, "")}
    if "amount" in wanted:
        wanted.setdefault("amount_words", wanted["amount"])
    line = {**(beside or {}), **wanted}
    found = []
    for name, value in wanted.items():
        for page_id, rows in strips.items():
            for source, own in _sources(name, value, rows):
                weighed = [_proof(name, value, strip, source, line) for strip in own]
                if best := _best(name, weighed, own, line):
                    found.append(replace(best, page_id=page_id))
    return tuple(found)


def _sources(
    name: str, value: object, strips: Sequence[Strip]
) -> Iterator[tuple[str, Sequence[Strip]]]:
    yield FORM, [strip for strip in strips if strip.zone == name]
    # The machine prints no capitals, and of several days only its own.
    if name != "amount_words" and not isinstance(value, days.Days):
        yield PRINT, [strip for strip in strips if strip.kind == layouts.JOURNAL]


def _best(
    name: str, weighed: Sequence[Proof], own: Sequence[Strip], line: Mapping[str, object]
) -> Proof | None:
    """Return the proof of least doubt; what the print does not bear at all says nothing.

    A print that surely shows another journal number tells that one.
    """
    best = min(weighed, key=lambda proof: proof.doubt, default=None)
    if best is None:
        return None
    if name == "journal_no":
        told = printing.printed(own, expected=best.expected, line=line)
        if told:
            return replace(best, read=told.number, confidence=told.confidence, box=told.box)
        # A row of print is more than a number: by itself it says nothing against the line.
        best = replace(best, confidence=0)
    return best if best.source == FORM or best.doubt < HOPELESS else None


def _proof(
    name: str, value: object, strip: Strip, source: str, line: Mapping[str, object]
) -> Proof:
    kind = HAN if labels.KINDS.get(name) in (labels.WORDS, labels.NAME) else NUMBER
    if name == "date" and strip.kind == labels.WORDS:
        kind = HAN
    texts: tuple[str | Text, ...] = tuple(_texts(name, value, strip))
    shown = str(texts[0]) if texts and not isinstance(value, days.Days) else str(value)
    if source == PRINT:
        texts = (*texts, *_run_together(name, shown, line))
    least = min((scoring.doubt(strip.seen, text, kind=kind) for text in texts), default=HOPELESS)
    return Proof(
        name, shown, source, least, strip.text, strip.confidence, strip.box,
        digits=strip.digits, engine=strip.engine if source == FORM else "",
    )  # fmt: skip


def _run_together(name: str, text: str, line: Mapping[str, object]) -> Iterator[Text]:
    """Return a number with what tellers' printers set right after or before it.

    The known neighbour bounds the number on its side; what follows the neighbour does not matter.
    """
    on = line.get("date")
    on = on.last if isinstance(on, days.Days) else on
    if name == "journal_no":
        if isinstance(on, date):
            yield Text(f"{text}{on:%Y%m%d}", open_after=True)
        if line.get("account"):
            yield Text(f"{text}{line['account']}", open_after=True)
    elif name == "account" and line.get("journal_no"):
        yield Text(f"{line['journal_no']}{text}", open_before=True)


def _texts(name: str, value: object, strip: Strip) -> Iterator[str]:
    """Return the ways in which a value may be written in a zone, the usual one first."""
    if name == "amount_words":
        words = _money(value).capitals()
        yield words
        if words.endswith("整"):
            yield words[:-1]
    elif name == "amount":
        money = _money(value)
        if strip.kind == layouts.GRID:
            yield f"{money.fen:03}"
            return
        yield money.format()
        yield money.format(commas=False)
    elif isinstance(value, days.Days):
        for day in value.each:
            yield from _day_texts(day, strip)
    elif isinstance(value, date):
        yield from _day_texts(value, strip)
    else:
        yield compact(str(value))


def _day_texts(day: date, strip: Strip) -> Iterator[str]:
    if strip.kind == labels.WORDS:
        yield dates.write(day)
        return
    yield f"{day:%Y年%m月%d日}"
    yield f"{day.year}年{day.month}月{day.day}日"
    yield f"{day:%Y%m%d}"
    yield f"{day:%Y-%m-%d}"


def _money(value: object) -> Money:
    return value if isinstance(value, Money) else Money(int(str(value)))


def verified(
    *, expected: Mapping[str, object], proofs: Sequence[Proof], lines: Lines
) -> tuple[Verified, ...]:
    """Return what came of each expected value: proved, disproved, open, or nowhere on the form.

    A value is weighed on the customer's own part; the machine's print repeats what was keyed and
    counts only for values that the form has no zone for.
    """
    by_name: dict[str, list[Proof]] = {}
    for proof in proofs:
        by_name.setdefault(proof.name, []).append(proof)
    names = [name for name, value in expected.items() if value not in (None, "")]
    found = []
    for name in names:
        if name in ("amount", "amount_words"):
            continue
        found.append(_weighed(name, expected[name], by_name.get(name, ()), lines))
    if "amount" in names or "amount_words" in names:
        value = expected.get("amount", expected.get("amount_words"))
        found = [*_amount(value, by_name, lines), *found]
    return tuple(found)


def _own_part(proofs: Sequence[Proof]) -> Proof | None:
    own = [proof for proof in proofs if proof.source == FORM] or list(proofs)
    return min(own, key=lambda proof: proof.doubt, default=None)


def _weighed(name: str, value: object, proofs: Sequence[Proof], lines: Lines) -> Verified:
    best = _own_part(proofs)
    if best is None:
        return Verified(name, str(value), "", NOT_FOUND, 0, HOPELESS, "", None, None)
    if best.of_record is not None:
        return _by_record(name, value, best, lines)
    if best.doubt <= lines.same and may_be(name, str(value)):
        return _row(best, SAME, 99 if best.doubt == 0 else 95)
    # The journal number has no place but the print.
    speaks = best.source == FORM or name == "journal_no"
    if best.doubt >= lines.differs and speaks and contradicts(best):
        return _row(best, DIFFERS, best.confidence)
    return _row(best, SAME if best.doubt < lines.differs else DIFFERS, OPEN_MOST)


def _by_record(name: str, value: object, best: Proof, lines: Lines) -> Verified:
    """Let the reader of record decide, unless the recogniser surely reads another value."""
    against = best.doubt >= lines.differs and contradicts(best)
    if best.of_record and not against and may_be(name, str(value)):
        return _row(best, SAME, 99 if best.doubt <= lines.same else 95)
    if not best.of_record and best.digits and against:
        return _row(best, DIFFERS, best.confidence)
    return _row(best, SAME if best.of_record else DIFFERS, OPEN_MOST)


def _amount(
    value: object, by_name: Mapping[str, Sequence[Proof]], lines: Lines
) -> Iterator[Verified]:
    """Weigh figures and capitals together: one proves the amount unless the other is against it."""
    pair = [
        best
        for name in ("amount", "amount_words")
        if (best := _own_part(by_name.get(name, ()))) is not None
    ]
    if not pair:
        yield Verified("amount", _money(value).format(), "", NOT_FOUND, 0, HOPELESS, "", None, None)
        return
    large = _money(value).fen >= lines.large_fen
    most = lines.large if large else lines.same
    near = [proof.doubt <= most if proof.of_record is None else proof.of_record for proof in pair]
    agreed = all(near) and len(pair) == 2 if large else any(near)
    # Where another reader is of record, the capitals alone do not stand in for it.
    agreed = agreed and all(proof.of_record is not False for proof in pair)
    against = [proof for proof in pair if proof.doubt >= lines.differs]
    for proof in pair:
        if agreed and not against:
            yield _row(proof, SAME, 99 if proof.doubt == 0 else 95)
        elif proof in against and contradicts(proof):
            yield _row(proof, DIFFERS, proof.confidence)
        else:
            yield _row(proof, DIFFERS if proof in against else SAME, OPEN_MOST)


def _row(proof: Proof, verdict: str, sure: int) -> Verified:
    return Verified(
        proof.name, proof.expected, proof.read, verdict, sure, proof.doubt, proof.source,
        proof.page_id, proof.box, engine=proof.engine, second=proof.digits,
    )  # fmt: skip


def has_check_digit(number: str) -> bool:
    """Tell whether an account's number ends in a check digit: ours have 19 digits and do."""
    return len(number) == _DIGITS_OF_OURS and number.isascii() and number.isdigit()


def check_digit(number: str) -> str:
    """Return the check digit that the digits before the last one ask for (Luhn)."""
    return next(digit for digit in "0123456789" if reading.luhn_holds(f"{number[:-1]}{digit}"))


def may_be(name: str, value: str) -> bool:
    """Tell whether a number can exist at all, as far as a check digit says so."""
    if not name.endswith("account") or not has_check_digit(value):
        return True
    return reading.luhn_holds(value)


def contradicts(proof: Proof) -> bool:
    """Tell whether what was read is surely and properly another value, not only a bad reading."""
    if proof.confidence < _READ_SURE:
        return False
    kind = labels.KINDS.get(proof.name, labels.TEXT)
    if kind == labels.WORDS:
        return reading.fen_of_words(proof.read) is not None
    if kind == labels.AMOUNT:
        return len(digits_of(proof.read)) >= 3
    if kind == labels.NUMBER:
        return len(digits_of(proof.read)) == len(digits_of(proof.expected))
    if kind == labels.DATE:
        day = layouts.day_of(proof.read)
        return day is not None and not days.within(day, proof.expected)
    return bool(compact(proof.read))


def all_proved(rows: Sequence[Verified], *, needed: Sequence[str]) -> bool:
    """Tell whether every needed value is proved, so that nobody has to look."""
    proved = {row.name for row in rows if row.proved}
    return {*needed} <= proved and not any(
        row.verdict == DIFFERS and row.sure > OPEN_MOST for row in rows
    )
