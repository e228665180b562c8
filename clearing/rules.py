"""The words of the centralised clearing, for its page and the glossary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word of the centre and its meaning; both are message ids."""

    term: str
    meaning: str


WORDS: tuple[Word, ...] = (
    Word(
        "clearing channel",
        "The system a payment travels by, with its hours and its limits.",
    ),
    Word(
        "suspense",
        "Money received that could not be credited, with the reason and its age.",
    ),
    Word(
        "netting",
        "What is left to settle after both directions of a session are set against each other.",
    ),
    Word(
        "settlement position",
        "What is available for settlement at a moment, and what it will be.",
    ),
    Word(
        "returned payment",
        "A payment sent back with a reference to the original.",
    ),
)
