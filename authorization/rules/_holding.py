"""What may be asked before a decision, who answers it, and when an item goes up to the leads."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from authorization.rules.passing import PASSED_UP
from foundation.kernel.errors import Refused

RESCAN, CONSULT, CALL = "rescan", "consult", "call"
ANSWERED, LAPSED, TAKEN_BACK = "answered", "lapsed", "withdrawn"
INQUIRY_ENDS = (ANSWERED, LAPSED, TAKEN_BACK)
CONFIRMED, DENIED, NOT_REACHED = "confirmed", "denied", "not_reached"
WAITED, UNDECIDED = "waited", "undecided"


@dataclass(frozen=True)
class Hold:
    """A kind of hold: what it is called, what its question is to say, and its digit."""

    code: str
    text: str
    title: str
    digit: str


@dataclass(frozen=True)
class Word:
    """A code with what it is called."""

    text: str


HOLDS: dict[str, Hold] = {
    hold.code: hold
    for hold in (
        Hold(RESCAN, "Ask the teller for another image", "Another image", "1"),
        Hold(CONSULT, "Consult the lead or a colleague", "Consultation", "2"),
        Hold(CALL, "Call the customer back", "Call-back", "3"),
    )
}
OUTCOMES: dict[str, Word] = {
    CONFIRMED: Word("The customer confirms"),
    DENIED: Word("The customer denies"),
    NOT_REACHED: Word("Nobody was reached"),
}
ENDS: dict[str, Word] = {
    ANSWERED: Word("Answered"),
    LAPSED: Word("Not answered in time"),
    TAKEN_BACK: Word("Taken back by the teller"),
}
ESCALATED_WHY: dict[str, Word] = {
    WAITED: Word("Nobody took it in time"),
    UNDECIDED: Word("Not decided in time"),
    PASSED_UP: Word("Its authorizer passed it up"),
}


class CallBackMissing(Refused):
    """The rule wants the customer called back from this amount on."""

    code = "E2026"
    text = "By its rule this item is approved only after the customer has confirmed it by phone."
    hint = "Put it on hold for a call-back and note what the customer says."


class QuestionMissing(Refused):
    """A hold says what is asked."""

    code = "E2027"
    text = "Say what is asked."


class NumberMissing(Refused):
    """A call-back names the number that is called."""

    code = "E2028"
    text = "Enter the number that is called: 5 to 20 digits."


class NotYoursToAnswer(Refused):
    """A rescan is the teller's to answer, a consultation another's, a call its caller's."""

    code = "E2029"
    text = "Somebody else answers this question."
    hint = "The teller answers a rescan, a colleague a consultation, who called a call."


class AnswerMissing(Refused):
    """An answer has words."""

    code = "E2030"
    text = "Write the answer."


class ImageNotAdded(Refused):
    """A rescan is answered by an image."""

    code = "E2031"
    text = "Add the image that is asked for first."


class NothingAsked(Refused):
    """The question was answered, has lapsed, or went with its item."""

    code = "E2032"
    text = "Nothing is asked about this item any more."
    hint = "The item's page shows what became of it."


class ImagesClosed(Refused):
    """The images of a sent item change only while it is with its teller."""

    code = "E2033"
    text = "Images are added only before an item is sent and while it is with its teller."
    hint = "Let the authorizer send it back or ask for another image."


class OutcomeMissing(Refused):
    """A call says what came of it."""

    code = "E2034"
    text = "Choose what came of the call."


class SecondOfSamePerson(Refused):
    """The two yeses of an item are those of two humans."""

    code = "E2035"
    text = "The second level is decided by another person than the first."
    hint = "Rest: the item goes to somebody else."


def check_question(kind: str, question: str, number: str) -> None:
    """Refuse a hold that does not say what is asked, or a call without a number."""
    if not question:
        raise QuestionMissing(field="question")
    digits = number.replace(" ", "").replace("-", "")
    fits = digits.isascii() and digits.isdigit() and 5 <= len(digits) <= 20
    if kind == CALL and not fits:
        raise NumberMissing(field="called_number")


def check_answerer(kind: str, *, asked_by: UUID, teller: UUID, person: UUID, decides: bool) -> None:
    """Refuse who may not answer: humans, under whatever number; `decides` is an authorizer."""
    fits = {
        RESCAN: person == teller,
        CONSULT: decides and person not in (asked_by, teller),
        CALL: person == asked_by,
    }
    if not fits[kind]:
        raise NotYoursToAnswer


def check_answer(kind: str, answer: str, outcome: str, *, image_added: bool) -> None:
    """Refuse an answer that lacks what its kind of hold asks for."""
    if kind == RESCAN and not image_added:
        raise ImageNotAdded(field="text")
    if kind == CALL and outcome not in OUTCOMES:
        raise OutcomeMissing(field="outcome")
    if not answer:
        raise AnswerMissing(field="text")


def call_needed(*, call_back_from_fen: int | None, amount_fen: int) -> bool:
    """Return whether a rule wants the customer called back before a yes."""
    return call_back_from_fen is not None and amount_fen >= call_back_from_fen
