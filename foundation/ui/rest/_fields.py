"""Fields that take one form, read by the kernel; bodies that refuse what they do not know."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from foundation.kernel import numbering
from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.kernel.text import clean_text

Read = TypeVar("Read")
_MONEY = r"^(0|[1-9][0-9]{0,14})\.[0-9]{2}$"
_SIGNED = _MONEY.replace("^", "^-?")
_DAY = r"^20[0-8][0-9]-[0-9]{2}-[0-9]{2}$"
_WHOLE = re.compile(r"-?[0-9]{1,19}")
WHOLE_MAX = 2**63 - 1


class Item(serializers.Serializer[Any]):
    """What a body or an answer is made of: only the fields that are written down."""

    default_error_messages = {
        "unknown": _("There is no such field."),
        "twice": _("The field is given twice."),
    }

    def to_internal_value(self, data: Any) -> Any:
        """Read the fields; refuse one that is not known or comes twice."""
        given = self._once(data) if isinstance(data, QueryDict) else data
        if isinstance(given, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            self._refuse(set(given) - known, "unknown")
        return super().to_internal_value(given)

    def _once(self, data: QueryDict) -> dict[str, str]:
        self._refuse({name for name, values in data.lists() if len(values) > 1}, "twice")
        return {name: str(value) for name, value in data.items()}

    def _refuse(self, names: set[Any], why: str) -> None:
        if names:
            detail = serializers.ErrorDetail(str(self.error_messages[why]), code=why)
            raise serializers.ValidationError({str(name)[:40]: [detail] for name in sorted(names)})


class Query(Item):
    """What may stand behind the question mark of an address."""


class Described(serializers.Field[Any, Any, Any, Any]):
    """A field that says of itself what OpenAPI should know."""

    def described(self) -> dict[str, Any]:
        """Return the field as OpenAPI has it."""
        raise NotImplementedError


class _Text(Described):
    """A field that comes as text and nothing else."""

    default_error_messages = {
        "not_text": _("Write this as text."),
        "form": _("The text does not have the form of this field."),
        "blank": _("The field may not be empty."),
    }
    pattern = ""
    example = ""

    def to_internal_value(self, data: Any) -> Any:
        """Return what the kernel makes of the text; its refusal is the field's."""
        if not isinstance(data, str):
            self.fail("not_text")
        if self.pattern and not re.fullmatch(self.pattern.strip("^$"), data):
            self.fail("form")
        return self.read(data)

    def read(self, text: str) -> Any:
        """Return the value of a text that has the form."""
        return text

    def to_representation(self, value: Any) -> Any:
        """Return the value as the caller reads it."""
        return str(value)

    def described(self) -> dict[str, Any]:
        """Return the field as OpenAPI has it."""
        told = {"pattern": self.pattern, "example": self.example}
        return {"type": "string"} | {name: value for name, value in told.items() if value}

    def by_kernel(self, reader: Callable[[], Read]) -> Read:
        """Return what the reader returns; a refusal becomes the field's error, by its code."""
        try:
            return reader()
        except Refused as refusal:
            raise serializers.ValidationError(refusal.shown(gettext), refusal.code) from refusal


class Fen(_Text):
    """An amount: yuan and fen as text, two decimals, no commas; kept as whole fen."""

    pattern = _MONEY
    example = "1234.50"

    def __init__(self, *, nothing: bool = False, **more: Any) -> None:
        self.nothing = nothing
        super().__init__(**more)

    def read(self, text: str) -> Money:
        """Return the amount, more than nothing unless it may be nothing."""
        amount = self.by_kernel(lambda: Money.parse(text))
        if not amount and not self.nothing:
            self.fail("form")
        return amount

    def to_representation(self, value: Any) -> str:
        """Return fen or money as text; below zero with a minus."""
        amount = value if isinstance(value, Money) else Money(value)
        return amount.format(commas=False)


class SignedFen(Fen):
    """An amount that an answer tells, and that may be below zero."""

    pattern = _SIGNED


class Plain(_Text):
    """Text of one line, composed, without hidden characters; never cut."""

    def __init__(self, *, limit: int, blank: bool = False, **more: Any) -> None:
        self.limit, self.blank = limit, blank
        super().__init__(**more)

    def described(self) -> dict[str, Any]:
        """Return the field as OpenAPI has it."""
        return {"type": "string", "minLength": 0 if self.blank else 1, "maxLength": self.limit}

    def read(self, text: str) -> str:
        """Return the clean text."""
        plain = self.by_kernel(lambda: clean_text(text, self.limit))
        if not plain and not self.blank:
            self.fail("blank")
        return plain


