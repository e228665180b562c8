"""The stream of live events: one listening connection a process, fanned out to its open pages.

An event is the name of a topic, told only to people whose institutions it is about. The page asks
for what changed through its own door, so nothing that needs a permission travels here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from random import sample
from typing import Any
from urllib.parse import parse_qs

import psycopg2
from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import timezone

from foundation.kernel.text import storable
from foundation.people import selectors as people
from foundation.ui import idle

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CHANNEL = "ops"
ANYTHING = "*"
BEAT_SECONDS = 15
# Within this every page is called for an item that nobody takes.
CALL_SECONDS = 0.3
RECHECK_SECONDS = 60
PAGES_MAX = 1000
TOPICS_MAX = 40
BACKOFF_SECONDS = (1, 2, 5, 10)
_TOPIC = re.compile(r"[a-z0-9_.]{1,80}")
_log = logging.getLogger(__name__)
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Who listens, and the institutions that events may be about."""

    staff_id: int
    institutions: frozenset[int]


@dataclass(eq=False, kw_only=True)
class OpenPage:
    """One open stream: what it asked for and what it was not told yet."""

    listener: Listener
    topics: frozenset[str]
    untold: set[str] = field(default_factory=set)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def wants(self, event: Mapping[str, Any]) -> bool:
        """Return whether the event is about something asked for, and for these eyes."""
        if event["topic"] != ANYTHING and not self._asked_for(event["topic"]):
            return False
        if "staff" in event:
            return bool(event["staff"] == self.listener.staff_id)
        return "institution" not in event or event["institution"] in self.listener.institutions

    def ring(self, topic: str) -> None:
        """Leave a topic to be told; the same one twice is told once."""
        self.untold.add(topic)
        self.bell.set()

    def _asked_for(self, topic: str) -> bool:
        return any(topic == one or topic.startswith(f"{one}.") for one in self.topics)


