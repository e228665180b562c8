"""The words of the centralised processing, for its page and the glossary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word of the centre and its meaning; both are message ids."""

    term: str
    meaning: str


WORDS: tuple[Word, ...] = (
    Word(
        "slice",
        "One field cut out of a voucher's image, keyed without seeing the rest.",
    ),
    Word(
        "double entry",
        "Two clerks key the same slice, each alone; a third decides where they differ.",
    ),
    Word(
        "outward item",
        "A payment that the outlet accepts and the centre sends.",
    ),
    Word(
        "inward item",
        "A payment that arrives; what cannot be credited by itself waits for a person.",
    ),
    Word(
        "enquiry and reply",
        "A question to another bank about a payment, and the answer, each with its deadline.",
    ),
)
