"""The door of the API: who calls, with what proof, how often, and how every no is told."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.urls import reverse

from foundation.trail.models import Event
from foundation.ui.rest import _door
from tests.api.conftest import signed_in
from tests.factories import people

JSON = "application/json"
ITEMS = reverse("api_authorization:items")
SUBMIT = reverse("api_authorization:submit")
MEMBERS = {"type", "title", "status", "detail", "code", "trace_id"}


def check_problem(answer, status, code):
    told = answer.json()
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert set(told) >= MEMBERS
    assert told["status"] == status
    assert told["code"] == code
    assert told["type"] == f"urn:ops:problem:{code}"
    assert told["trace_id"] == answer["X-Request-ID"]
    assert told["detail"]


def test_a_stranger_is_told_to_sign_in(client, db):
    answer = client.get(ITEMS)

    check_problem(answer, 401, "E9101")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_role_without_the_permission_is_refused_and_it_is_on_the_trail(bank):
    answer = signed_in(people.staff(bank.centre, "vendor_key")).get(ITEMS)

    check_problem(answer, 403, "E9102")
    assert Event.objects.filter(
        action="api_authorization:items", result="forbidden",
        detail={"permission": "authorization_view"},
    ).exists()  # fmt: skip


def test_nothing_at_the_address_is_a_problem_too(caller):
    check_problem(caller.get(reverse("api_authorization:item", args=["0"])), 404, "E9104")
    check_problem(caller.get("/api/nothing/here/"), 404, "E9104")
    check_problem(caller.get("/api/authorization/item/%00/"), 404, "E9116")


def test_another_method_is_refused(caller):
    check_problem(caller.delete(ITEMS), 405, "E9105")
    check_problem(caller.get(SUBMIT), 405, "E9105")


def test_answers_are_json_or_nothing(caller):
    check_problem(caller.get(ITEMS, headers={"accept": "text/csv"}), 406, "E9106")


def test_a_form_is_no_json(caller):
    check_problem(caller.post(SUBMIT, {"key": "x"}), 415, "E9107")
    check_problem(caller.post(SUBMIT, b"{}", content_type="application/xml"), 415, "E9107")
    latin = caller.post(SUBMIT, b"{}", content_type="application/json; charset=latin-1")
    check_problem(latin, 415, "E9107")


def test_a_refusal_of_the_bank_is_a_conflict_and_on_the_trail(caller, entered):
    caller.post(SUBMIT, entered, content_type=JSON)

    answer = caller.post(SUBMIT, {**entered, "amount": "7.00"}, content_type=JSON)

    check_problem(answer, 409, "E2013")
    assert Event.objects.filter(action="api_authorization:submit", result="E2013").exists()


def test_wrong_fields_are_listed(caller, entered):
    def wrong(body):
        answer = caller.post(SUBMIT, body, content_type=JSON)
        check_problem(answer, 422, "E9109")
        return {error["field"] for error in answer.json()["errors"]}

    assert wrong({}) == {"key", "trade_code", "voucher_no", "amount"}
    bare = {name: entered[name] for name in ("key", "voucher_no", "amount")}
    assert wrong(bare | {"trade_code": "1002"}) == {"payer_account"}
    assert wrong(bare | {"trade_code": "1101"}) == {
        "payer_account", "payee_account", "payee_name",
    }  # fmt: skip


def test_a_session_changes_nothing_without_the_mark_of_our_pages(bank, teller, entered):
    client = signed_in(teller, enforce_csrf_checks=True)

    without = client.post(SUBMIT, entered, content_type=JSON)
    client.get(reverse("people:sign_in"))
    client.cookies["csrftoken"] = "x" * 32
    marked = client.post(SUBMIT, entered, content_type=JSON, headers={"X-CSRFToken": "x" * 32})

    check_problem(without, 403, "E9103")
    assert client.get(ITEMS).status_code == 200
    assert marked.status_code == 201


@pytest.fixture
def one_minute(monkeypatch):
    """Let no minute turn between calls."""
    monkeypatch.setattr(_door, "time", SimpleNamespace(time=lambda: 1_800_000_030.0))


def test_one_call_too_many_has_to_wait(caller, settings, one_minute):
    caches["default"].clear()
    settings.API_CALLS_A_MINUTE = 2

    answers = [caller.get(ITEMS) for _ in range(3)]

    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    check_problem(answers[2], 429, "E9108")
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


def test_calls_are_counted_while_redis_is_away(caller, settings, one_minute):
    caches["process"].clear()
    settings.CACHES = settings.CACHES | {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    settings.API_CALLS_A_MINUTE = 2

    answers = [caller.get(ITEMS).status_code for _ in range(3)]

    assert answers == [200, 200, 429]


def test_a_fault_tells_the_number_to_quote_and_nothing_else(caller, monkeypatch):
    def fail(*_args, **_named):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(_door.Endpoint, "_answer", fail)

    answer = caller.get(ITEMS)

    check_problem(answer, 500, "E9115")
    assert "secret" not in answer.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_problem_speaks_the_callers_language(caller, language):
    caller.cookies["ops_language"] = language

    detail = caller.delete(ITEMS).json()["detail"]

    assert ("DELETE" in detail) is True
    assert detail.isascii() is (language == "en")


def test_a_locked_screen_locks_the_api_too(caller):
    session = caller.session
    session["locked"] = True
    session.save()

    check_problem(caller.get(ITEMS), 403, "E9117")


def test_the_second_factor_is_asked_for_here_too(caller, settings):
    settings.OPS_TOTP = True

    check_problem(caller.get(ITEMS), 403, "E9117")