class Hub:
    """The pages of this process, and the one connection that hears for them."""

    def __init__(self) -> None:
        self.pages: set[OpenPage] = set()
        self._calling: set[Any] = set()
        self.hearing = False
        self.closing = False
        self._ear: asyncio.Task[None] | None = None
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")

    def deliver(self, event: Mapping[str, Any]) -> None:
        """Ring at every page that wants the event; for an item at one after another."""
        self._calling.discard(event.get("taken"))
        wanting = [page for page in self.pages if page.wants(event)]
        if "item" in event:
            self._call(event["topic"], event["item"], wanting)
            return
        for page in wanting:
            page.ring(event["topic"])

    def _call(self, topic: str, item: Any, wanting: Sequence[OpenPage]) -> None:
        """Ring at pages in an order of chance until one of them has taken the item."""
        loop, pause = asyncio.get_running_loop(), CALL_SECONDS / max(1, len(wanting))
        self._calling.add(item)

        def ring(page: OpenPage) -> None:
            if item in self._calling:
                page.ring(topic)

        for place, page in enumerate(sample(wanting, len(wanting))):
            loop.call_later(place * pause, ring, page)
        loop.call_later(CALL_SECONDS, self._calling.discard, item)

    def open(self, page: OpenPage) -> None:
        """Take a page in, and begin to listen with the first."""
        self.pages.add(page)
        if self._ear is None or self._ear.done():
            self._ear = asyncio.get_running_loop().create_task(self._listen())

    def close(self) -> None:
        """End every stream and stop listening: the process is about to end."""
        self.closing = True
        if self._ear:
            self._ear.cancel()
        for page in self.pages:
            page.bell.set()

    def finish(self) -> None:
        """Give the database connection of the hub's own thread back; no page may be open."""
        self.close()
        self._threads.submit(connections.close_all)
        self._threads.shutdown(wait=True)

    async def in_thread(self, work: Callable[..., Any], *given: Any) -> Any:
        """Do something that waits for the database in the hub's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    async def _listen(self) -> None:
        tries = 0
        while not self.closing:
            try:
                await self._hear_until_lost()
                tries = 0
            except psycopg2.Error as wrong:
                _log.warning("live: no connection for listening: %s", type(wrong).__name__)
            self.hearing = False
            await asyncio.sleep(BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)])
            tries += 1

    async def _hear_until_lost(self) -> None:
        connection = await self.in_thread(_listening_connection)
        loop, lost = asyncio.get_running_loop(), asyncio.Event()

        def readable() -> None:
            try:
                connection.poll()
            except psycopg2.Error:
                lost.set()
                return
            while connection.notifies:
                self._hear(connection.notifies.pop(0).payload)

        number = connection.fileno()
        loop.add_reader(number, readable)
        try:
            self.hearing = True
            # What was told while nobody listened is unknown, so every page looks again.
            self.deliver({"topic": ANYTHING})
            await lost.wait()
        finally:
            loop.remove_reader(number)
            connection.close()

    def _hear(self, payload: str) -> None:
        with suppress(ValueError, KeyError, TypeError):
            self.deliver(json.loads(payload))


hub = Hub()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer /live/?topics=a,b with a stream that lasts as long as the page."""
    if scope["method"] != "GET":
        return await _refuse(send, 405)
    if hub.closing or len(hub.pages) >= PAGES_MAX:
        return await _refuse(send, 503)
    key = _session_key(scope)
    listener = await hub.in_thread(listener_of, key) if key else None
    if listener is None:
        return await _refuse(send, 401)
    page = OpenPage(listener=listener, topics=_topics(scope))
    hub.open(page)
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await _say(send, f"retry: 5000\n{_beat()}")
        await _stream(page, key, gone, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    except OSError:
        pass  # The browser went away between two sentences.
    finally:
        hub.pages.discard(page)
        gone.cancel()


def listener_of(session_key: str) -> Listener | None:
    """Return who is behind the session now, or None when nobody may listen with it."""
    close_old_connections()
    try:
        staff = people.staff_behind(session_key=session_key)
        if staff is None or idle.left_alone(staff=staff, at=timezone.now()):
            return None
        seen = frozenset(people.scope_of(staff=staff))
        return Listener(staff_id=staff.pk, institutions=seen)
    finally:
        close_old_connections()


async def _stream(page: OpenPage, key: str, gone: asyncio.Future[None], send: Send) -> None:
    loop = asyncio.get_running_loop()
    checked = loop.time()
    while not gone.done() and not hub.closing:
        with suppress(TimeoutError):
            await asyncio.wait_for(page.bell.wait(), BEAT_SECONDS)
        page.bell.clear()
        if loop.time() - checked >= RECHECK_SECONDS:
            listener = await hub.in_thread(listener_of, key)
            if listener is None:
                return
            page.listener, checked = listener, loop.time()
        told, page.untold = sorted(page.untold), set()
        lines = [f"data: {json.dumps({'topic': topic})}\n\n" for topic in told]
        await _say(send, "".join(lines) or _beat())


def _beat() -> str:
    # A page that hears no beat asks by itself; so none is given while this process hears nothing.
    return "event: beat\ndata: 1\n\n" if hub.hearing else ": waiting\n\n"


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"cache-control", b"no-store")]
    if status == 503:
        headers.append((b"retry-after", b"30"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _session_key(scope: Scope) -> str:
    raw = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    try:
        found = SimpleCookie(raw.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found and storable(found.value) else ""


def _topics(scope: Scope) -> frozenset[str]:
    given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("topics", [""])[0]
    known = [topic for topic in given.split(",") if _TOPIC.fullmatch(topic)]
    return frozenset(known[:TOPICS_MAX])


def _listening_connection() -> Any:
    wrapper = connections.create_connection("default")
    # It lies idle for hours: whether the other end still lives is asked in any case.
    given = wrapper.get_connection_params() | settings.OPS_LISTEN_AT | {"keepalives": 1}
    connection = psycopg2.connect(**given)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return connection
