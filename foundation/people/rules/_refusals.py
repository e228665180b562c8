"""The refusals that people may show."""

from __future__ import annotations

from foundation.kernel.errors import Refused


class DutiesConflict(Refused):
    """The person already holds a role that may not be combined with this one."""

    code = "E1001"
    text = "The role conflicts with a role that the person holds already: %(held)s."
    hint = "Choose another person, or end the other role first."


class SignInFailed(Refused):
    """Number or password is wrong, or the account may not sign in now."""

    code = "E1002"
    text = "The number or the password is not right."
    hint = "Check both and try again; after five wrong tries the number is locked for 30 minutes."


class TooManyTries(Refused):
    """The terminal has failed to sign in too often."""

    code = "E1003"
    text = "Too many failed sign-ins from this terminal."
    hint = "Wait five minutes, then try again."


class Busy(Refused):
    """More people sign in at this moment than passwords can be checked."""

    code = "E1004"
    text = "Many people are signing in just now."
    hint = "Try again in a few seconds."


class WrongPlace(Refused):
    """An institution of the kind does not stand under the other."""

    code = "E1005"
    text = "An institution of this kind does not stand there in the tree."


class Circle(Refused):
    """The institution would stand under itself."""

    code = "E1006"
    text = "An institution cannot stand under itself."


class UnknownRole(Refused):
    """There is no role of the code."""

    code = "E1007"
    text = "There is no role %(role)s."


class RoleNotHere(Refused):
    """The role belongs to another kind of institution."""

    code = "E1008"
    text = "The role is not given in an institution of this kind."
    hint = "See the table of roles for where a role belongs."


class VendorRole(Refused):
    """Vendors' people hold vendors' roles, and only they do."""

    code = "E1009"
    text = "Roles of vendors are for vendors' people, and vendors' people hold no others."


class OwnGrant(Refused):
    """Nobody decides about a role or a post of their own, under whichever number."""

    code = "E1010"
    text = "Nobody decides about their own roles and posts."
    hint = "Ask another security administrator."


class SameProposer(Refused):
    """The proposer may not decide."""

    code = "E1011"
    text = "A proposal is decided by another person than its proposer."


class Decided(Refused):
    """The proposal has been decided already."""

    code = "E1012"
    text = "The proposal has been decided already."


class AlreadyHeld(Refused):
    """The role is held, or is waiting to be decided."""

    code = "E1013"
    text = "The person holds the role already, or a proposal for it is waiting."


class NotHeld(Refused):
    """The role to be ended is not held."""

    code = "E1014"
    text = "The person does not hold the role."


class WrongPassword(Refused):
    """The present password is wrong."""

    code = "E1016"
    text = "The present password is not right."


class WrongCode(Refused):
    """The code of the second factor, or of a reset, is wrong or used up."""

    code = "E1017"
    text = "The code is not right, or no longer valid."
    hint = "Wait for the next code and check the clock of the phone."


class OwnReset(Refused):
    """Nobody resets their own sign-in."""

    code = "E1018"
    text = "Nobody resets, opens or closes their own sign-in."


class DaysReversed(Refused):
    """The last day lies before the first."""

    code = "E1019"
    text = "The last day lies before the first."


class NumberTaken(Refused):
    """The number belongs to another."""

    code = "E1020"
    text = "The number is taken."


class NotDemo(Refused):
    """Sign-in by one click is only for the made-up people of a demo."""

    code = "E1021"
    text = "This sign-in exists only in the demo."


class PasswordShort(Refused):
    """The new password is too short."""

    code = "E1015"
    text = "The new password needs at least %(length)s characters."


class PasswordSimple(Refused):
    """The new password draws on too few kinds of characters."""

    code = "E1022"
    text = "The new password needs three of: small letters, capitals, digits, other signs."


class PasswordHoldsNumber(Refused):
    """The new password holds the staff number."""

    code = "E1023"
    text = "The new password may not hold the staff number."


class PasswordCommon(Refused):
    """The new password is one that everybody tries."""

    code = "E1024"
    text = "The new password is among those that everybody tries."


class PasswordUsedBefore(Refused):
    """The new password was in use lately."""

    code = "E1025"
    text = "The new password was in use lately; choose one that was not."


class PasswordsDiffer(Refused):
    """The new password was not repeated exactly."""

    code = "E1026"
    text = "The two new passwords differ."


class TokenUnbounded(Refused):
    """A token that lives for ever, or for nothing that anybody could name, is not given."""

    code = "E1027"
    text = "A token needs a purpose and an end within %(days)s days."


class PostWaits(Refused):
    """Another post of the person waits to be decided."""

    code = "E1028"
    text = "A proposal of a post for this person is waiting already."
    hint = "Decide the waiting proposal first."


class PostPast(Refused):
    """A post does not begin in the past: what somebody could see then is not rewritten."""

    code = "E1029"
    text = "A post begins today at the earliest."


class PostEarlier(Refused):
    """A person has one post at a time, each beginning after the one before."""

    code = "E1030"
    text = "The person's last post begins on %(day)s; the next one begins later."


class SamePost(Refused):
    """The person holds the post there already."""

    code = "E1031"
    text = "The person has this post at this institution already."


class RoleStays(Refused):
    """A role that begins on the day or later does not belong where the person goes."""

    code = "E1032"
    text = "The role %(role)s begins later and is not given where the person goes."
    hint = "Choose a later day, or another institution."


class BankFounded(Refused):
    """There is an institution already: a bank is founded once, in an empty installation."""

    code = "E1033"
    text = "There is an institution already; a bank is founded once."
    hint = "Open further institutions under System, Institutions."


class FoundersLacking(Refused):
    """The founders are not one system, two security and one audit administrator."""

    code = "E1034"
    text = (
        "A bank begins with one system administrator, two security administrators and one audit"
        " administrator."
    )


class FoundingUnclear(Refused):
    """A number or a name that the pages would not take either."""

    code = "E1035"
    text = "%(given)s is no number of 4 to 12 digits, or its name is empty or too long."
