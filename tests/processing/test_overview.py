"""The landing page of processing says what the centre is for, and invents nothing."""

import re

import pytest
from django.urls import reverse

from processing import rules
from tests.factories import people


@pytest.fixture
def page(bank, client):
    client.force_login(people.staff(bank.branch, "ops_manager", name="周明"))
    return client.get(reverse("processing:overview"))


def test_the_manager_reads_what_the_centre_is_for(page):
    assert page.status_code == 200
    assert "集中作业" in page.content.decode()
    assert "本中心尚无业务" in page.content.decode()


def test_no_figure_is_invented(page):
    content = page.content.decode().partition('class="op-page')[2].partition("</main>")[0]
    words = re.sub(r"<[^>]*>", "", content)

    assert not re.search(r"[0-9]", words)


def test_a_teller_may_not_enter(client, teller):
    client.force_login(teller)

    assert client.get(reverse("processing:overview")).status_code == 403


def test_every_word_is_explained():
    assert rules.WORDS
    assert all(word.meaning.endswith(".") for word in rules.WORDS)
