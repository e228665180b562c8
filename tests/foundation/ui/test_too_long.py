"""More than an address takes is refused by the head of the request, before its body is read."""

from __future__ import annotations

import ast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ops_platform.middleware import FORM_BYTES_MAX, UPLOAD_BYTES_MAX
from tests.architecture import tidy
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGN_IN = "/people/sign-in/"
MULTIPART = "multipart/form-data; boundary=x"


class Unread:
    """A body that nobody may ask for."""

    def read(self, *_size):
        raise AssertionError("a byte of the body was read")

    readline = read


def announced(client, address, length, *, kind=MULTIPART, **more):
    """Ask with the head of a request alone."""
    head = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length)}
    return client.generic("POST", address, **head, **{"wsgi.input": Unread()}, **more)


def check_page(answer):
    assert answer.status_code == 413
    assert "提交的内容超过此地址允许的大小" in answer.content.decode()
    assert "E0413" in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()


@pytest.fixture
def desk(client, bank):
    client.force_login(people.staff(bank.centre, "audit_lead"), backend=BACKEND)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["people:sign_in", "ledger:import_journal"])
def test_a_stranger_sends_no_more_than_a_form_to_any_page(client, page):
    check_page(announced(client, reverse(page), FORM_BYTES_MAX + 1))


@pytest.mark.django_db
def test_a_cookie_that_is_no_session_opens_nothing(client):
    client.cookies["ops_session"] = "x" * 32

    check_page(announced(client, reverse("ledger:import_journal"), FORM_BYTES_MAX + 1))


@pytest.mark.django_db
def test_it_is_told_in_english_as_well(client):
    client.cookies["ops_language"] = "en"

    answer = announced(client, SIGN_IN, FORM_BYTES_MAX + 1)

    assert "More was sent than this address takes." in answer.content.decode()


@pytest.mark.django_db
def test_a_form_of_usual_length_is_read(client):
    assert client.post(SIGN_IN, {"number": "1" * 1000}).status_code == 422


def test_whoever_is_signed_in_sends_files_only_where_files_are_taken(desk):
    check_page(announced(desk, reverse("ui:set_theme"), FORM_BYTES_MAX + 1))


def test_not_even_there_more_than_the_largest_upload(desk):
    check_page(announced(desk, reverse("ledger:import_journal"), UPLOAD_BYTES_MAX + 1))


def test_a_file_is_taken_where_files_are(desk):
    file = SimpleUploadedFile("journal.csv", b"x" * (2 * FORM_BYTES_MAX))

    answer = desk.post(reverse("ledger:import_journal"), {"file": file, "step": "check"})

    assert answer.status_code != 413


def test_a_part_of_a_page_is_refused_as_a_part(desk):
    more = {"HTTP_HX_REQUEST": "true"}

    answer = announced(desk, reverse("ui:set_theme"), FORM_BYTES_MAX + 1, **more)

    check_page(answer)
    assert "<html" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [MULTIPART, "application/json"])
def test_the_api_tells_it_as_a_problem(client, kind):
    answer = announced(client, reverse("api_authorization:submit"), FORM_BYTES_MAX + 1, kind=kind)

    assert (answer.status_code, answer.json()["code"]) == (413, "E9113")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["people:sign_in", "api_authorization:submit"])
def test_a_body_of_no_told_length_is_refused(client, page):
    answer = client.generic("POST", reverse(page), HTTP_TRANSFER_ENCODING="chunked")

    assert answer.status_code == 411
    assert "E9119" in answer.content.decode()


def test_every_page_that_reads_files_is_marked_as_one():
    readers = [
        (f"{source.path}: {node.name}", [ast.unparse(mark) for mark in node.decorator_list])
        for source in tidy.sources()
        for node in source.functions
        if "request.FILES" in ast.unparse(node)
    ]

    assert readers
    assert not [name for name, marks in readers if "takes_files" not in marks]
