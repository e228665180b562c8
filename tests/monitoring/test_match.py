"""One pair: journal line, image, fields, trail."""

import json
import re

import pytest
from django.urls import reverse

from foundation.trail.models import Event
from tests.factories import people


@pytest.fixture
def page(client, bank, difference):
    client.force_login(people.staff(bank.branch, "ops_manager"))
    return client.get(reverse("monitoring:match", args=[difference.pk])).content.decode()


def test_the_journal_line_stands_beside_what_was_read(page, difference):
    assert "120,000.00" in page
    assert difference.journal_no in page
    assert "金额不符" in page


def test_the_viewer_gets_the_boxes_of_what_was_read(page, difference):
    text = re.search(r'id="pair-images"[^>]*>(.*?)</script>', page, re.DOTALL).group(1)
    (image,) = json.loads(text)

    assert image["src"].startswith("/imaging/view/")
    assert image["boxes"]["amount"][4] == 1
    assert image["boxes"]["account"][4] == 0


def test_a_pair_out_of_sight_is_not_there(client, bank, difference):
    client.force_login(people.staff(bank.elsewhere, "outlet_supervisor"))

    assert client.get(reverse("monitoring:match", args=[difference.pk])).status_code == 404
    assert Event.objects.latest("id").result == "not found"
