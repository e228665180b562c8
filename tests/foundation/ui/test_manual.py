"""The manual: the same pages in both languages, nothing but text in them."""

from __future__ import annotations

import re

import pytest
from django.template.loader import get_template
from django.urls import reverse

from foundation.ui import manual
from tests.architecture import tidy

CHINESE = {chapter.slug: chapter for chapter in manual.chapters("zh-hans")}
ENGLISH = {chapter.slug: chapter for chapter in manual.chapters("en")}


def test_both_languages_have_the_same_pages():
    assert CHINESE.keys() == ENGLISH.keys()
    assert {"start", "teller", "authorizer", "auditor", "supervisor", "people"} <= CHINESE.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("slug", sorted(CHINESE))
def test_a_page_of_the_manual_is_shown(client, slug):
    answer = client.get(reverse("ui:manual", args=[slug]))

    assert answer.status_code == 200
    assert CHINESE[slug].title in answer.content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_written_is_not_found(client):
    assert client.get(reverse("ui:manual", args=["no-such-page"])).status_code == 404


def test_html_in_a_page_of_the_manual_is_shown_as_text():
    shown = manual.READER.render("# a\n\n<script>alert(1)</script> [x](javascript:alert(1))")

    assert "<script" not in shown
    assert "href" not in shown


def test_the_help_of_every_page_is_written():
    for path in tidy.ROOT.glob("*/**/templates/**/*.html"):
        for slug in re.findall(r"{% block help %}([\w-]+){%", path.read_text()):
            assert slug in CHINESE, f"{path.name} asks for the manual page {slug}"
    assert get_template("ui/manual.html")