class Digits(_Text):
    """A number that is a name: digits, with zeros at its beginning."""

    def __init__(self, *, least: int, most: int, **more: Any) -> None:
        self.pattern, self.example = (
            f"^[0-9]{{{least},{most}}}$",
            "10010001"[:most].rjust(least, "0"),
        )
        super().__init__(**more)


class AccountNumber(_Text):
    """An account number, bare, its check digit right."""

    pattern = "^[0-9]{19}$"
    example = numbering.sample_account_number(1, prefix="0302")

    def read(self, text: str) -> str:
        """Return the number, or refuse its check digit."""
        return self.by_kernel(lambda: numbering.parse_account_number(text))


class ResidentId(_Text):
    """A resident identity number, its check character right."""

    pattern = "^[0-9]{17}[0-9X]$"
    example = numbering.resident_id(region="119999", born=date(1990, 5, 17), serial=1)

    def read(self, text: str) -> str:
        """Return the number, or refuse its check character."""
        return self.by_kernel(lambda: numbering.parse_resident_id(text))


class Mobile(_Text):
    """A mobile number."""

    pattern = "^1[3-9][0-9]{9}$"
    example = "13800138000"


class Named(_Text):
    """A code of ours: letters, digits and the marks between them."""

    pattern = r"^[A-Za-z0-9._-]{1,40}$"


class Choice(_Text):
    """One of a few words."""

    default_error_messages = {"choice": _("This is not one of the words that are possible.")}

    def __init__(self, *, words: Any, **more: Any) -> None:
        self.words = tuple(words)
        super().__init__(**more)

    def described(self) -> dict[str, Any]:
        """Return the field as OpenAPI has it."""
        return {"type": "string", "enum": list(self.words)}

    def read(self, text: str) -> str:
        """Return the word if it is one of them."""
        if text not in self.words:
            self.fail("choice")
        return text


class Flag(Choice):
    """Yes or no, as text: true or false."""

    def __init__(self, **more: Any) -> None:
        super().__init__(words=("true", "false"), **more)

    def read(self, text: str) -> Any:
        """Return the truth value."""
        return super().read(text) == "true"


class Whole(Described):
    """A whole number, in an address as digits; never true, false or a fraction."""

    default_error_messages = {"whole": _("Write a whole number from %(least)s to %(most)s.")}

    def __init__(self, *, least: int = 1, most: int = WHOLE_MAX, **more: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**more)

    def to_internal_value(self, data: Any) -> int:
        """Return the number within its bounds."""
        plain = type(data) is int or (isinstance(data, str) and _WHOLE.fullmatch(data))
        if not plain or not self.least <= int(data) <= self.most:
            text = str(self.error_messages["whole"]) % {"least": self.least, "most": self.most}
            raise serializers.ValidationError(text, "whole")
        return int(data)

    def to_representation(self, value: Any) -> int:
        """Return the number."""
        return int(value)

    def described(self) -> dict[str, Any]:
        """Return the field as OpenAPI has it."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class Key(_Text):
    """A key that the caller makes once for each new thing, so that a repeated call is the same."""

    pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    example = "3f2c1a90-5b7d-4e86-9a41-0c6d8e2f7b15"

    def read(self, text: str) -> Any:
        """Return the UUID."""
        return serializers.UUIDField().to_internal_value(text)


class Base64(_Text):
    """Bytes as text in base64 (RFC 4648), without line breaks."""

    def described(self) -> dict[str, Any]:
        """Return the field as OpenAPI has it."""
        return {"type": "string", "format": "byte", "minLength": 4}

    def read(self, text: str) -> bytes:
        """Return the bytes; there is at least one."""
        try:
            found = base64.b64decode(text, validate=True)
        except ValueError:
            self.fail("form")
        if not found:
            self.fail("blank")
        return found


class Day(_Text):
    """A day from 2000 to 2089: 2026-11-23."""

    pattern = _DAY
    example = "2026-11-23"

    def read(self, text: str) -> Any:
        """Return the date, or refuse a day that no calendar has."""
        return serializers.DateField().to_internal_value(text)
