"""The repository keeps its own style: see tidy.py for the rules."""

from __future__ import annotations

import re

import pytest

from tests.architecture import tidy

SOURCES = tidy.sources()
TEMPLATES = tidy.under("**/templates/**/*.html")
ROOMS = sorted(
    path.parent
    for path in (*tidy.ROOT.glob("*/apps.py"), *tidy.ROOT.glob("foundation/*/apps.py"))
    if path.parent.name != "ops_platform"
)


@pytest.mark.parametrize("rule", tidy.RULES, ids=lambda rule: rule.__name__)
def test_tidy(rule):
    untidy = [f"{source.path}: {message}" for source in SOURCES for message in rule(source)]

    assert not untidy, "\n" + "\n".join(untidy)


def test_excuses_are_still_needed():
    lengths = {source.path: len(source.lines) for source in SOURCES}

    for path in tidy.EXCUSED_FILES:
        assert lengths.get(path, 0) > tidy.FILE_LINES, f"{path} needs no excuse any more"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_is_short_and_clean(path):
    text = path.read_text()
    name = str(path.relative_to(tidy.ROOT))

    assert text.count("\n") <= tidy.TEMPLATE_LINES or name in tidy.EXCUSED_TEMPLATES
    assert not re.search(r"\sstyle=", text), "no inline style: the policy forbids it"
    assert not re.search(r"\son[a-z]+=", text), "no inline handler: the policy forbids it"
    assert not re.search(r"<script(?![^>]*(src=|type=\"application/json\"))", text)
    assert not re.search(r"[一-鿿]", re.sub(r"{#.*?#}", "", text)), (
        "Chinese belongs in the catalogue"
    )


def test_every_template_is_used():
    code = "\n".join(
        path.read_text() for pattern in ("**/*.py", "**/*.html") for path in tidy.under(pattern)
    )
    names = [str(path).partition("/templates/")[2] for path in TEMPLATES]

    for name in names:
        used = name in code or name.rpartition("/")[2].removesuffix(".html") in code
        assert used, f"nobody shows {name}"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_room_has_a_readme(room):
    assert (room / "README.md").exists()


def test_no_drawer_for_everything():
    names = {"utils", "helpers", "common", "constants", "managers", "signals", "admin", "misc"}

    found = [source.path for source in SOURCES if source.name.removesuffix(".py") in names]

    assert not found
