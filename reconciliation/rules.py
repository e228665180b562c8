"""The words of the reconciliation centre, for its page and the glossary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word of the centre and its meaning; both are message ids."""

    term: str
    meaning: str


WORDS: tuple[Word, ...] = (
    Word(
        "account statement",
        "What the bank says an account held on a day, sent to its holder.",
    ),
    Word(
        "statement reply",
        "The holder's answer, sealed: agreed or not.",
    ),
    Word(
        "item in transit",
        "Booked by one side and not yet by the other.",
    ),
    Word(
        "recovery rate",
        "Replies received of statements sent.",
    ),
    Word(
        "chasing",
        "Asking again for a reply that is late, by steps.",
    ),
)
