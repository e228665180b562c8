"""The one way out: a call to an address that was looked up, looked at and held fast."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from django.conf import settings

from foundation.hooks import rules
from foundation.kernel.errors import Refused

_PORTS = {"https": 443, "http": 80}
_READ_MOST = 1024


def call(*, address: str, headers: Mapping[str, str], content: bytes, seconds: int) -> rules.Answer:
    """Post once, follow nothing, and say what came of it; no fault of a receiver is raised.

    The name is looked up once and every number of it must be allowed; the one that was looked at is
    the one that is connected to. After so many seconds the line is cut, whatever it is doing.
    """
    try:
        parts = rules.split(address)
        rules.check_address(address, settings.HOOK_NETWORKS)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        number = _look_up(host, port)
    except Refused as refusal:
        return rules.Answer(None, refusal.code)
    except OSError as error:
        return rules.Answer(None, _words(error))
    line = _Line(host, port, number=number, seconds=seconds, safe=parts.scheme == "https")
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    return _answer(line, path, headers, content, seconds)


def _look_up(host: str, port: int) -> str:
    """Return the number to connect to; refuse a name that leads anywhere it may not."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    numbers = [str(one[4][0]).partition("%")[0] for one in found]
    for text in numbers:
        number = rules.number_of(text)
        if number is None or not rules.is_allowed(number, settings.HOOK_NETWORKS):
            raise rules.AddressInside(field="address")
    if not numbers:
        raise OSError("no such host")
    return numbers[0]


class _Line(http.client.HTTPConnection):
    """A connection to a number, by the name of its host for TLS and for the receiver."""

    def __init__(self, host: str, port: int, *, number: str, seconds: int, safe: bool) -> None:
        super().__init__(host, port, timeout=seconds)
        self._number, self._safe = number, safe
        self.held: socket.socket | None = None
        if safe:
            self.default_port = _PORTS["https"]

    def connect(self) -> None:
        """Open the line to the number that was looked at."""
        self.sock = self.held = socket.create_connection((self._number, self.port), self.timeout)
        if self._safe:
            context = ssl.create_default_context()
            named = self.host.strip("[]")
            self.sock = self.held = context.wrap_socket(self.sock, server_hostname=named)


def _answer(
    line: _Line, path: str, headers: Mapping[str, str], content: bytes, seconds: int
) -> rules.Answer:
    with _cut_after(line, seconds) as cut:
        try:
            line.request("POST", path, body=content, headers=dict(headers))
            answer = line.getresponse()
            answer.read(_READ_MOST)
        except (OSError, http.client.HTTPException) as error:
            late = cut.is_set() or isinstance(error, TimeoutError)
            return rules.Answer(None, "timeout" if late else _words(error))
    return rules.Answer(answer.status, f"HTTP {answer.status}")


@contextmanager
def _cut_after(line: _Line, seconds: int) -> Iterator[threading.Event]:
    """Cut the line when its time is over: a receiver that drips would keep it for ever."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        if line.held is not None:
            with suppress(OSError):
                line.held.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
        line.close()


def _words(error: Exception) -> str:
    """Return the kind of a fault; its text may hold what a receiver wrote, which nobody needs."""
    return type(error).__name__


def allowed_networks() -> Sequence[str]:
    """Return the networks besides the public one to which may be sent."""
    networks: Sequence[str] = settings.HOOK_NETWORKS
    return networks
