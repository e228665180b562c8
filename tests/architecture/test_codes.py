"""A code that a person can read means one thing, on a page, in the API and in the database."""

from __future__ import annotations

import ast
import re
from collections import defaultdict

from tests.architecture import tidy

CODE = re.compile(r"\bE[0-9]{4}\b")


def of_refusals() -> dict[str, set[str]]:
    """Return which classes give each code."""
    found: dict[str, set[str]] = defaultdict(set)
    for source in tidy.sources():
        for kind in source.of(ast.ClassDef):
            for given in (node.value for node in kind.body if isinstance(node, ast.Assign)):
                code = str(given.value) if isinstance(given, ast.Constant) else ""
                if CODE.fullmatch(code):
                    found[code].add(f"{source.path}: {kind.name}")
    return found


def of_pages() -> dict[str, set[str]]:
    """Return which templates show each code by themselves."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in tidy.under("**/templates/**/*.html"):
        for code in CODE.findall(path.read_text()):
            found[code].add(str(path.relative_to(tidy.ROOT)))
    return found


def test_no_code_means_two_things():
    places = of_refusals()
    for code, templates in of_pages().items():
        places[code] |= templates

    assert {"E0404", "E0406", "E9101"} <= places.keys()
    assert not {code: sorted(where) for code, where in places.items() if len(where) > 1}


def test_code_that_is_no_refusal_stands_only_in_a_template():
    """Neither the API's door nor a function of the database has codes beside the refusals."""
    known = of_refusals().keys()
    paths = [
        path
        for pattern in ("**/*.py", "**/*.sql", "**/*.js")
        for path in tidy.under(pattern)
        if path.relative_to(tidy.ROOT).parts[0] != "tests" and "vendor" not in path.parts
    ]
    written = {(code, str(path)) for path in paths for code in CODE.findall(path.read_text())}

    assert known
    assert not {(code, path) for code, path in written if code not in known}
