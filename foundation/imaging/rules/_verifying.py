"""Does the paper bear out what was keyed? Each expected value against what was read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from foundation.imaging.rules import _fields as reading
from foundation.imaging.rules import _labels as labels
from foundation.imaging.rules._fields import Field
from foundation.imaging.rules._lines import Box, Code, Line, capitals_of, compact, digits_of
from foundation.kernel.money import Money

SAME, DIFFERS, NOT_FOUND = "same", "differs", "not_found"

# An unlabelled text this close to the expected one is taken for a misprint of it, not for another.
SIMILAR = 75
# A number shorter than this may stand on any page by chance; only a label makes it evidence.
UNLABELLED_DIGITS_MIN = 6


@dataclass(frozen=True)
class ReadPage:
    """What was read on one page of a document."""

    page_id: int
    lines: tuple[Line, ...] = ()
    fields: tuple[Field, ...] = ()
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """One expected value beside what the paper says, for the table that a person looks at.

    `similarity` and `confidence` are 0–100. `verdict` is same only where every character agrees;
    a machine that acts on it alone must ask for `confidence` as well. `engine` is of record where
    another than the recogniser is, `second` what a second reader saw.
    """

    name: str
    expected: str
    read: str
    similarity: int
    verdict: str
    confidence: int = 0
    page_id: int | None = None
    box: Box | None = None
    engine: str = ""
    second: str = ""


@dataclass(frozen=True)
class _Kind:
    """How one kind of value is shown, brought to a common form, and found without a label."""

    shown: Callable[[object], str]
    plain: Callable[[str], str | None]
    runs: Callable[[str], Iterator[str]]


def verify(*, expected: Mapping[str, object], pages: Sequence[ReadPage]) -> tuple[Comparison, ...]:
    """Return a row for every expected value; an amount is looked for in figures and in capitals."""
    rows = []
    for name, value in expected.items():
        if value is None or value == "":
            continue
        rows.append(_compare(name, value, pages))
        if name == "amount" and "amount_words" not in expected:
            words = _compare("amount_words", value, pages)
            rows += [words] if words.verdict != NOT_FOUND else []
    return tuple(rows)


def _compare(name: str, value: object, pages: Sequence[ReadPage]) -> Comparison:
    """Labelled readings decide; only without one may the rest of the page speak.

    A labelled value that differs wins over the same number printed elsewhere: the machine's own
    print repeats what was keyed, the customer's field is what was ordered.
    """
    kind = _KINDS[labels.KINDS.get(name, labels.TEXT)]
    want = kind.shown(value)
    labelled = [row for page in pages for row in _labelled(name, want, kind, page)]
    for verdict in (DIFFERS, SAME):
        rows = [row for row in labelled if row.verdict == verdict]
        if rows:
            return max(rows, key=lambda row: (row.confidence, row.similarity))
    loose = [row for page in pages for row in _loose(name, want, kind, page)]
    if loose:
        return max(loose, key=lambda row: (row.verdict == SAME, row.similarity, row.confidence))
    return Comparison(name, want, "", 0, NOT_FOUND)


def _labelled(name: str, want: str, kind: _Kind, page: ReadPage) -> Iterator[Comparison]:
    for field in page.fields:
        if field.name != name:
            continue
        if "*" in field.value:
            if not _mask_allows(field.value, want):
                yield Comparison(
                    name, want, field.value, _near(want, field.value), DIFFERS,
                    field.confidence, page.page_id, field.box,
                )  # fmt: skip
            continue
        same = kind.plain(field.value) == kind.plain(want)
        similarity = 100 if same else min(_near(want, field.value), 99)
        verdict = SAME if same else DIFFERS
        yield Comparison(
            name, want, field.value, similarity, verdict, field.confidence, page.page_id, field.box
        )


def _loose(name: str, want: str, kind: _Kind, page: ReadPage) -> Iterator[Comparison]:
    plain = kind.plain(want) or ""
    for code in page.codes:
        if plain and plain == (kind.plain(code.text) or ""):
            yield Comparison(name, want, code.text, 100, SAME, 100, page.page_id, code.box)
    for line in page.lines:
        for run in kind.runs(line.text):
            similarity = 100 if run == plain else min(_near(plain, run), 99)
            if similarity < SIMILAR or (similarity == 100 and len(plain) < 2):
                continue
            verdict = SAME if similarity == 100 else DIFFERS
            sure = reading.second_opinion(run, line) if run.isdigit() else line.confidence
            yield Comparison(name, want, run, similarity, verdict, sure, page.page_id, line.box)


def _near(one: str, other: str) -> int:
    return int(fuzz.ratio(compact(one), compact(other)))


def _mask_allows(masked: str, want: str) -> bool:
    """Tell whether a number or name with stars can be the expected one."""
    head, tail = masked.split("*", 1)[0], masked.rsplit("*", 1)[1]
    plain = compact(want)
    return plain.startswith(head) and plain.endswith(tail)


def _number_runs(text: str) -> Iterator[str]:
    """Return the runs of digits of a line, and neighbours on it taken together."""
    for found in re.finditer(rf"{reading.RUN}+(?:[\s-]{reading.RUN}+)*", text):
        tokens = [digits_of(token) for token in re.split(r"[\s-]", found[0])]
        for first in range(len(tokens)):
            for last in range(first + 1, len(tokens) + 1):
                run = "".join(tokens[first:last])
                if len(run) >= UNLABELLED_DIGITS_MIN:
                    yield run


def _amount_runs(text: str) -> Iterator[str]:
    for found in reading.FIGURES.finditer(compact(text)):
        fen = reading.fen_of_figures(found[0])
        if fen is not None:
            yield str(fen)


def _word_runs(text: str) -> Iterator[str]:
    for found in reading.WORDS_TEXT.finditer(capitals_of(text)):
        fen = reading.fen_of_words(found[0])
        if fen is not None:
            yield str(fen)


def _name_runs(text: str) -> Iterator[str]:
    """Return the words of a line, and the line without its blanks taken as one."""
    words = [compact(word) for word in re.split(r"[\s:：,，;；|]+", text)]
    yield from dict.fromkeys([*filter(None, words), compact(text)])


def _date_runs(text: str) -> Iterator[str]:
    found = reading.date_of(text)
    if found:
        yield found


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _figures(value: object) -> str:
    money = value if isinstance(value, Money) else None
    if isinstance(value, int):
        money = Money(value)
    return money.format() if money else str(value)


def _fen(text: str) -> str | None:
    fen = reading.fen_of_figures(text)
    return None if fen is None else str(fen)


def _words(value: object) -> str:
    money = Money(value) if isinstance(value, int) else value
    return money.capitals() if isinstance(money, Money) else str(value)


def _words_fen(text: str) -> str | None:
    fen = reading.fen_of_words(text)
    return capitals_of(text) if fen is None else str(fen)


_KINDS: dict[str, _Kind] = {
    labels.NUMBER: _Kind(_text, digits_of, _number_runs),
    labels.AMOUNT: _Kind(_figures, _fen, _amount_runs),
    labels.WORDS: _Kind(_words, _words_fen, _word_runs),
    labels.DATE: _Kind(_text, reading.date_of, _date_runs),
    labels.NAME: _Kind(_text, compact, _name_runs),
    labels.TEXT: _Kind(_text, compact, _name_runs),
}
