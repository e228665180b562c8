"""What a page was shown goes with the page, and does not wait for the garbage collector."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory

from foundation.ui.engine import Template


class Shown:
    """Something that a page is given."""


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def is_kept(engine: DjangoTemplates) -> bool:
    """Tell whether what a template was given is still there once it was drawn."""
    shown = Shown()
    there = weakref.ref(shown)
    drawn = engine.from_string("{% with same=shown %}{{ same.there }}{% endwith %}.")

    drawn.render({"shown": shown}, RequestFactory().get("/"))

    del shown
    return there() is not None


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Take the engine of the platform, without the frame of a page."""
    engine: Any = engines["django"]
    monkeypatch.setattr(engine.engine, "string_if_invalid", "")
    monkeypatch.setattr(engine.engine, "template_context_processors", ())
    return engine


def test_what_a_page_was_shown_goes_with_it(ours, uncollected):
    assert not is_kept(ours)


def test_the_context_of_django_alone_would_keep_it(uncollected):
    options = {"NAME": "plain", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}}

    assert is_kept(DjangoTemplates(options))


def test_the_pages_are_drawn_by_this_engine(ours):
    assert isinstance(ours.get_template("ui/base.html"), Template)


def test_a_template_that_lacks_a_part_says_which(ours):
    with pytest.raises(Exception, match=r"no/such\.html"):
        ours.from_string('{% include "no/such.html" %}').render({})
