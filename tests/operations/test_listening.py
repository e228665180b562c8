"""Answers are sent at once: no page waits until the browser has confirmed its head."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from ops_platform import serve


class Kept(asyncio.Protocol):
    """A connection that tells whether what is written to it is sent at once."""

    def __init__(self, told: asyncio.Future[int]) -> None:
        self.told = told

    def connection_made(self, transport: Any) -> None:
        line = transport.get_extra_info("socket")
        self.told.set_result(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        transport.close()


async def sends_at_once(listening: socket.socket) -> bool:
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    server = await asyncio.get_running_loop().create_server(lambda: Kept(told), sock=listening)
    with socket.create_connection(listening.getsockname()):
        found = await asyncio.wait_for(told, 5)
    server.close()
    return bool(found)


def own() -> int | None:
    return None


def inherited() -> int:
    return socket.create_server(("127.0.0.1", 0)).detach()


@pytest.mark.parametrize("given", [own, inherited])
def test_what_is_written_is_sent_at_once(given, monkeypatch):
    monkeypatch.setattr(serve, "env", replace(serve.env, listen="127.0.0.1", port=0))

    opened = serve.listening(given())

    # In a thread of its own: the browser of other tests has a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, sends_at_once(opened)).result()
