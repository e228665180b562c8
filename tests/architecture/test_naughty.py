"""No address answers 5xx, whatever is sent: in a field, as the address, as a body, in a header."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.test import Client

from foundation.people.roles import ROLES
from foundation.ui import idle
from foundation.ui.context import Shell
from foundation.worklist import rules as worklist
from foundation.worklist.models import Job
from tests.architecture import walker
from tests.architecture.test_permissions import SAMPLES, Place, place
from tests.factories import authorization as factory
from tests.factories import people

FOUNDATION = ({"people", "policy"}, {"ledger", "imaging", "trail"}, {"ui", "worklist", ""})
CENTRES = {app for app, _page in walker.PAGES if not app.startswith("api_")}.difference(*FOUNDATION)
PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
LAST, MULTIPART = b"--x--\r\n", "multipart/form-data; boundary=x"


@pytest.fixture
def heard(uncopied: None, unprinted: None, monkeypatch: pytest.MonkeyPatch) -> walker.Heard:
    found = walker.Heard()
    found.listen(monkeypatch)
    return found


@pytest.fixture
def own(bank: people.Branch, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Open an outlet with one of everything that an address can be about."""
    failed = Job.objects.create(kind=walker.KIND, state=worklist.DEAD)
    monkeypatch.setitem(SAMPLES, ("worklist", "job_id"), lambda _place: failed.pk)
    factory.counter(bank)
    return place(bank, bank.outlet, "own")


@pytest.fixture
def walking(bank, own, heard, settings: Any, monkeypatch) -> Iterator[walker.Walker]:
    """Open the demo's pages too; what costs time and reads nothing that is sent is left out."""
    monkeypatch.setattr(Shell, "through", False)
    monkeypatch.setattr(Shell, "entries", [])
    monkeypatch.setattr(idle, "limit_seconds", lambda **_asked: idle.IDLE_SECONDS)
    settings.OPS_DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    logging.disable(logging.CRITICAL)
    yield walker.Walker(bank, own, heard)
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("rooms", [*FOUNDATION, CENTRES], ids=max)
def test_no_field_of_a_page_makes_a_fault(rooms, walking):
    for app, page in walker.PAGES:
        for method in ("get", "post") if app in rooms else ():
            walking.walk(page, method, walking.address(app, page))

    assert not walking.wrong, "\n".join(walking.wrong)
    unheard = {name for room in rooms for name in walker.read_in(room)} - walking.names
    assert not unheard, f"no call made the pages read {unheard}"


def test_nothing_sent_to_the_api_and_no_address_makes_a_fault(walking):
    for app, page in walker.PAGES:
        for method in ("get", "post"):
            walking.wander(app, page, method)
        if app.startswith("api_"):
            walking.walk_api(page, walking.address(app, page))

    assert not walking.wrong, "\n".join(walking.wrong)


BODIES = (
    b"", b"x", walker.PNG[:60], walker.PNG, b"\x00" * 99, b"a,b\n\xff\xfe", b"\xef\xbb\xbf",
    b"'" * 99, b"%PDF-1.7\n", b"entry,name,id_number,birth_date,remark\n\xff,,,,\n",
)  # fmt: skip
NAMES = (b"", b"x" * 3000, b"..", b"a%00b", "²\u202e😀".encode(), b"\xff", b"&#0;", b"a\\")


def uploads() -> Iterator[tuple[bytes, bytes]]:
    """Return what is sent as a file, and how its part of the form is named."""
    yield from ((body, b'; filename="a.png"') for body in BODIES)
    yield from ((walker.PNG, b'; filename="%s"' % name) for name in NAMES)
    yield from ((b"x", name) for name in (b"", b"; filename*=utf-8''%00", b"; filename*=x''%41"))


def test_no_uploaded_file_makes_a_fault(walking):
    taking = set()
    for app, page in walker.PAGES:
        address = walking.address(app, page)
        fields = {} if app.startswith("api_") else walking.fields_of(page, address)
        for name, one in fields.items():
            if not isinstance(one, forms.FileField):
                continue
            taking.add(page.name)
            typed = [
                b"".join(PART % (other.encode(), b"", text) for other, text in filled.items())
                for filled in walking.filled(fields)
            ]
            for body, called in uploads():
                file = PART % (name.encode(), called, body)
                for before in typed:
                    sent = {"data": before + file + LAST, "content_type": MULTIPART}
                    walking.call(page, str(called), "post", address, **sent)

    assert not walking.wrong, "\n".join(walking.wrong)
    unheard = set(walker.reading_files()) - taking
    assert not unheard, f"no call made these pages fill a form with a file: {unheard}"


BAD, SESSION = "\xff", "x" * 32
HEADERS = {
    "accept": ("/", "a", "*/*;q=²", "text/html;", BAD, "application/json;x=" + "y" * 9000),
    "accept-language": ("²", "x" * 9000),
    "accept-encoding": ("gzip;q=x", BAD),
    "authorization": ("Bearer", f"Bearer {BAD}", "Bearer " + "x" * 9000, BAD),
    "cookie": (
        rf'ops_session="{SESSION}\000"', rf'ops_session="{SESSION}\355\240\200"', "=", f";;{BAD}",
        f"ops_session={'x' * 9000}; csrftoken={BAD}; ops_theme=²; ops_density=", "ops_session=../x",
    ),
    "host": ("a b", "[", "x" * 300, BAD),
    "hx-request": (BAD,), "hx-current-url": ("http://[", BAD),
    "if-modified-since": ("x", BAD), "if-none-match": (BAD, '"'), "range": ("bytes=x-", BAD),
    "referer": ("http://[", BAD), "origin": ("http://[", BAD), "x-csrftoken": (BAD,),
    "user-agent": (f"Chrome/{'9' * 390}.", "Chrome/²", BAD),
    "x-request-id": (BAD, "²" * 99), "x-forwarded-for": (BAD * 99,),
}  # fmt: skip
KINDS = ("", "x", BAD, "text/html; charset=utf-16", "multipart/form-data", "multipart/x; boundary=",
         "multipart/form-data; boundary=x; charset=utf-7", f"{walker.FORM}; charset=gbk",
         "image/png; charset=unicode_escape")  # fmt: skip


def test_no_header_makes_a_fault(walking):
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.force_login(walking.own.teller, backend="django.contrib.auth.backends.ModelBackend")
    walking.clients = dict.fromkeys(ROLES, strict)
    asked = {"people:sign_in": "post", "ui:search": "get", "api_authorization:submit": "post"}
    for app, page in walker.PAGES:
        by = asked.get(f"{app}:{page.name}")
        address = f"{walking.address(app, page)}?q=%41" if by else ""
        for header in ({name: text} for name, texts in HEADERS.items() for text in texts):
            if by:
                walking.call(page, str(header)[:60], by, address, headers=header)
        for kind in KINDS if by else ():
            sent = {"path": address, "data": b"q=\xff\x00&%00=1", "content_type": kind}
            walking.call(page, kind, "generic", method="POST", **sent)

    assert not walking.wrong, "\n".join(walking.wrong)
