"""The page about the API says what the description says, to people, in their language."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from django.utils import translation

from foundation.people.roles import ROLES
from foundation.ui import api_docs, rest
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def desk(client, db):
    client.force_login(people.staff(people.branch().branch, "sysadmin"), backend=BACKEND)
    return client


def test_every_operation_is_shown_with_its_fields_and_who_may_call(desk):
    page = desk.get(reverse("ui:api_docs")).content.decode()

    for path, methods in rest.schema_of()["paths"].items():
        for told in methods.values():
            assert f'id="{told["operationId"]}"' in page
            assert path in page
    assert "payer_account" in page
    assert reverse("api_ui:schema") in page


def test_the_page_stands_beside_the_api():
    assert reverse("ui:api_docs") == "/api/docs/"


def test_a_search_leaves_what_it_finds(desk):
    found = desk.get(reverse("ui:api_docs"), {"q": "payer_account"}).content.decode()
    nothing = desk.get(reverse("ui:api_docs"), {"q": "<no such>"}).content.decode()

    assert 'id="authorization_submit"' in found
    assert 'id="worklist_queues"' not in found
    assert 'id="authorization_submit"' not in nothing
    assert "&lt;no such&gt;" in nothing


def test_callers_are_the_roles_that_hold_the_permission():
    with translation.override("en"):
        submit = next(one for one in api_docs.operations() if one.name == "authorization_submit")

    assert submit.permission == "authorization_submit"
    assert submit.callers == [ROLES["teller"].name]


def test_the_example_of_a_body_is_one_that_its_form_accepts():
    submit = next(one for one in api_docs.operations() if one.name == "authorization_submit")
    head, _, body = submit.example.partition("\n\n")
    sample = json.loads(body)
    patterns = {part.name: part for part in submit.body}

    assert head.startswith("POST /api/authorization/submit/")
    assert set(sample) == set(patterns)
    assert rest.AccountNumber().run_validation(sample["payer_account"])
    assert rest.Fen().run_validation(sample["amount"])


def test_problems_are_named_with_code_and_status(desk):
    page = desk.get(reverse("ui:api_docs")).content.decode()

    for refusal in rest.STATUS:
        assert refusal.code in page
    assert "application/problem+json" in page


def test_what_an_operation_does_is_told_in_chinese_too():
    with translation.override("zh-hans"):
        chinese = {one.name: one.does for one in api_docs.operations()}
    with translation.override("en"):
        english = {one.name: one.does for one in api_docs.operations()}

    assert [name for name in chinese if chinese[name] == english[name]] == []


def test_a_locked_screen_shows_the_lock_and_no_problem_for_programs(desk):
    desk.post(reverse("people:lock"))

    answer = desk.get(reverse("ui:api_docs"), headers={"accept": "text/html"})

    assert "application/problem+json" not in answer["Content-Type"]


def test_a_stranger_is_sent_to_sign_in(client, db):
    answer = client.get(reverse("ui:api_docs"))

    assert answer.status_code == 302
    assert "/people/sign-in/" in answer["Location"]
