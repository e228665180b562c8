"""What two people decide about the books: the chart, own accounts, states of accounts."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.kernel.errors import Refused

# The subjects that the code of the platform posts under by itself; a bank adds its own by two.
CASH, PERSONAL, CORPORATE, INTERBRANCH = "1001", "2011", "2012", "3001"


@dataclass(frozen=True, slots=True)
class Subject:
    """One line of the chart of accounts."""

    code: str
    name: str
    normal_side: str
    kind: str
    must_clear: bool = False


BASE_CHART = (
    Subject(CASH, "库存现金", "debit", "internal"),
    Subject(PERSONAL, "个人活期存款", "credit", "customer"),
    Subject(CORPORATE, "单位活期存款", "credit", "customer"),
    Subject(INTERBRANCH, "系统内往来", "debit", "internal"),
)


class ChartNotYours(Refused):
    """The chart binds the whole bank, and the proposer is not of the head office."""

    code = "E4135"
    text = "The chart of accounts is for the head office to change."


class SubjectThere(Refused):
    """The subject is in the chart, or proposed and not decided."""

    code = "E4136"
    text = "The subject %(subject)s is there already, or waits for its decision."
    hint = "Choose another code."


class DecidesOwn(Refused):
    """The same human proposes and decides."""

    code = "E4137"
    text = "You proposed this yourself; somebody else decides."


class NotOfTheBank(Refused):
    """Accounts under the subject are customers', who have them opened at a counter."""

    code = "E4138"
    text = "Under the subject %(subject)s only customers have accounts."
    hint = "A counter opens those."


class AccountThere(Refused):
    """The institution has such an account, or one is proposed."""

    code = "E4139"
    text = "The institution has an account under the subject %(subject)s, or one is proposed."


class NoSuchInstitution(Refused):
    """No such institution is in sight."""

    code = "E4140"
    text = "There is no such institution among yours."
    hint = "Compare the number with the list."


class NoOwnAccount(Refused):
    """What is to be posted needs an account of the institution itself, and there is none."""

    code = "E4141"
    text = "This institution has no account under the subject %(subject)s."
    hint = "The operations manager proposes it under Internal accounts."
