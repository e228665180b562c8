"""What is no text is refused where it comes in, in the words and the form of every refusal."""

from __future__ import annotations

import io
import json

import pytest
from django.urls import reverse

from foundation.trail.models import Event
from foundation.ui import feed
from ops_platform.wsgi import Handler
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"
SIGN_IN = "/people/sign-in/"
FORM = "application/x-www-form-urlencoded"
PART = b'--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n1\r\n--x--\r\n'


@pytest.fixture
def desk(client, bank):
    client.force_login(people.staff(bank.branch, "sysadmin"), backend=BACKEND)
    return client


def check_page(answer, status=400):
    assert answer.status_code == status
    assert "提交的内容含有无法识别的字符或部分" in answer.content.decode()
    assert "E9118" in answer.content.decode()
    assert answer["X-Request-ID"] in answer.content.decode()


@pytest.mark.parametrize("query", ["q=%00", "place=%00", "x%00y=1", "q=a&q=%00b"])
def test_a_nul_in_a_query_is_refused_on_a_page(desk, query):
    check_page(desk.get(f"{reverse('people:staff')}?{query}"))


def test_a_nul_in_a_query_is_a_problem_of_the_api(desk):
    answer = desk.get(f"{reverse('api_authorization:items')}?decider=%00")

    assert (answer.status_code, answer.json()["code"]) == (400, "E9118")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_nul_in_a_form_is_refused_and_nothing_is_done(desk, bank):
    person = people.staff(bank.outlet, "teller")

    answer = desk.post(reverse("people:staff_close", args=[person.number]), {"reason": "a\x00b"})

    check_page(answer)
    person.refresh_from_db()
    assert person.is_active


def test_a_part_of_a_page_is_refused_as_a_part(desk):
    answer = desk.get(f"{reverse('people:staff')}?q=%00", headers={"HX-Request": "true"})

    check_page(answer)
    assert "<html" not in answer.content.decode()


def test_a_nul_in_an_address_leads_nowhere(desk):
    answer = desk.get("/people/staff/%00/")

    assert answer.status_code == 404
    assert "E9116" in answer.content.decode()


@pytest.mark.parametrize("body", [r'{"a": "\u0000"}', r'["x", {"\\\u0000": 1}]'])
def test_a_nul_in_a_body_of_the_api_is_refused_by_its_own_code(client, teller, body):
    client.force_login(teller, backend=BACKEND)
    address = reverse("api_authorization:submit")

    answer = client.post(address, body, content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (400, "E9118")


def test_six_characters_that_only_look_like_a_nul_are_text(client, teller):
    client.force_login(teller, backend=BACKEND)
    body = json.dumps({"key": r"\u0000"})

    answer = client.post(reverse("api_authorization:submit"), body, content_type="application/json")

    assert answer.json()["code"] == "E9109"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PART, "multipart/form-data; boundary=x; charset=hex"),
        (PART, "multipart/form-data; boundary=x; charset=idna"),
        (PART, "multipart/form-data"),
        (b"number=1", f"{FORM}; charset=gbk"),
        (b"&".join([b"a=1"] * 1001), FORM),
    ],
)
def test_a_torn_form_is_refused(client, body, kind):
    check_page(client.generic("POST", SIGN_IN, body, content_type=kind))


@pytest.mark.django_db
def test_a_host_that_is_none_is_told_on_a_page_of_ours(client):
    check_page(client.get(SIGN_IN, headers={"host": "a b"}))


@pytest.mark.django_db
def test_a_cookie_with_a_nul_is_no_session(client):
    cookie = rf'ops_session="{"x" * 32}\000"'

    answer = client.get(reverse("ui:home"), headers={"cookie": cookie})

    assert answer.status_code == 302
    assert answer["Location"].startswith(SIGN_IN)


def test_a_live_stream_takes_no_such_cookie_for_a_session():
    scope = {"headers": [(b"cookie", rb'ops_session="a\000b"')]}

    assert feed._session_key(scope) == ""  # noqa: SLF001  the rest of it needs a server


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["text/html; charset=hex", "text/html; charset*=nobody''%41"])
def test_a_kind_of_content_that_django_falls_over_is_none(kind):
    told = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/healthz", "QUERY_STRING": "a=%41",
        "CONTENT_TYPE": kind, "wsgi.input": io.BytesIO(), "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http", "SERVER_NAME": "localhost", "SERVER_PORT": "80",
    }  # fmt: skip

    body = b"".join(Handler()(environ, lambda status, _headers: told.append(status)))

    assert (told, body) == (["200 OK"], b"ok\n")


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["abc", "a:b", "people:sign_out", "%", "//evil.example", "a/b"])
def test_a_way_on_that_is_no_address_of_ours_leads_to_the_front_door(client, target):
    answer = client.post(reverse("ui:set_language"), {"language": "en", "next": target})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("field", ["result", "request", "staff", "action_name", "view"])
def test_what_is_asked_of_an_export_names_nothing_but_itself(client, bank, field):
    client.force_login(people.staff(bank.branch, "ops_manager"), backend=BACKEND)

    answer = client.get(reverse("dashboards:export"), {field: "x" * 200})

    assert answer.status_code == 200
    event = Event.objects.get(action="dashboards:export")
    assert (event.result, event.detail) == ("ok", {field: "x" * 80})


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2090-01-01", "9999-12-31"])
def test_a_day_out_of_all_bounds_is_told_at_its_field(client, bank, day):
    client.force_login(people.staff(bank.branch, "auditadmin"), backend=BACKEND)

    answer = client.get(reverse("trail:entries"), {"since": day, "until": day})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) >= {"since", "until"}


def test_the_first_and_the_last_day_are_taken(client, bank):
    client.force_login(people.staff(bank.branch, "auditadmin"), backend=BACKEND)

    answer = client.get(reverse("trail:entries"), {"since": "2000-01-01", "until": "2089-12-31"})

    assert answer.status_code == 200
