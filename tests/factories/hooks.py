"""Webhooks for tests: subscriptions in force, and a receiver that does as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from foundation.hooks import rules, services
from foundation.hooks.models import Delivery, Subscription, Terms
from foundation.people.models import Institution, Staff
from tests.factories.people import NOON

LOOPBACK = ("127.0.0.0/8", "::1/128")
ADDRESS = "https://core.example/hooks"
LONG_AGO = datetime(2020, 1, 1, 4, 0, tzinfo=UTC)


def subscription(
    place: Institution,
    proposer: Staff,
    approver: Staff,
    *,
    address: str = ADDRESS,
    topics: Sequence[str] = (),
    name: str = "核心前端",
) -> tuple[Subscription, str]:
    """Let two people have agreed on a subscription; return it with its secret."""
    row, secret = services.propose(
        name=name, institution=place, address=address, topics=topics or list(rules.topics()),
        valid_from=LONG_AGO.date(), reason="联机", by=proposer, at=LONG_AGO,
    )  # fmt: skip
    terms = row.terms.order_by("id").get()
    services.approve(terms_id=terms.pk, by=approver, at=LONG_AGO)
    return row, secret


def proposed_again(
    place: Institution, proposer: Staff, approver: Staff
) -> tuple[Subscription, Terms]:
    """Let there be a subscription, and a proposal of other terms that waits."""
    name = f"前端{Subscription.objects.count() + 1}"
    row, _secret = subscription(place, proposer, approver, name=name)
    waiting = services.change(
        subscription_id=row.pk, address=ADDRESS, topics=["authorization.item.posted"],
        valid_from=LONG_AGO.date(), reason="精简", by=proposer, at=LONG_AGO,
    )  # fmt: skip
    return row, waiting


def told(row: Subscription, outlet: Institution, number: str = "AU1") -> Delivery:
    """Let an event have been told to a subscription, which was given up."""
    services.tell(
        topic="authorization.item.posted", subject=number, state="posted",
        institution_id=outlet.pk, at=NOON,
    )  # fmt: skip
    made: Delivery = Delivery.objects.filter(subscription=row).latest("id")
    answer = rules.Answer(410, "HTTP 410")
    services.note(delivery_id=made.pk, rounds=0, tries=0, answer=answer, final=True, at=NOON)
    return made


@dataclass(frozen=True)
class Call:
    """One call as it came in."""

    path: str
    headers: dict[str, str]
    content: bytes

    @property
    def key(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found

    def is_signed_with(self, secret: str) -> bool:
        """Verify as the documentation tells a receiver to, without the platform's own code."""
        raw = base64.b64decode(secret.removeprefix("whsec_"))
        text = f"{self.key}.{self.headers['webhook-timestamp']}.".encode() + self.content
        good = base64.b64encode(hmac.new(raw, text, hashlib.sha256).digest()).decode()
        given = [one.partition(",")[2] for one in self.headers["webhook-signature"].split()]
        return any(hmac.compare_digest(good, one) for one in given)


@dataclass
class Receiver:
    """What a receiver has taken, and how it answers next: statuses, then 204 for ever."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    delay: float = 0
    drip: bool = False
    location: str = ""


class Server(ThreadingHTTPServer):
    """A server that keeps what comes and answers as its receiver says."""

    daemon_threads = True

    def __init__(self, kept: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.kept = kept

    def handle_error(self, *_given: Any) -> None:
        """Say nothing: callers are cut off on purpose."""


class Handler(BaseHTTPRequestHandler):
    """One call."""

    server: Server

    def do_POST(self) -> None:
        kept, size = self.server.kept, int(self.headers["content-length"])
        headers = {name.lower(): value for name, value in self.headers.items()}
        kept.calls.append(Call(self.path, headers, self.rfile.read(size)))
        if kept.drip:
            self._drip()
            return
        time.sleep(kept.delay)
        self.send_response(kept.answers.pop(0) if kept.answers else 204)
        if kept.location:
            self.send_header("Location", kept.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_given: Any) -> None:
        """Say nothing."""

    def _drip(self) -> None:
        for letter in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200:
            try:
                self.wfile.write(bytes([letter]))
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run a real HTTP server on this machine until the end of the block."""
    kept = Receiver()
    server = Server(kept)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}/hooks"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
