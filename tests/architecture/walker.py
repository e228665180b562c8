"""Calling every address with what no honest browser sends in every field that it reads.

Which names a page reads is heard while it answers: what it asks of the query and the form, and the
fields of the forms that it fills. So a new page and a new field are walked without being listed.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils.datastructures import MultiValueDict
from rest_framework import serializers

from foundation.people.roles import ROLES, Permission
from foundation.ui import rest
from tests.architecture import tidy
from tests.architecture.test_permissions import HOME_OF, SAMPLES, Place
from tests.architecture.test_urls import folder, pages
from tests.factories import authorization as factory
from tests.factories import people

BROWSER = "Mozilla/5.0 Chrome/120.0"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
NUL = b"a\x00b"
# What is read as a number or a day first, then what is only text. Bytes: some are no UTF-8.
NAUGHTY: tuple[bytes, ...] = (
    *(text.encode() for text in (
        "٣", "2089-12-31", "1" + "0" * 30, "2000-01-01", "²", "9999-12-31T23:59:59Z", "-1",
        str(2**63), "0", "1e999999", "0000-00-00", "9999-12-31", "0001-01-01", "9" * 5000, "NaN",
        str(2**31), "abc", "[]", "999999999999999.99",
    )),
    b"\xed\xa0\x80\xff", b"x" * 300_000, "<script>%s{0}\\'\"; --\u202e\r\n😀%".encode(), b"",
)  # fmt: skip
# 515 more, of which each page gets some in all its fields, or with NAUGHTY=all every one.
STRINGS: Sequence[str] = json.loads((tidy.ROOT / "tests/data/naughty_strings.json").read_text())
# In JSON: what is of another kind than text, too.
NAUGHTY_JSON: tuple[Any, ...] = (
    *(text.decode("utf-8", "replace") for text in NAUGHTY),
    None, True, 0, -1, 10**30, [], ["x"], [[]], {}, {"x": {"y": []}},
)  # fmt: skip
# In addresses, by what takes them there.
PNG = factory.image()
OTHERS: Mapping[str, tuple[object, ...]] = {
    "IntConverter": (0, 2**63, 10**30),
    "UUIDConverter": (UUID(int=0),),
    "SlugConverter": ("-", "9" * 900),
    "StringConverter": ("9" * 900, "%\\'\"<😀²\x7f", "a\x00b"),
}
# Sent with everything: names that a page may take for its own, and words that it may know.
ANYWHERE = {"export": "csv", "result": "x", "actor": "x", "at": "x", "staff": "x", "request": "x"}
# Of each field, one by one; of the same field in further rows of a form, the first.
DEEP, NUMBERED = 3, re.compile(r"\d+")
KIND = "foundation.imaging.tasks.read_page"
MADE = [("", page) for page in get_resolver().url_patterns if isinstance(page, URLPattern)]
PAGES = [*MADE, *pages()]


@dataclass
class Heard:
    """What the pages asked for."""

    names: set[str] = field(default_factory=set)
    fields: dict[str, forms.Field] = field(default_factory=dict)

    def listen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Listen to what is asked of queries and forms, and which fields are filled from them."""

        def listening(method: str) -> Any:
            plain = getattr(MultiValueDict, method)

            def asked(data, key, *more, **named):
                self.names.add(key)
                return plain(data, key, *more, **named)

            return asked

        for method in ("__getitem__", "getlist", "__contains__"):
            monkeypatch.setattr(QueryDict, method, listening(method))
        plain_init = forms.BaseForm.__init__

        def made(form, *args, **named):
            plain_init(form, *args, **named)
            if form.is_bound:
                self.fields.update(form.fields)

        monkeypatch.setattr(forms.BaseForm, "__init__", made)


