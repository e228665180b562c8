"""What the door of the API refuses before anything of the bank is asked, and with which status."""

from __future__ import annotations

from foundation.kernel.errors import Refused


class NotSignedIn(Refused):
    """No session and no token, or one that is not valid any more."""

    code = "E9101"
    text = "Sign in first: with a session of the pages or with a token."


class Forbidden(Refused):
    """The roles of the person do not cover it."""

    code = "E9102"
    text = "Your roles do not allow this."
    hint = "Ask the security administrator of your branch."


class CsrfMissing(Refused):
    """A session changes nothing without the mark that proves where the request comes from."""

    code = "E9103"
    text = "The request lacks the mark of our own pages."
    hint = "Send the cookie csrftoken as the header X-CSRFToken."


class NotThere(Refused):
    """There is no such thing among what the person may see."""

    code = "E9104"
    text = "There is nothing at this address that you may see."


class WrongMethod(Refused):
    """The address does not take this method."""

    code = "E9105"
    text = "This address does not take the method %(method)s."


class CannotAnswerSo(Refused):
    """The caller accepts no JSON."""

    code = "E9106"
    text = "Answers are JSON; your request accepts none."


class WrongMediaType(Refused):
    """The body is of a kind that the address does not read."""

    code = "E9107"
    text = "The body is not of a kind that this address reads: %(wanted)s."


class TooManyCalls(Refused):
    """More calls within a minute than one caller may make."""

    code = "E9108"
    text = "Too many calls within a minute."
    hint = "Go on after the seconds that Retry-After says."


class FieldsWrong(Refused):
    """The body was read, but fields of it are missing, unknown or wrong."""

    code = "E9109"
    text = "Some fields are missing, unknown or wrong."
    hint = "Every one of them is listed under errors."


class NotJson(Refused):
    """The body is no JSON as RFC 8259 and this API have it."""

    code = "E9110"
    text = "The body is not valid JSON in UTF-8."


class KeyTwice(Refused):
    """Two readers would read two different things."""

    code = "E9111"
    text = "The body names the key “%(key)s” twice."


class TooDeep(Refused):
    """Nothing of a bank is nested like this."""

    code = "E9112"
    text = "The body is nested more than %(limit)s levels deep."


class TooLong(Refused):
    """The body has more bytes than the address reads."""

    code = "E9113"
    text = "The body has more than %(limit)s bytes."


class NotWhole(Refused):
    """Numbers with a point lose fen; an amount is text."""

    code = "E9114"
    text = 'Numbers are whole; write an amount as text, such as "1234.50".'


class Fault(Refused):
    """Something unforeseen; the trace id finds it in the logs."""

    code = "E9115"
    text = "Something went wrong on our side; nothing was recorded."
    hint = "Tell the operators the trace id."


class BadAddress(Refused):
    """The address holds characters that no address has."""

    code = "E9116"
    text = "The address holds characters that cannot be part of it."


class GateShut(Refused):
    """The session is there, but its screen is locked or its sign-in is not finished."""

    code = "E9117"
    text = "Finish signing in on the pages first."
    hint = "The screen is locked, or the second factor or a new password is asked for."


class Unreadable(Refused):
    """Something sent is no text: a NUL, half of a character, another encoding, a torn form."""

    code = "E9118"
    text = "What was sent holds characters or parts that cannot be read."
    hint = "Type the text again instead of pasting it."


class LengthMissing(Refused):
    """A body whose length is not told could not be bounded before it is read."""

    code = "E9119"
    text = "The request does not say how long its body is."
    hint = "Send it with its Content-Length, not in chunks."


STATUS: dict[type[Refused], int] = {
    NotSignedIn: 401,
    Forbidden: 403,
    CsrfMissing: 403,
    GateShut: 403,
    NotThere: 404,
    WrongMethod: 405,
    CannotAnswerSo: 406,
    LengthMissing: 411,
    TooLong: 413,
    WrongMediaType: 415,
    FieldsWrong: 422,
    TooManyCalls: 429,
    NotJson: 400,
    KeyTwice: 400,
    TooDeep: 400,
    NotWhole: 400,
    Unreadable: 400,
    BadAddress: 404,
    Fault: 500,
}
