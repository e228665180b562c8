"""The one base for every refusal a user can read, and the register of them by code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

_CODE = re.compile(r"E[0-9]{4}")
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\)s|%)")
_by_code: dict[str, type[Refused]] = {}


class Refused(Exception):
    """An expected refusal: shown to the user as it is, never logged as a fault.

    A subclass names the wrong and gives its code, its text and, where there is something to do,
    a hint. Text and hint are English message ids; the user interface translates them and fills
    in the params. `field` ties the refusal to the form field that it is about.
    """

    code: ClassVar[str] = ""
    text: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    needs: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        code = cls.__dict__.get("code", "")
        if not _CODE.fullmatch(code):
            raise TypeError(f"{cls.__qualname__} needs a code of its own: E and four digits")
        if not cls.__dict__.get("text"):
            raise TypeError(f"{cls.__qualname__} needs a text of its own")
        taken = _by_code.get(code)
        if taken and _full_name(taken) != _full_name(cls):
            raise TypeError(f"{code} is the code of {_full_name(taken)}")
        cls.needs = _placeholders(cls.text) | _placeholders(cls.hint)
        _by_code[code] = cls

    def __init__(self, *, field: str = "", **params: object) -> None:
        if type(self) is Refused:
            raise TypeError("raise a refusal by its name, not the base")
        if self.needs - params.keys():
            missing = ", ".join(sorted(self.needs - params.keys()))
            raise TypeError(f"{type(self).__qualname__} is raised without {missing}")
        self.field = field
        self.params: Mapping[str, object] = MappingProxyType(params)
        super().__init__(self.text % params)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.field, dict(self.params))

    def shown(self, translate: Callable[[str], str]) -> str:
        """Return the text in the language of the translating function."""
        return translate(self.text) % self.params

    def hinted(self, translate: Callable[[str], str]) -> str:
        """Return the hint in the language of the translating function, or nothing."""
        return translate(self.hint) % self.params if self.hint else ""


def refusals() -> Mapping[str, type[Refused]]:
    """Return every refusal of the platform by its code, for the manual and the translations."""
    return MappingProxyType(dict(sorted(_by_code.items())))


def _again(cls: type[Refused], field: str, params: dict[str, object]) -> Refused:
    return cls(field=field, **params)


def _full_name(cls: type[Refused]) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _placeholders(text: str) -> frozenset[str]:
    if "%" in _PLACEHOLDER.sub("", text):
        raise TypeError(f"only %(name)s and %% may stand in {text!r}")
    return frozenset(name for name in _PLACEHOLDER.findall(text) if name)
