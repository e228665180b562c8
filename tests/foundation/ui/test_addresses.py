"""Addresses of records are those of the resolver, which is asked once for each kind."""

import pytest
from django.urls import reverse

from foundation.ui import addresses


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch):
    monkeypatch.setattr(addresses, "_before_key", {})


def test_they_are_those_of_the_resolver():
    for number in ("A1", "B2", "张", "a b%?#"):
        assert addresses.of("authorization:item", number) == reverse(
            "authorization:item", args=[number]
        )


def test_the_resolver_is_asked_once_for_a_kind(monkeypatch):
    asked = []

    def asking(view, args):
        asked.append(view)
        return reverse(view, args=args)

    monkeypatch.setattr(addresses, "reverse", asking)

    found = [addresses.of(view, 7) for view in ("monitoring:match", "worklist:item") * 2]

    assert asked == ["monitoring:match", "worklist:item"]
    assert found[:2] == found[2:]


def test_one_that_does_not_end_with_its_key_is_refused():
    with pytest.raises(ValueError, match="does not end with its key"):
        addresses.of("worklist:staff_seconds", "authorization")
