"""What the ledger refuses, each by its name."""

from __future__ import annotations

from collections.abc import Mapping

from foundation.kernel.errors import Refused

LEGS_MAX = 200


class KeyReused(Refused):
    """The key of an earlier posting comes again with another content."""

    code = "E4001"
    text = "This key was used before for another posting."
    hint = "Nothing was posted. Load the item again and look whether it is posted already."


class DayNotOpened(Refused):
    """The institution has no such business day."""

    code = "E4002"
    text = "The business day %(day)s is not open at this institution."
    hint = "Ask the operations supervisor to open the day."


class DayClosed(Refused):
    """The business day is closing or closed."""

    code = "E4003"
    text = "The business day %(day)s is closed."
    hint = "Post on the next business day."


class NoSuchAccount(Refused):
    """No account has the number, or none that the person may see."""

    code = "E4004"
    text = "There is no account %(account)s."
    hint = "Compare the number with the voucher."


class NotBalanced(Refused):
    """Debits and credits differ, in at least one currency."""

    code = "E4005"
    text = "Debits and credits in %(currency)s differ by %(fen)s fen."


class AccountClosed(Refused):
    """The account is closed."""

    code = "E4006"
    text = "The account %(account)s is closed."


class AccountFrozen(Refused):
    """The account is frozen: nothing in, nothing out."""

    code = "E4007"
    text = "The account %(account)s is frozen."
    hint = "Only the authority that had it frozen can have it released."


class PaymentStopped(Refused):
    """Payment out of the account is stopped."""

    code = "E4008"
    text = "Payment out of the account %(account)s is stopped."
    hint = "It may receive; the customer can ask for payment to be allowed again."


class NotEnough(Refused):
    """The account has less available than is to be paid or held."""

    code = "E4009"
    text = "The account %(account)s has not enough available."
    hint = "Held amounts are not available."


class AlreadyReversed(Refused):
    """The entry was reversed before."""

    code = "E4010"
    text = "The entry %(entry)s is reversed already."
    hint = "An entry is reversed once; post a new entry instead."


class NoSuchEntry(Refused):
    """No entry has the number, or none that the person may see."""

    code = "E4011"
    text = "There is no entry %(entry)s."


class IsReversal(Refused):
    """A reversal is not reversed itself."""

    code = "E4012"
    text = "The entry %(entry)s is a reversal and cannot be reversed."
    hint = "Post a new entry instead."


class Archived(Refused):
    """What is asked for has left the books with its month."""

    code = "E4080"
    text = "The books until %(until)s are archived and not shown here."
    hint = "Ask for days after that; operations can look into the archive."


class BadLegs(Refused):
    """Fewer than two legs, too many, or a leg of nothing."""

    code = "E4013"
    text = "An entry has from two to %(most)s legs, none of them nothing."


class OtherInstitution(Refused):
    """The institution is not among those that the person works for."""

    code = "E4014"
    text = "Posting for this institution is not yours to do."


class NoSuchHold(Refused):
    """The hold is unknown or released already."""

    code = "E4015"
    text = "There is no such hold, or it is released already."


class BalanceLeft(Refused):
    """An account with money or holds is not closed."""

    code = "E4016"
    text = "The account %(account)s still has a balance or a hold."
    hint = "Pay the balance out and release the holds first."


class NoSuchSubject(Refused):
    """The chart of accounts has no such subject."""

    code = "E4017"
    text = "The chart of accounts has no subject %(subject)s."


class OtherDayOpen(Refused):
    """Another business day of the institution is not closed yet."""

    code = "E4018"
    text = "The business day %(day)s is not closed yet."
    hint = "Close it first."


class DayPast(Refused):
    """A day not after the last one cannot be opened."""

    code = "E4019"
    text = "The business day %(day)s is not after the last one."


class NotPositive(Refused):
    """An amount to hold is nothing or less."""

    code = "E4020"
    text = "The amount must be more than nothing."


class NoDayOpen(Refused):
    """No business day of the institution is open."""

    code = "E4021"
    text = "No business day is open at this institution."
    hint = "Ask the operations supervisor to open the day."


class NotYetOpen(Refused):
    """The value date is before the account was opened."""

    code = "E4022"
    text = "The account %(account)s was not open on the value date."
    hint = "Choose a value date on which the account was open."


class FileTooLarge(Refused):
    """The file has more bytes or rows than are taken in at once."""

    code = "E4030"
    text = "The file is too large: at most %(rows)s rows and %(megabytes)s MB."
    hint = "Divide it by day or by institution."


class NotCsv(Refused):
    """The file is not text in UTF-8 or GB 18030, or not CSV."""

    code = "E4031"
    text = "The file is not a CSV file."
    hint = "Save it as CSV in UTF-8 or GB 18030."


class WrongHeader(Refused):
    """The first line does not name the columns."""

    code = "E4032"
    text = "The first line must name these columns, in this order: %(columns)s."


class RowsWrong(Refused):
    """Rows of the file are wrong; then none is taken in."""

    code = "E4033"
    text = "Nothing was taken in: %(count)s rows are wrong, the first in line %(line)s."
    hint = "Correct the file and send it again as a whole."


class NoRows(Refused):
    """The file has a header and nothing else."""

    code = "E4034"
    text = "The file has no rows."


class TooManyLines(Refused):
    """An export would have more lines than a file is made for."""

    code = "E4035"
    text = "More than %(most)s lines fit; narrow the search."


BY_CODE: Mapping[str, tuple[type[Refused], str]] = {
    "E4001": (KeyReused, ""),
    "E4002": (DayNotOpened, "day"),
    "E4003": (DayClosed, "day"),
    "E4004": (NoSuchAccount, "account"),
    "E4005": (NotBalanced, "currency fen"),
    "E4006": (AccountClosed, "account"),
    "E4007": (AccountFrozen, "account"),
    "E4008": (PaymentStopped, "account"),
    "E4009": (NotEnough, "account"),
    "E4010": (AlreadyReversed, "entry"),
    "E4011": (NoSuchEntry, "entry"),
    "E4012": (IsReversal, "entry"),
    "E4013": (BadLegs, ""),
    "E4014": (OtherInstitution, ""),
    "E4022": (NotYetOpen, "account"),
    "E4080": (Archived, "until"),
}


def refusal(code: str, detail: str) -> Refused:
    """Return the refusal that `ledger_post` answered: its code and the words that fill its text."""
    kind, names = BY_CODE[code]
    if kind is BadLegs:
        return BadLegs(most=LEGS_MAX)
    words = names.split()
    values = detail.split(" ", len(words) - 1) if words else []
    return kind(**dict(zip(words, values, strict=True)))
