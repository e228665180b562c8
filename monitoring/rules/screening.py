"""How a name is compared with watch lists: rare words weigh, company words do not (DOMAIN §9.7).

Pure and without a clock. A name becomes tokens; a token weighs by how rare it is in the list,
legal forms (公司, CORP) weigh nothing, words of trade and place little. Tokens that are equal, or
nearly so by `rapidfuzz`, meet; the score is the share of the weight of both names that met.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import process
from rapidfuzz.distance import OSA

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow, Step
from monitoring.rules.words import is_light, normalised, tokens

IMPORTED, ACTIVE, DECLINED, REPLACED = "imported", "active", "declined", "replaced"
LIST_FLOW = Flow(
    Step("enforce", IMPORTED, ACTIVE),
    Step("decline", IMPORTED, DECLINED),
    Step("replace", ACTIVE, REPLACED),
)
RAISED, EXAMINED, UPHELD, DISMISSED = "raised", "examined", "upheld", "dismissed"
HIT_FLOW = Flow(
    Step("examine", RAISED, EXAMINED),
    Step("send_back", EXAMINED, RAISED),
    Step("uphold", EXAMINED, UPHELD),
    Step("dismiss", EXAMINED, DISMISSED),
)
OPEN_HITS = (RAISED, EXAMINED)
JUDGED_TRUE, JUDGED_FALSE = "true", "false"
VERDICTS: Mapping[str, str] = {
    JUDGED_TRUE: "The same person or company",
    JUDGED_FALSE: "Another one of the same name",
}
LEAST = "aml.screen_least"

LITTLE = 0.1  # what a word of trade or place weighs of 1
SHORT = 4  # tokens below this length are equal or not
LONG = 9  # from this length two slips are forgiven instead of one
WHOLE_ENTRY = 0.9  # a name that holds a whole entry and more scores up to this
OTHER_BIRTH, OTHER_NUMBER = 25, 25  # points off when both are known and differ
SHOWN = 10
_COLUMNS = ("entry", "name", "id_number", "birth_date", "remark")
NAMES_MOST, WIDTH_MOST = 200_000, 120
BYTES_MOST = 30 * 1024 * 1024


class BadList(Refused):
    """The file is not a list: which line, and what is wrong there."""

    code = "E6085"
    text = "Line %(line)s of the file cannot be read as a name of the list."
    hint = "UTF-8 CSV with the columns entry, name, id_number, birth_date (YYYY-MM-DD), remark."


class ListTooLarge(Refused):
    """The file is larger than any list is; a part of it would let the rest through unseen."""

    code = "E6148"
    text = "The file has more than %(most)s MB."
    hint = "Leave columns out that are not asked for; nothing of the file was taken in."


class ListIsThere(Refused):
    """A version of a list is imported once."""

    code = "E6086"
    text = "Version %(version)s of this list is imported already."


class NoSuchList(Refused):
    """There is no such list."""

    code = "E6087"
    text = "There is no list %(number)s."


class NoSuchHit(Refused):
    """There is no such hit in sight."""

    code = "E6088"
    text = "There is no hit %(number)s."


class NotJudged(Refused):
    """A hit is judged true or false, with a reason."""

    code = "E6093"
    text = "Say whether it is the same one, and why."


@dataclass(frozen=True)
class Entry:
    """One name of one entry of a list; an entry may have several. `key` finds its row."""

    key: int
    entry: str
    name: str
    id_number: str = ""
    birth_date: date | None = None
    remark: str = ""


@dataclass(frozen=True)
class Met:
    """Two tokens that met: of the name, of the list, what they weigh, how like they are."""

    asked: str
    listed: str
    weight: float
    likeness: float


@dataclass(frozen=True)
class Found:
    """An entry that a name is like: the score in percent, and why."""

    entry: Entry
    score: int
    met: tuple[Met, ...] = ()
    same_number: bool = False
    other_birth: bool = False
    other_number: bool = False


@dataclass(frozen=True)
class Index:
    """The names of the lists in force, ready to be asked; made once a version."""

    entries: tuple[Entry, ...]
    tokens: tuple[tuple[str, ...], ...]
    postings: Mapping[str, tuple[int, ...]]
    weights: Mapping[str, float]
    totals: tuple[float, ...]
    numbers: Mapping[str, tuple[int, ...]]
    by_length: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """What is asked: the tokens with those of the list that each is like, and what all weigh."""

    likes: Mapping[str, Mapping[str, float]]
    weight: float
    number: str
    born: date | None


def index(entries: Sequence[Entry]) -> Index:
    """Return what is asked for a list: the places of each token and what it weighs."""
    split = tuple(tokens(entry.name) for entry in entries)
    places: dict[str, list[int]] = defaultdict(list)
    for place, words in enumerate(split):
        for word in words:
            places[word].append(place)
    most = math.log1p(len(entries) or 1)
    weights = {
        word: LITTLE if is_light(word) else max(LITTLE, math.log1p(len(entries) / len(at)) / most)
        for word, at in places.items()
    }
    lengths: dict[int, list[str]] = defaultdict(list)
    for word in places:
        if len(word) >= SHORT:
            lengths[len(word)].append(word)
    numbers: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        if entry.id_number:
            numbers[number_key(entry.id_number)].append(place)
    return Index(
        tuple(entries),
        split,
        {word: tuple(at) for word, at in places.items()},
        weights,
        tuple(sum(weights[word] for word in words) for words in split),
        {number: tuple(at) for number, at in numbers.items()},
        {length: tuple(words) for length, words in lengths.items()},
    )


def number_key(text: str) -> str:
    """Return a number of a proof of identity in one width and case, without what divides it."""
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text)).upper()


def screen(
    names: Index, *, name: str, least: int, id_no: str = "", born: date | None = None
) -> tuple[Found, ...]:
    """Return the entries that a name or a number is like, the best first, one for each entry.

    A name of nothing but company words is like nothing. The same number is a hit whatever the name.
    """
    number = number_key(id_no)
    best: dict[str, Found] = {}
    for place in names.numbers.get(number, ()) if number else ():
        entry = names.entries[place]
        best[entry.entry] = Found(entry, 100, same_number=True)
    words = tokens(name)
    if all(is_light(word) for word in words):
        return tuple(best.values())
    likes = {word: _likes(names, word) for word in words}
    weight = sum(_weight(names, likes[word], word) for word in words)
    asked = _Asked(likes, weight, number, born)
    for place, gained in _reached(names, likes).items():
        if _score(gained, names.totals[place], weight) + 1 < least:
            continue
        found = _judged(names, place, asked)
        before = best.get(found.entry.entry)
        if found.score >= least and (before is None or found.score > before.score):
            best[found.entry.entry] = found
    ranked = sorted(best.values(), key=lambda one: (-one.score, one.entry.key))
    return tuple(ranked[:SHOWN])


def _likes(names: Index, word: str) -> dict[str, float]:
    """Return the tokens of the list that a token is equal or nearly equal to."""
    found = {word: 1.0} if word in names.postings else {}
    if len(word) < SHORT or is_light(word):
        return found
    slips = 2 if len(word) >= LONG else 1
    for length in range(len(word) - slips, len(word) + slips + 1):
        near = names.by_length.get(length, ())
        for listed, distance, _place in process.extract(
            word, near, scorer=OSA.distance, score_cutoff=slips, limit=None
        ):
            if distance:
                found[listed] = 1 - distance / max(len(word), len(listed))
    return found


def _weight(names: Index, likes: Mapping[str, float], word: str) -> float:
    if word in names.weights:
        return names.weights[word]
    if is_light(word):
        return LITTLE
    return max((names.weights[like] for like in likes), default=1.0)


def _reached(names: Index, likes: Mapping[str, Mapping[str, float]]) -> Mapping[int, float]:
    """Return each entry that a token leads to, with at most what it can come to."""
    reached: dict[int, float] = defaultdict(float)
    for found in likes.values():
        for place, gained in _gains(names, found).items():
            reached[place] += gained
    return reached


def _gains(names: Index, likes: Mapping[str, float]) -> dict[int, float]:
    """Return what a token brings to each entry that has one like it."""
    gained: dict[int, float] = {}
    for listed, likeness in likes.items():
        worth = names.weights[listed] * likeness
        for place in names.postings[listed]:
            gained[place] = max(worth, gained.get(place, 0.0))
    return gained


def _score(gained: float, listed: float, asked: float) -> float:
    """Return the share of both names that met, or of the entry where the name holds all of it."""
    gained = min(gained, listed)
    if not listed:
        return 0.0
    both = 200 * gained / (listed + asked)
    held = 100 * WHOLE_ENTRY * gained / listed if gained > 1 else 0.0
    return max(both, held)


def _judged(names: Index, place: int, asked: _Asked) -> Found:
    """Return the score of one entry: each token of the list meets at most one of the name."""
    entry, left, met = names.entries[place], set(names.tokens[place]), []
    pairs = sorted(
        (
            (likeness, word, listed)
            for word, found in asked.likes.items()
            for listed, likeness in found.items()
            if listed in left
        ),
        reverse=True,
    )
    spent: set[str] = set()
    for likeness, word, listed in pairs:
        if listed in left and word not in spent:
            left.remove(listed)
            spent.add(word)
            met.append(Met(word, listed, round(names.weights[listed], 2), round(likeness, 2)))
    heavy = any(not is_light(one.listed) for one in met)
    gained = sum(names.weights[one.listed] * one.likeness for one in met) if heavy else 0.0
    listed_number = number_key(entry.id_number)
    same = bool(asked.number) and asked.number == listed_number
    other_number = bool(asked.number and listed_number) and not same
    other_birth = None not in {asked.born, entry.birth_date} and asked.born != entry.birth_date
    score = _score(gained, names.totals[place], asked.weight)
    score -= OTHER_BIRTH * other_birth + OTHER_NUMBER * other_number
    shown = 100 if same else max(0, round(score))
    return Found(entry, shown, tuple(met), same, other_birth, other_number)


def reasons(found: Found) -> list[str]:
    """Return why an entry was found, as plain pairs that never change."""
    said = [
        f"{one.asked} = {one.listed} ({one.likeness:.2f} × {one.weight:.2f})" for one in found.met
    ]
    marks = (
        (found.same_number, "id ="),
        (found.other_number, "id ≠"),
        (found.other_birth, "birth ≠"),
    )
    return said + [mark for is_so, mark in marks if is_so]


def fingerprint(*parts: object) -> str:
    """Return what tells whether a customer or an entry has changed since it was judged."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()


