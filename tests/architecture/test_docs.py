"""What the docs for newcomers name is there."""

import re

import pytest

from tests.architecture import tidy

NAMED = re.compile(r"`([a-z_.]+(?:/[A-Za-z0-9_.]+)+/?)`")
PAGES = ("README.md", "docs/map.md", "docs/style.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_path_that_is_named_is_there(page):
    named = NAMED.findall((tidy.ROOT / page).read_text())

    missing = [path for path in named if "var/" not in path and not (tidy.ROOT / path).exists()]
    assert named
    assert not missing, f"{page} names {missing}"
