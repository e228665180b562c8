"""Text goes packed; files packed before, images and live events go as they are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse

from foundation.ui import live
from ops_platform.env import BASE
from ops_platform.middleware import PackMiddleware
from tests.browser import session_of
from tests.factories import people

SIGN_IN = "/people/sign-in/"
LONG = b"text " * 1000


@dataclass(frozen=True)
class Sent:
    """An answer as it came over the wire."""

    headers: Message
    body: bytes


@contextmanager
def answering(address: str, path: str, **headers: str) -> Iterator[HTTPResponse]:
    """Ask the server as a browser does, and leave what it sends as it comes."""
    line = HTTPConnection(urlsplit(address).netloc, timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    line.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br", **sent})
    answer = line.getresponse()
    yield answer
    answer.close()
    line.close()


def asked(address: str, path: str, **headers: str) -> Sent:
    with answering(address, path, **headers) as answer:
        return Sent(answer.headers, answer.read())


@pytest.mark.slow
def test_a_page_goes_packed_to_who_can_unpack_it(web):
    _, address = web
    packed = asked(address, SIGN_IN)
    plain = asked(address, SIGN_IN, Accept_Encoding="identity")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.body) < len(plain.body) / 2
    assert gzip.decompress(packed.body).lstrip().startswith(b"<!doctype html>")
    assert plain.headers["Content-Encoding"] is None
    assert plain.body.lstrip().startswith(b"<!doctype html>")
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.slow
def test_the_size_of_a_page_does_not_tell_what_is_in_it(web):
    _, address = web
    sizes = {len(asked(address, "/healthz/no").body) for _turn in range(12)}

    assert len(sizes) > 3


@pytest.mark.slow
def test_an_answer_of_the_api_goes_packed(web, committed_db):
    _, address = web
    key = session_of(people.staff(people.branch().outlet, "teller"))
    answer = asked(address, "/api/schema/", Cookie=f"ops_session={key}")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.body))["openapi"]


@pytest.mark.slow
def test_a_static_file_is_left_to_those_who_packed_it(web):
    _, address = web
    answer = asked(address, "/static/ops/mark.svg")

    assert answer.headers["Content-Encoding"] is None
    assert answer.body == (BASE / "foundation/ui/static/ops/mark.svg").read_bytes()


@pytest.mark.slow
def test_live_events_come_at_once_and_unpacked(web, committed_db):
    _, address = web
    bank = people.branch()
    teller = people.staff(bank.outlet, "teller")
    cookie = f"ops_session={session_of(teller)}"

    with answering(address, "/live/?topics=authorization", Cookie=cookie) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.headers["Content-Encoding"] is None
        assert heard(stream) == "*", "what was missed before"
        with transaction.atomic():
            live.tell("authorization", bank.outlet.pk)
        assert heard(stream) == "authorization", "while the stream stays open"


def heard(stream: HTTPResponse) -> Any:
    """Return the next topic told; an answer held back runs into the timeout of the line."""
    while True:
        said = stream.readline()
        assert said, "the stream ended"
        if said.startswith(b"data: {"):
            return json.loads(said[6:])["topic"]


@pytest.mark.parametrize(
    ("kind", "goes"),
    [
        ("text/html; charset=utf-8", "gzip"),
        ("text/csv; charset=utf-8", "gzip"),
        ("application/json", "gzip"),
        ("application/problem+json", "gzip"),
        ("image/webp", ""),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ""),
    ],
)
def test_only_text_is_packed(kind, goes, rf):
    answer = sent(HttpResponse(LONG, content_type=kind), rf)

    assert answer.get("Content-Encoding", "") == goes
    assert (gzip.decompress(answer.content) if goes else answer.content) == LONG


@pytest.mark.parametrize("kind", ["text/event-stream", "text/html"])
def test_a_stream_is_neither_packed_nor_held_back(kind, rf):
    answer = sent(StreamingHttpResponse(iter([b"one", b"two"]), content_type=kind), rf)

    assert "Content-Encoding" not in answer
    assert list(answer) == [b"one", b"two"]


def sent(answer: Any, rf: Any) -> Any:
    return PackMiddleware(lambda _request: answer)(rf.get("/", headers={"accept-encoding": "gzip"}))
