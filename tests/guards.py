"""Guards over every test: what the house forbids anywhere fails the test in which it happens.

- A template asks for a variable that nobody gave it.
- A query without an order is cut, or somebody counts on the order of rows that have none: such
  rows come in any order here.
- A query that joins locks rows without saying of which table.
- A moment without its time zone goes to the database.
- Something speaks to another machine.
- A test that needs no server computes for more than five seconds.

What the code under test swallows is kept, and fails the test at its end. Warnings are errors
(pyproject.toml). Each guard is tried in tests/architecture/test_guards.py.
"""

from __future__ import annotations

import inspect
import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn, Self

import pytest
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.template import engines

from tests.database import needs_server

CPU_SECONDS_MAX = 5
# What tests/hosts.py calls its network namespaces by: 10.200 and on, this machine as well.
NAMESPACES = ipaddress.ip_network("10.192.0.0/10")
# Reserved for documentation: a datagram socket is led there to learn the own address, unsent.
NOWHERE = ipaddress.ip_network("192.0.2.0/24")
_broken: list[str] = []


class GuardBroken(AssertionError):
    """The house forbids this, wherever it happens."""


def refuse(text: str) -> NoReturn:
    """Fail here, and at the end of the test should somebody swallow it."""
    _broken.append(text)
    raise GuardBroken(text)


@contextmanager
def noted() -> Iterator[None]:
    """Fail at the end for what was broken and swallowed in between."""
    _broken.clear()
    try:
        yield
        if _broken:
            raise GuardBroken("\n".join(_broken))
    finally:
        _broken.clear()


@contextmanager
def expected() -> Iterator[None]:
    """Let a test break a guard on purpose."""
    with pytest.raises(GuardBroken):
        yield
    _broken.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """Fail a test in which a guard was broken, or that computes for too long."""
    began = time.process_time()
    with noted():
        answer = yield
    check_seconds(item, time.process_time() - began)
    return answer


def check_seconds(item: pytest.Item, seconds: float) -> None:
    """Refuse a test that needs no server and keeps the processor busy for long.

    It is its own computing that counts, not the clock: the machine may be busy with other things.
    """
    if seconds > CPU_SECONDS_MAX and not needs_server(item):
        pytest.fail(f"computes for {seconds:.1f} s; at most {CPU_SECONDS_MAX}, or mark it slow")


class UnknownVariable(str):
    """What a template engine puts in the place of a variable that is not there."""

    __slots__ = ()

    def __new__(cls) -> Self:
        return super().__new__(cls, "unknown variable %s")

    def __mod__(self, variable: object) -> NoReturn:
        refuse(f"a template asks for {variable}, which nobody gave it")


def is_here(address: object) -> bool:
    """Return whether an address is on this machine; names of files are."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0]).partition("%")[0]
    if host in {"", "localhost"}:
        return True
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return False
    return number.is_loopback or number.is_unspecified or number in NAMESPACES


def _guarded_socket(name: str) -> Callable[..., Any]:
    plain = getattr(socket.socket, name)

    def guarded(self: socket.socket, *given: Any) -> Any:
        address = given[-1]
        unsent = name == "connect" and self.type == socket.SOCK_DGRAM
        if not is_here(address) and not (unsent and ipaddress.ip_address(address[0]) in NOWHERE):
            refuse(f"speaks to {address}, which is another machine")
        return plain(self, *given)

    return guarded


_plain_lookup = socket.getaddrinfo


def _guarded_lookup(host: Any, *given: Any, **named: Any) -> Any:
    text = host.decode() if isinstance(host, bytes) else host
    known = text is None or is_here((text,)) or text == socket.gethostname()
    try:
        known = known or bool(ipaddress.ip_address(text))
    except ValueError:
        refuse(f"asks where {text} is, which is another machine")
    return _plain_lookup(host, *given, **named)


_plain_cut = QuerySet.__getitem__


def _guarded_cut(self: QuerySet[Any], key: Any) -> Any:
    shown = inspect.currentframe().f_back.f_code.co_name == "__repr__"
    if self._result_cache is None and not self.ordered and not shown:
        refuse(f"a query of {self.model.__name__} without an order is cut")
    return _plain_cut(self, key)


_plain_order = SQLCompiler.get_order_by


def _guarded_order(self: SQLCompiler) -> Any:
    found, query = _plain_order(self), self.query
    one_row = not query.default_cols and not query.select  # a sum, a count, whether there is one
    settled = query.distinct or query.group_by is not None or query.combinator or query.subquery
    return found if found or one_row or settled else [(OrderBy(Random()), ("RANDOM()", (), False))]


_plain_tables = SQLCompiler.get_from_clause


def _guarded_tables(self: SQLCompiler) -> Any:
    made, query = _plain_tables(self), self.query
    if query.select_for_update and not query.select_for_update_of and len(made[0]) > 1:
        refuse(f"locks rows of {' '.join(made[0])}: say of which, by of=(…)")
    return made


_plain_execute = CursorWrapper.execute


def _guarded_execute(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
    values = params.values() if isinstance(params, dict) else params or ()
    for value in values:
        if isinstance(value, datetime) and value.tzinfo is None:
            refuse(f"the moment {value} has no time zone: {sql}")
    return _plain_execute(self, sql, params)


@pytest.fixture(autouse=True, scope="session")
def guards() -> Iterator[None]:
    """Stand over everything that this process does."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded_socket(name))
        patch.setattr(socket, "getaddrinfo", _guarded_lookup)
        patch.setattr(QuerySet, "__getitem__", _guarded_cut)
        patch.setattr(SQLCompiler, "get_order_by", _guarded_order)
        patch.setattr(SQLCompiler, "get_from_clause", _guarded_tables)
        patch.setattr(CursorWrapper, "execute", _guarded_execute)
        patch.setattr(engines["django"].engine, "string_if_invalid", UnknownVariable())
        yield
