"""The API describes itself, and what the description allows or forbids is never a fault."""

from __future__ import annotations

import json

from django.urls import reverse


def test_the_description_says_every_answer(caller):
    told = caller.get(reverse("api_ui:schema")).json()

    assert told["openapi"].startswith("3.")
    for path in told["paths"].values():
        for operation in path.values():
            answers = set(operation["responses"])
            assert answers >= {"401", "403", "404", "405", "409", "422", "429"}
            if "requestBody" in operation:
                assert answers >= {"400", "413", "415"}


def test_the_description_gives_money_as_text(caller):
    told = json.dumps(caller.get(reverse("api_ui:schema")).json())

    assert '"type": "number"' not in told
