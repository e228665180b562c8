"""Clients of a running platform that do not give up: a teller's system and an authorizer's desk.

What got no answer is sent again in the same words, with the same key, as a real client would.
"""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from typing import Any

ANSWER_SECONDS, PATIENCE_SECONDS, PAUSE_SECONDS = 15, 120, 0.3
DECIDE = re.compile(
    r'hx-post="(?P<path>/authorization/decide/(?P<number>\d+)/)".*?'
    r'name="shown" value="(?P<shown>[^"]+)".*?name="fence" value="(?P<fence>\d+)"',
    re.DOTALL,
)


class NoAnswer(Exception):
    """The platform did not answer, or only that it could not; nobody knows what it did."""


class Client:
    """One signed-in person; every call is repeated until the platform has answered it."""

    def __init__(self, address: str, number: str) -> None:
        self.address, self.number = address, number
        self.repeated = 0
        self._cookies = CookieJar()
        # Only 127.0.0.1: whatever proxy the machine has is not asked.
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._cookies)
        ).open

    def call(self, path: str, body: bytes | None = None, kind: str = "") -> tuple[int, str]:
        """Return status and text of the answer, however often that takes."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._once(path, body, kind)
            except NoAnswer:
                assert time.monotonic() < until, f"no answer from {path}"
                self.repeated += 1
                time.sleep(PAUSE_SECONDS)

    def sign_in(self) -> None:
        """Sign a made-up person of the demo in."""
        self.call("/people/sign-in/")
        body = urllib.parse.urlencode({"number": self.number}).encode()
        status, text = self.call("/people/demo-sign-in/", body)
        assert status == 200, text

    def _once(self, path: str, body: bytes | None, kind: str) -> tuple[int, str]:
        headers = {"X-CSRFToken": self._mark()}
        if kind:
            headers["Content-Type"] = kind
        asked = urllib.request.Request(self.address + path, data=body, headers=headers)
        try:
            with self._open(asked, timeout=ANSWER_SECONDS) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            if refused.code >= 500:
                raise NoAnswer(str(refused.code)) from refused
            return refused.code, refused.read().decode()
        except (OSError, http.client.HTTPException) as away:
            raise NoAnswer(repr(away)) from away

    def _mark(self) -> str:
        return next((one.value or "" for one in self._cookies if one.name == "csrftoken"), "")


class Counter(Client):
    """A teller's system: the image of the voucher first, then the item, by the API."""

    def enter(self, key: str, order: dict[str, str], image: bytes) -> dict[str, Any]:
        """Send an item until it is taken; return what the platform made of it."""
        path = f"/api/authorization/image/{key}/?image_class=voucher"
        status, text = self.call(path, image, "image/png")
        assert status == 201, text
        body = json.dumps({"key": key, **order}).encode()
        status, text = self.call("/api/authorization/submit/", body, "application/json")
        assert status == 201, text
        found: dict[str, Any] = json.loads(text)
        return found


class Desk(Client):
    """An authorizer at the workbench, who approves what it shows."""

    def work(self) -> str:
        """Approve the item on the desk; return its number, or nothing when none waits.

        When the answer is lost the desk is opened again, as a person would: it shows the same
        item if it is not decided, and otherwise the next.
        """
        _status, page = self.call("/authorization/workbench/")
        found = DECIDE.search(page)
        if not found:
            return ""
        typed = {"step": "approve", "shown": found["shown"], "fence": found["fence"]}
        try:
            status, text = self._once(found["path"], urllib.parse.urlencode(typed).encode(), "")
        except NoAnswer:
            self.repeated += 1
            return found["number"]
        assert status in (200, 409), text
        return found["number"]
