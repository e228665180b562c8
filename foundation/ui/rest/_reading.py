"""Bodies read so strictly that two readers cannot read two things, and none can exhaust us."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Never

from rest_framework.parsers import BaseParser

from foundation.ui.rest import _refusals

JSON_BYTES_MAX = 1024 * 1024
IMAGE_BYTES_MAX = 13 * 1024 * 1024  # a little more than a page may have, so that imaging says no
DEPTH_MAX = 32
# A string, closed or not, or a bracket outside of one.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)
# A NUL comes in through an escape alone; after another backslash it is six plain characters.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class StrictJson(BaseParser):
    """JSON by RFC 8259 in UTF-8: no key twice, no NaN, no fractions, no halves of characters."""

    media_type = "application/json"
    bytes_max = JSON_BYTES_MAX

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the body says, or refuse it."""
        del parser_context
        charset = re.search(r'charset="?([^";\s]+)', media_type or "", re.IGNORECASE)
        if charset and charset[1].lower() not in {"utf-8", "utf8"}:
            raise _refusals.WrongMediaType(wanted="application/json; charset=utf-8")
        return read_json(read_at_most(stream, JSON_BYTES_MAX))


class Images(BaseParser):
    """The bytes of one image as they are; what they are, imaging finds out by opening them."""

    media_type = "image/*"
    bytes_max = IMAGE_BYTES_MAX

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the bytes, or refuse too many."""
        del media_type, parser_context
        return read_at_most(stream, self.bytes_max)


def read_at_most(stream: Any, limit: int) -> bytes:
    """Read a body without ever holding more than one byte too many."""
    body: bytes = stream.read(limit + 1)
    if len(body) > limit:
        raise _refusals.TooLong(limit=limit)
    return body


def read_json(body: bytes) -> Any:
    """Return what the bytes say, or refuse them by name."""
    try:
        text = body.decode()
        _check_depth(text)
        if _NUL.search(text):
            raise _refusals.Unreadable
        found = json.loads(
            text, object_pairs_hook=_pairs, parse_constant=_refuse_constant, parse_float=_fraction
        )
        # Halves of characters come in through escapes; nothing could print or keep them.
        json.dumps(found, ensure_ascii=False).encode()
    except ValueError as error:
        raise _refusals.NotJson from error
    return found


def _check_depth(text: str) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > DEPTH_MAX:
            raise _refusals.TooDeep(limit=DEPTH_MAX)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _refusals.KeyTwice(key=key.encode("ascii", "backslashreplace").decode()[:40])
        found[key] = value
    return found


def _refuse_constant(_name: str) -> Never:
    raise _refusals.NotJson


def _fraction(_digits: str) -> Never:
    raise _refusals.NotWhole
