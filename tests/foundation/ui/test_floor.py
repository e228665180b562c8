"""Old browsers are told so; addresses asked wrongly answer with a page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from foundation.ui.floor import too_old

CHROME = (
    "Mozilla/5.0 (Windows NT 6.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"


@pytest.mark.parametrize(
    ("agent", "old"),
    [
        (CHROME.format(99), True),
        (CHROME.format(100), False),
        (CHROME.format(156), False),
        (FIREFOX.format(114), True),
        (FIREFOX.format(115), False),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", True),
        ("curl/8.5", False),
        ("", False),
    ],
)
def test_a_browser_is_too_old_below_the_floor(agent, old):
    assert too_old(agent) is old


@pytest.mark.django_db
def test_an_old_browser_is_told_what_to_do(client):
    answer = client.get("/people/sign-in/", headers={"User-Agent": CHROME.format(86)})

    assert answer.status_code == 426
    assert "浏览器版本过低" in answer.content.decode()


@pytest.mark.django_db
def test_a_new_browser_is_let_in(client):
    answer = client.get("/people/sign-in/", headers={"User-Agent": CHROME.format(109)})

    assert answer.status_code == 200


@pytest.mark.django_db
def test_an_address_asked_wrongly_answers_with_a_page(client):
    answer = client.get(reverse("ui:set_theme"))

    assert answer.status_code == 405
    assert "E0405" in answer.content.decode()
    assert answer["Allow"] == "POST"


@pytest.mark.django_db
def test_what_no_page_sends_is_refused_without_a_page(client):
    answer = client.put(reverse("ui:set_theme"))

    assert (answer.status_code, answer.content) == (405, b"")
    assert answer["Allow"] == "POST"


@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(client):
    policy = client.get(reverse("ui:manual_start"))["Content-Security-Policy"]

    for rule in ("script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
