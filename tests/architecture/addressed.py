"""Which pages the tests of a room open: the names that stand in them as an address.

A test opens `"room:page"`, or gives the page's name to a helper that makes `f"room:{name}"` of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator


def opened(texts: Iterable[str], *, room: str) -> set[str]:
    """Return the pages of a room that the sources of its tests name as an address."""
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    helpers = [one for one in nodes if isinstance(one, ast.FunctionDef) and _makes(one, room)]
    names = {one.name for one in helpers}
    given = (one for one in nodes if isinstance(one, ast.Call) and _called(one) in names)
    plain = (text for one in [*helpers, *given] for text in _texts(one))
    whole = (re.fullmatch(rf"{room}:(\w+)", text) for one in nodes for text in _text(one))
    return {*plain, *(found[1] for found in whole if found)}


def _makes(function: ast.FunctionDef, room: str) -> bool:
    """Return whether a function makes addresses of the room of names that it is given."""
    made = (one.values for one in ast.walk(function) if isinstance(one, ast.JoinedStr))
    return any(list(_text(parts[0])) == [f"{room}:"] for parts in made if parts)


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _texts(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        yield from _text(one)


def _text(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
