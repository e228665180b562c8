"""The short messages between an item's teller and the desk that has it, and their quick phrases."""

from __future__ import annotations

from dataclasses import dataclass

from authorization.rules._items import IN_THE_CENTRE
from foundation.kernel.errors import Refused

DESK, COUNTER = "desk", "counter"
SIDES = (DESK, COUNTER)
LONGEST = 200
DIGITS = 9


@dataclass(frozen=True)
class Phrase:
    """A sentence that a side sends with one key, in both languages; `digit` chooses it."""

    code: str
    side: str
    digit: str
    chinese: str
    english: str

    def said(self, language: str) -> str:
        """Return the words of the phrase in a language of the screens."""
        return self.chinese if language.startswith("zh") else self.english


class NotYoursToWrite(Refused):
    """The two sides of a conversation are the item's teller and the desk that has it."""

    code = "E2053"
    text = "Only the item's teller and who has it on the desk write here."
    hint = "Phone the outlet, or write once you have the item again."


class NothingWritten(Refused):
    """A message has words."""

    code = "E2054"
    text = "Write something, or choose a phrase."


class TalkIsOver(Refused):
    """What is said about an item that has left the centre would be read by nobody."""

    code = "E2055"
    text = "The item is no longer in the centre; nothing more is written about it."
    hint = "Reach the other person by phone."


def check_message(text: str) -> None:
    """Refuse a message without words."""
    if not text:
        raise NothingWritten(field="text")


def side_of(*, state: str, writer: int, teller: int, desk: int | None) -> str:
    """Return the side on which somebody writes; refuse others, and an item that left the centre.

    The three are keys of staff; `desk` is who has the item before them or asks about it.
    """
    if writer not in (teller, desk):
        raise NotYoursToWrite
    if state not in IN_THE_CENTRE:
        raise TalkIsOver
    return COUNTER if writer == teller else DESK
