"""One person's line to the platform: HTTP kept open, and a stream of live events."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

from django.test import Client

from foundation.people.models import Staff

_MARK = "m" * 32  # a page's mark against forged requests: the same in cookie and header
_DECIDE = re.compile(
    r'hx-post="(?P<path>/authorization/decide/(?P<number>\d+)/)".*?'
    r'name="shown" value="(?P<shown>[^"]+)".*?name="fence" value="(?P<fence>\d+)"',
    re.DOTALL,
)
_SECONDS = 30
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Item:
    """What stands on a desk, as far as deciding needs it."""

    path: str
    number: str
    shown: str
    fence: str


def session_of(person: Staff) -> str:
    """Return the key of a new session of the person."""
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client.cookies["ops_session"].value


def on_desk(page: str) -> Item | None:
    """Return the item that a workbench shows, or None."""
    found = _DECIDE.search(page)
    return Item(**found.groupdict()) if found else None


class Line:
    """A connection of one signed-in person, opened again when the platform closed it."""

    def __init__(self, address: str, session: str) -> None:
        self._address = address
        self._cookie = f"ops_session={session}; csrftoken={_MARK}"
        self._open = http.client.HTTPConnection(address, timeout=_SECONDS)

    def get(self, path: str) -> str:
        """Return a part of a page."""
        return self._call("GET", path, None, "", 200)

    def post(self, path: str, body: bytes, kind: str, *, wanted: int = 200) -> str:
        """Send a body; anything but the wanted status is an error."""
        return self._call("POST", path, body, kind, wanted)

    def send(self, order: dict[str, str]) -> dict[str, Any]:
        """Enter an item by the API."""
        body = json.dumps(order).encode()
        text = self.post("/api/authorization/submit/", body, "application/json", wanted=201)
        answer: dict[str, Any] = json.loads(text)
        return answer

    def approve(self, item: Item) -> str:
        """Approve what stands on the desk; return the desk as it is then."""
        typed = {"step": "approve", "shown": item.shown, "fence": item.fence}
        return self.post(item.path, urlencode(typed).encode(), _FORM)

    def close(self) -> None:
        """End the connection."""
        self._open.close()

    def _call(self, method: str, path: str, body: bytes | None, kind: str, wanted: int) -> str:
        headers = {
            "Cookie": self._cookie, "X-CSRFToken": _MARK, "HX-Request": "true",
            "User-Agent": "Chrome/140",
        }  # fmt: skip
        if kind:
            headers["Content-Type"] = kind
        try:
            self._open.request(method, path, body, headers)
            answer = self._open.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            # Kept open for longer than the server keeps it: nothing of this request was read.
            self._open.close()
            self._open.request(method, path, body, headers)
            answer = self._open.getresponse()
        text = answer.read().decode()
        if answer.status != wanted:
            told = text[max(text.find('class="op-note'), 0) :][:500]
            raise RuntimeError(f"{method} {path}: {answer.status} {told}")
        return text


class Bell:
    """The stream of live events of one desk, as the browser holds it open."""

    def __init__(self, address: str, session: str) -> None:
        self._address, self._session = address, session
        self._rang = threading.Event()
        self._open = http.client.HTTPConnection(address, timeout=None)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        """Open the stream."""
        path = "/live/?topics=waiting.authorization"
        self._open.request("GET", path, headers={"Cookie": f"ops_session={self._session}"})
        self._answer = self._open.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"/live/ answered {self._answer.status}")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the stream."""
        with suppress(OSError):
            if self._open.sock:
                self._open.sock.shutdown(2)
        self._open.close()

    def heard(self, *, seconds: float) -> bool:
        """Wait until something is told, at most so long; tell whether it was."""
        until = time.monotonic() + seconds
        rang = self._rang.wait(max(0.0, until - time.monotonic()))
        self._rang.clear()
        return rang

    def _listen(self) -> None:
        with suppress(OSError, ValueError, http.client.HTTPException, AttributeError):
            while line := self._answer.readline():
                if line.startswith(b"data:") and b"authorization" in line:
                    self._rang.set()
