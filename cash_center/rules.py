"""The words of the cash centre, for its page and the glossary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word of the centre and its meaning; both are message ids."""

    term: str
    meaning: str


WORDS: tuple[Word, ...] = (
    Word(
        "vault",
        "Where cash is kept, by kind and denomination, under two persons' keys.",
    ),
    Word(
        "cash sorting",
        "Counting and parting notes into fit, unfit and suspect ones.",
    ),
    Word(
        "cash over and short",
        "A difference between cash and books, booked on the day it is found.",
    ),
    Word(
        "cash route",
        "The way a truck takes, with who hands over what at each stop.",
    ),
    Word(
        "serial number",
        "The number of a note, by which it is traced.",
    ),
)
