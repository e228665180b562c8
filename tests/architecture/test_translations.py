"""Chinese is complete: no gap, nothing fuzzy, one translation a text, compiled in step."""

from __future__ import annotations

import ast
import importlib
import re
from ast import literal_eval
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import is_dataclass
from functools import cache
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

from foundation.kernel import errors
from foundation.ui import told
from tests.architecture import tidy
from tests.architecture.test_urls import pages

CATALOGUES = tidy.under("**/locale/zh_Hans/LC_MESSAGES/django.po")


@cache
def catalogue(path: Path) -> polib.POFile:
    return polib.pofile(str(path))


@cache
def translations() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for path in CATALOGUES:
        for entry in catalogue(path):
            if not entry.obsolete:
                found[entry.msgid].update(entry.msgstr_plural.values() or [entry.msgstr])
                if entry.msgid_plural:
                    found[entry.msgid_plural].update(entry.msgstr_plural.values())
    return found


def asked_in(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the literals handed to gettext; neighbouring literals are one text."""
    texts = {"gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "_": 1, "ngettext": 2}
    return {
        text.value
        for node in nodes
        if isinstance(node, ast.Call)
        for text in node.args[: texts.get(_name(node.func), 0)]
        if isinstance(text, ast.Constant) and isinstance(text.value, str)
    }


def _name(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")


def asked_in_template(text: str) -> set[str]:
    found = set()
    calls = re.finditer(
        r"\b(?:n?p?gettext)\(((?:u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|'''.*?''')\s*,?\s*)+)",
        templatize(text),
        re.DOTALL,
    )
    for call in calls:
        for literal in re.findall(
            r"u?('''.*?'''|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")", call.group(1), re.DOTALL
        ):
            found.add(literal_eval(literal))
    return {text for text in found if text.strip()}


@cache
def asked() -> dict[str, str]:
    """Return the texts that are asked for, and where; read once, to be read only."""
    found: dict[str, str] = {}
    for source in tidy.sources():
        for text in asked_in(source.of(ast.Call)):
            found[text] = source.path
    for path in tidy.under("**/templates/**/*.html"):
        for text in asked_in_template(path.read_text()):
            found[text] = str(path.relative_to(tidy.ROOT))
    for refusal in errors.refusals().values():
        found[refusal.text] = refusal.__module__
        if refusal.hint:
            found[refusal.hint] = refusal.__module__
    return found | kept_in_rules()


def kept_in_rules() -> dict[str, str]:
    """Return the texts of the tables in rules: they are shown through the filter `translated`."""
    found: dict[str, str] = {}
    for source in tidy.sources():
        if source.layer not in {"rules", "roles"} or "/kernel/" in source.path:
            continue
        module = source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for value in vars(importlib.import_module(module)).values():
            for row in value.values() if isinstance(value, dict) else ():
                for name in ("text", "meaning", "name", "title"):
                    if is_dataclass(row) and isinstance(getattr(row, name, None), str):
                        found[getattr(row, name)] = module
    return found


def used() -> set[str]:
    """Return every text that is asked for, or that the code holds and hands on to be translated."""
    written = {
        " ".join(node.value.split())
        for source in tidy.sources()
        for node in source.of(ast.Constant)
        if isinstance(node.value, str)
    }
    visited = {f"{app}:{page.name}" for app, page in pages()}  # the trail's word for an export
    return written | visited | set(told.ACTIONS) | {" ".join(text.split()) for text in asked()}


def test_every_text_has_its_chinese():
    known = translations()

    gaps = {text: where for text, where in asked().items() if not any(known.get(text, ()))}

    listed = "\n".join(f"{where}: {text!r}" for text, where in sorted(gaps.items()))
    assert not gaps, f"{len(gaps)} texts without Chinese\n{listed}"


def test_every_word_of_a_catalogue_is_used():
    known = used()

    idle = [
        f"{path.relative_to(tidy.ROOT)}: {entry.msgid!r}"
        for path in CATALOGUES
        for entry in catalogue(path)
        if not entry.obsolete and " ".join(entry.msgid.split()) not in known
    ]

    assert not idle, f"{len(idle)} words that nothing shows\n" + "\n".join(idle)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_no_entry_is_empty_or_fuzzy(path):
    entries = catalogue(path)

    assert not [entry.msgid for entry in entries if entry.fuzzy]
    assert not [entry.msgid for entry in entries.untranslated_entries()]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-5])
def test_the_compiled_catalogue_is_in_step(path):
    written = {entry.msgid: entry.msgstr for entry in catalogue(path) if not entry.obsolete}
    compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(str(path.with_suffix(".mo")))}

    assert {k: v for k, v in written.items() if v} == {k: v for k, v in compiled.items() if v}


def test_one_text_has_one_translation():
    differing = {text: found for text, found in translations().items() if len(found) > 1}
    plain = {text: found for text, found in differing.items() if not text.endswith("s)s")}

    assert not plain


def test_every_action_of_the_trail_has_its_word_and_is_found_by_it():
    code = re.compile(r"[a-z]+(\.[a-z_]+)+")
    named = {text for text in translations() if code.fullmatch(text)}
    written = {
        text.value
        for source in tidy.sources()
        for node in source.of(ast.keyword)
        if node.arg == "action"
        for text in ast.walk(node.value)
        if isinstance(text, ast.Constant) and code.fullmatch(str(text.value))
    }

    assert named == set(told.ACTIONS)
    assert not written - named


def test_a_hold_is_called_by_one_word():
    """保留 is said of files and seals that are kept; an amount is 冻结金额, an account 账户冻结."""
    holds = re.compile(r"\b(holds?|held|placed)\b|_hold\b", re.IGNORECASE)
    said = {text: found for text, found in translations().items() if holds.search(text)}

    assert said["Held"] == {"冻结金额"}
    assert not {text: found for text, found in said.items() if "保留" in "".join(found)}
