"""Each contract of pyproject.toml says above itself why it is there: no rule without a reason."""

from __future__ import annotations

import re

import pytest

from tests.architecture import tidy

HEAD = "[[tool.importlinter.contracts]]"
WORDS_MIN = 12


def unreasoned(text: str) -> list[str]:
    """Return the names of the contracts that have no reason in whole sentences above them."""
    above, *blocks = text.split(HEAD)
    found = []
    for block in blocks:
        comment = re.search(r"((?:^#.*\n)*)\Z", above, re.MULTILINE)
        reason = comment.group(1) if comment else ""
        name = re.search(r'^name = "(.+)"$', block, re.MULTILINE)
        if len(reason.split()) < WORDS_MIN or not reason.strip().endswith("."):
            found.append(name.group(1) if name else "?")
        above = block
    return found


def settings() -> str:
    return (tidy.ROOT / "pyproject.toml").read_text()


def test_every_contract_says_why():
    assert settings().count(HEAD) == 7
    assert not unreasoned(settings())


@pytest.mark.parametrize("number", range(1, 8))
def test_a_contract_without_its_reason_is_found(number):
    before, after = settings().split(f'{HEAD}\nname = "{number}.')
    bare = re.sub(r"(?:^#.*\n)+\Z", "", before, flags=re.MULTILINE)

    (name,) = unreasoned(f'{bare}{HEAD}\nname = "{number}.{after}')

    assert name.startswith(f"{number}.")
