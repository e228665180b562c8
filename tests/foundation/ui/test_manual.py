"""The manual on the screen: every chapter is reached, own posts first, nothing but text."""

from __future__ import annotations

from html import escape

import pytest
from django.urls import reverse

from foundation.ui import manual
from tests.factories import people

SLUGS = (*manual.EVERYWHERE, *manual.POSTS, *manual.PAGES)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_contents_lead_to_every_chapter(client, language):
    client.cookies["ops_language"] = language

    contents = client.get(reverse("ui:manual_start")).content.decode()

    for slug in SLUGS:
        address = reverse("ui:manual", args=[slug])
        chapter = manual.chapter(slug, language)
        assert chapter
        assert f'href="{address}"' in contents
        assert f">{escape(chapter.title)}</a>" in contents
        assert chapter.html in client.get(address).content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_written_is_not_found(client):
    assert client.get(reverse("ui:manual", args=["no-such-page"])).status_code == 404


def test_below_a_chapter_stand_those_of_ones_own_posts(client, bank):
    client.force_login(
        people.staff(bank.branch, "risk_manager"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    drawer = client.get(reverse("ui:manual", args=["policy"]), headers={"HX-Request": "true"})

    article = drawer.content.decode().partition("</article>")[0]
    assert f'<a href="{reverse("ui:manual", args=["risk-manager"])}">风险经理</a>' in article
    assert reverse("ui:manual", args=["teller"]) not in article


def test_html_in_a_page_of_the_manual_is_shown_as_text():
    shown = manual.READER.render("# a\n\n<script>alert(1)</script> [x](javascript:alert(1))")

    assert "<script" not in shown
    assert "href" not in shown