class Walker:
    """Calls addresses as people who may open them; whatever a call does is undone."""

    def __init__(self, bank: people.Branch, own: Place, heard: Heard) -> None:
        self.bank, self.own, self.heard = bank, own, heard
        self.clients: dict[str, Client] = {}
        self.names: set[str] = set()
        self.wrong: list[str] = []

    def address(self, app: str, page: URLPattern, **other: object) -> str:
        """Return the address of a page about what there is, or about something else."""
        room = app.removeprefix("api_")
        wanted = {name: SAMPLES[room, name](self.own) for name in page.pattern.converters}
        return reverse(f"{app}:{page.name}" if app else str(page.name), kwargs=wanted | other)

    def client(self, page: URLPattern) -> Client:
        """Return the client of somebody who may open the page."""
        needed: Permission | None = getattr(page.callback, "permission", None)
        role = next((one for one in ROLES if needed in ROLES[one].permissions), "teller")
        if role not in self.clients:
            home = getattr(self.bank, HOME_OF[min(ROLES[role].institution_kinds)])
            client = Client(raise_request_exception=False, headers={"user-agent": BROWSER})
            person = self.own.teller if role == "teller" else people.staff(home, role, grade=5)
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
            self.clients[role] = client
        return self.clients[role]

    def call(self, page: URLPattern, told: str, by: str, address: str = "", **more: Any) -> int:
        """Make a call and undo it; note a fault. That readyz is unready is its answer."""
        client = self.client(page)
        kept = dict(client.cookies)
        with transaction.atomic():
            answer = getattr(client, by)(*filter(None, [address]), **more)
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.update(kept)
        if answer.status_code >= 500 and page.name != "readyz":
            kind, error, _trace = getattr(answer, "exc_info", None) or (None, "", None)
            why = f"{kind.__name__}: {str(error)[:120]!r}" if kind else answer.status_code
            self.wrong.append(f"{by} {answer.request['PATH_INFO']} {told[:200]}: {why}")
        return int(answer.status_code)

    def send(self, page: URLPattern, method: str, address: str, given: Mapping[str, Any]) -> int:
        """Send fields behind the question mark or as a form, and hear what is asked for."""
        self.heard.names.clear()
        self.heard.fields.clear()
        told = str({name: str(value)[:24] for name, value in given.items()})
        text = urlencode({**ANYWHERE, **given})
        if method == "get":
            status = self.call(page, told, "get", f"{address}?{text}")
        else:
            status = self.call(page, told, "post", address, data=text, content_type=FORM)
        self.names |= self.heard.names | set(self.heard.fields)
        return status

    def walk(self, page: URLPattern, method: str, address: str) -> None:
        """Send a page everything naughty: all together, then one by one where a form takes it."""
        if self.send(page, method, address, {}) == 405:
            return
        plain = self.heard.names - set(self.heard.fields) - set(ANYWHERE)
        fields = dict(self.heard.fields)
        names = sorted(plain | set(fields))
        if self.send(page, method, address, dict.fromkeys(names or ["x"], NUL)) != 400:
            self.wrong.append(f"{method} {address}: a NUL is taken")
        for turn in range(0, len(NAUGHTY), 1 if plain else 4) if names else ():
            tossed = {name: _tossed(NAUGHTY, turn + place) for place, name in enumerate(names)}
            self.send(page, method, address, tossed)
        for text in _share(page) if names else ():
            self.send(page, method, address, dict.fromkeys(names, text))
        plausible = {name: self.plausible(name, fields.get(name)) for name in names}
        kinds: set[str] = set()
        for name in names if len(names) > 1 else ():
            taken = [text for text in NAUGHTY if _takes(fields.get(name), text)]
            for text in taken[: 1 if (kind := NUMBERED.sub("#", name)) in kinds else DEEP]:
                self.send(page, method, address, plausible | {name: text})
            kinds.add(kind)

    def fields_of(self, page: URLPattern, address: str) -> dict[str, forms.Field]:
        """Return the fields of the forms that a page fills when something is posted to it."""
        self.send(page, "post", address, {})
        return dict(self.heard.fields)

    def filled(self, fields: Mapping[str, forms.Field]) -> list[dict[str, bytes]]:
        """Return what the fields take, but for files: once plain, and once for each choice."""
        plain = {
            name: self.plausible(name, one)
            for name, one in fields.items()
            if not isinstance(one, forms.FileField)
        }
        chosen = [
            plain | {name: str(value).encode()}
            for name, one in fields.items()
            for value, *_text in getattr(one, "choices", ())
        ]
        return [plain, *chosen]

    def wander(self, app: str, page: URLPattern, method: str) -> None:
        """Ask for addresses of what cannot be there."""
        for name, converter in page.pattern.converters.items():
            for other in OTHERS[type(converter).__name__]:
                address = self.address(app, page, **{name: other})
                if self.call(page, "", method, address) == 405:
                    return

    def walk_api(self, page: URLPattern, address: str) -> None:
        """Send an endpoint everything naughty: behind the question mark, or as its body."""
        view: Any = page.callback
        asked = view.cls.asks().fields if view.cls.asks else {}
        if view.method == "GET":
            self._walk_query(page, address, asked)
        else:
            self._walk_bodies(page, address, asked)

    def _walk_query(self, page: URLPattern, address: str, asked: Mapping[str, Any]) -> None:
        if self.call(page, "NUL", "get", f"{address}?x=%00") != 400:
            self.wrong.append(f"{address}: a NUL is taken")
        for turn in range(0, len(NAUGHTY), 2) if asked else ():
            tossed = {name: _tossed(NAUGHTY, turn + place) for place, name in enumerate(asked)}
            self.call(page, str(turn), "get", f"{address}?{urlencode(tossed)}")
        plausible = {name: _fitting(one) for name, one in asked.items() if one.required}
        for name, one in asked.items():
            for text in [text for text in NAUGHTY if _reads(one, text.decode("utf-8", "replace"))]:
                given = plausible | {name: text}
                self.call(page, str(given)[:80], "get", f"{address}?{urlencode(given)}")

    def _walk_bodies(self, page: URLPattern, address: str, asked: Mapping[str, Any]) -> None:
        plausible = {name: _fitting(one) for name, one in asked.items()}
        if rest.takes_files(page.callback.cls.parser_classes):
            for name in asked:
                for text in NAUGHTY:
                    told = f"{address}?{urlencode(plausible | {name: text})}"
                    self.call(page, name, "post", told, data=PNG, content_type="image/png")
            address = f"{address}?{urlencode(plausible)}"
        bodies: list[Any] = [None, [], 1, "x", [{}], {}, {"x": 1}]
        bodies += [
            {name: _tossed(NAUGHTY_JSON, turn + place) for place, name in enumerate(asked)}
            for turn in range(len(NAUGHTY_JSON) if asked else 0)
        ]
        odd = [value for value in NAUGHTY_JSON if not isinstance(value, str)]
        bodies += [plausible | {name: value} for name in asked for value in odd]
        for body in bodies:
            self.call(page, str(body)[:80], "post", address, data=body, content_type=JSON)
        raw = (
            b"", PNG, PNG[:60], b"\xff", b"{", b"[" * 100_000, b'{"key": NaN}', b'{"key": 1e9999}',
            b'{"key": %s}' % (b"9" * 5000), b'{"key": "\\ud800"}', b'{"a": 1, "a": 2}',
        )  # fmt: skip
        kinds = (JSON, f"{JSON}; charset=utf-16", "image/png", FORM, "multipart/form-data", "x")
        for kind in kinds:
            for body in raw if kind == JSON else raw[:3]:
                sent = {"method": "POST", "path": address, "data": body, "content_type": kind}
                self.call(page, f"{kind} {body[:40]!r}", "generic", **sent)

    def plausible(self, name: str, one: forms.Field | None) -> bytes:
        """Return something that the field takes and the page can work with."""
        known = {
            "number": self.own.teller.number, "amount": "100.00", "payer_account": self.own.account,
            "voucher_no": "0744719023", "place": self.own.institution.number, "shards": "4",
            "valid_from": "2080-01-01", "valid_until": "2080-12-31", "expires_on": "2080-01-01",
            "action": "authorization.send", "step": "approve", "kind": KIND,
        }  # fmt: skip
        choices = [str(value) for value, *_text in getattr(one, "choices", ()) if value]
        usual = (
            "1", "x", "2026-11-23", "2026-11-23T10:00", "12345678", "123456", "CNY",
            "3f2c1a90-5b7d-4e86-9a41-0c6d8e2f7b15",
        )  # fmt: skip
        wanted = [*([known[name]] if name in known else []), *choices[:1], *usual]
        return next((text.encode() for text in wanted if _takes(one, text.encode())), b"")


