"""What was not written here is as its makers gave it out; and pages stay light."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

import pytest

from tests.architecture import tidy

STATIC = tidy.ROOT / "foundation" / "ui" / "static"
ENTRIES = json.loads((STATIC / "vendor" / "VENDOR.json").read_text())
WORK_BYTES, CHART_BYTES, OWN_SCRIPT_BYTES = 150_000, 300_000, 25_000


def weight(*given: str) -> int:
    """Return the bytes that travel for the files; fonts are packed already."""
    return sum(
        len(data) if name.endswith("woff2") else len(gzip.compress(data))
        for name in set(given)
        for data in [(STATIC / name).read_bytes()]
    )


def own_scripts() -> list[str]:
    return [f"ops/{path.name}" for path in sorted((STATIC / "ops").glob("*.js"))]


def loaded_together() -> set[str]:
    """Return what a page loads by itself that has every element.

    Not what a key asks for, nor what one page adds; one's own keys are chosen on a page of their
    own. What each page really loads is weighed in tests/architecture/test_screens.py.
    """
    found, more = set(), {"core.js"}
    while more:
        found |= more
        text = "".join((STATIC / "ops" / name).read_text() for name in more)
        named = set(re.findall(r'^import [^;]*"\./([^"]+)"', text, re.MULTILINE))
        named |= set(re.findall(r'^  "[a-z-]+": \(\) => import\("\./([^"]+)"', text, re.MULTILINE))
        more = named - found - {"mykeys.js"}
    return {f"ops/{name}" for name in found}


def loaded_at_once() -> set[str]:
    """Return what every page loads: what the base page names, and what its script imports."""
    base = (tidy.ROOT / "foundation/ui/templates/ui/base.html").read_text()
    core = (STATIC / "ops" / "core.js").read_text()
    named = set(re.findall(r'{% static "([^"]+)" %}', base))
    return named | {
        f"ops/{name}" for name in re.findall(r'^import "./([^"]+)"', core, re.MULTILINE)
    }


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_a_vendored_file_is_the_one_that_was_checked(entry):
    digest = hashlib.sha256((STATIC / entry["file"]).read_bytes()).hexdigest()

    assert digest == entry["sha256"]
    assert all(entry[key] for key in ("name", "version", "licence", "source"))


def test_every_foreign_file_is_listed():
    listed = {entry["file"] for entry in ENTRIES}
    files = {f"vendor/{path.name}" for path in (STATIC / "vendor").iterdir()}

    assert files - listed == {"vendor/VENDOR.json"}


def test_a_work_screen_is_light():
    assert weight(*loaded_at_once(), *own_scripts()) <= WORK_BYTES


def test_a_page_with_charts_is_light_enough():
    assert weight(*loaded_at_once(), "vendor/echarts.min.js") <= CHART_BYTES


def test_our_own_scripts_are_small():
    found = loaded_together()

    assert len(found) >= 12
    assert weight(*found) <= OWN_SCRIPT_BYTES


def test_no_script_asks_for_what_the_policy_forbids():
    for name in own_scripts():
        text = (STATIC / name).read_text()
        assert not re.search(r"\beval\(|new Function|document\.write|setAttribute\(.style", text)
        assert not re.search(r"[一-鿿]", re.sub(r"//.*", "", text)) or name == "ops/capitals.js"


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    sprite = set(re.findall(r'id="([^"]+)"', (STATIC / "ops" / "icons.svg").read_text()))
    asked = set()
    for path in tidy.ROOT.glob("*/**/templates/**/*.html"):
        asked |= set(re.findall(r'{% icon "([^"]+)"', path.read_text()))
    for name in own_scripts():
        asked |= set(re.findall(r'[^\w]icon\("([^"]+)"\)', (STATIC / name).read_text()))

    assert asked <= sprite
