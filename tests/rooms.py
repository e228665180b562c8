"""What the landing page of a centre yet to come is held to; each room names its own."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from foundation.people.models import Staff
from tests.factories import people


class Overview:
    """Say what the centre is for, count nothing, and let only its people in."""

    page_name: str
    title: str
    words: Sequence[Any]

    @pytest.fixture
    def page(self, bank: people.Branch, client: Client) -> str:
        client.force_login(people.staff(bank.branch, "ops_manager", name="周明"))
        answer = client.get(reverse(self.page_name))
        assert answer.status_code == 200
        return answer.content.decode()

    def test_the_manager_reads_what_the_centre_is_for(self, page: str) -> None:
        assert f"{self.title}</h1>" in page
        assert "本中心尚无业务" in page

    def test_no_figure_is_invented(self, page: str) -> None:
        content = page.partition('class="op-page')[2].partition("</main>")[0]

        assert not re.search(r"[0-9]", re.sub(r"<[^>]*>", "", content))

    def test_a_teller_may_not_enter(self, client: Client, teller: Staff) -> None:
        client.force_login(teller)

        assert client.get(reverse(self.page_name)).status_code == 403

    def test_every_word_is_explained(self) -> None:
        assert self.words
        assert all(word.meaning.endswith(".") for word in self.words)