def read_in(room: str) -> Iterator[str]:
    """Return the names that the source of a room reads of queries and forms."""
    below = folder(room) if room else "ops_platform"
    for source in tidy.sources():
        if source.path.startswith(f"{below}/"):
            yield from _read(source.nodes)


def reading_files() -> Iterator[str]:
    """Return the names of the pages whose source reads files that are sent with a form."""
    for source in tidy.sources():
        for node in source.of(ast.FunctionDef):
            if any(
                isinstance(one, ast.Attribute) and one.attr == "FILES" for one in ast.walk(node)
            ):
                yield node.name


def _read(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        told: ast.expr | None = None
        if isinstance(node, ast.Call) and _of_request(getattr(node.func, "value", None)):
            told = node.args[0] if node.args else None
        elif isinstance(node, ast.Subscript) and _of_request(node.value):
            told = node.slice
        elif isinstance(node, ast.Compare) and _of_request(node.comparators[0]):
            told = node.left
        if isinstance(told, ast.Constant) and isinstance(told.value, str):
            yield told.value


def _of_request(node: ast.AST | None) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in {"GET", "POST"}


def _share(page: URLPattern) -> Iterator[bytes]:
    every = os.environ.get("NAUGHTY") == "all"
    place = next(at for at, (_app, one) in enumerate(PAGES) if one is page)
    for text in STRINGS if every else STRINGS[place :: len(PAGES)]:
        yield text.encode("utf-8", "surrogatepass")


def _tossed(naughty: tuple[Any, ...], place: int) -> Any:
    return naughty[place % len(naughty)]


def _takes(one: forms.Field | None, text: bytes) -> bool:
    if one is None or isinstance(one, forms.FileField):
        return one is None
    given = QueryDict(urlencode({"x": text}))
    with suppress(ValidationError):
        one.clean(one.widget.value_from_datadict(given, MultiValueDict(), "x"))
        return True
    return False


def _reads(one: Any, text: str) -> bool:
    with suppress(serializers.ValidationError):
        one.run_validation(text)
        return True
    return False


def _fitting(one: Any) -> str:
    told = one.described() if hasattr(one, "described") else {}
    return str(told.get("example") or told.get("enum", ["x"])[0])