def read_list(content: bytes) -> tuple[Entry, ...]:
    """Return the names of a list's file; refuse one too large, and the first line that is none."""
    if len(content) > BYTES_MOST:
        raise ListTooLarge(field="file", most=BYTES_MOST // 1048576)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadList(field="file", line=1) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not set(_COLUMNS[:2]) <= set(reader.fieldnames or ()):
        raise BadList(field="file", line=1)
    found: dict[tuple[str, str], Entry] = {}
    try:
        for line, row in enumerate(reader, start=2):
            one = _entry(row, line)
            found.setdefault((one.entry, normalised(one.name)), one)
            if len(found) > NAMES_MOST:
                raise BadList(field="file", line=line)
    except csv.Error as error:
        raise BadList(field="file", line=reader.line_num) from error
    if not found:
        raise BadList(field="file", line=2)
    return tuple(found.values())


def _entry(row: Mapping[str, str | None], line: int) -> Entry:
    entry, name, number, born, remark = ((row.get(one) or "").strip() for one in _COLUMNS)
    fits = len(entry) <= 40 and len(name) <= WIDTH_MOST and len(number) <= 40 and len(remark) <= 120
    if not entry or not tokens(name) or not fits or "\x00" in f"{entry}{name}{number}{remark}":
        raise BadList(field="file", line=line)
    try:
        return Entry(line, entry, name, number, date.fromisoformat(born) if born else None, remark)
    except ValueError as error:
        raise BadList(field="file", line=line) from error
