"""Where a request comes from is what our own proxies say, never what its sender wrote."""

from __future__ import annotations

import asyncio
import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ops_platform import serve
from ops_platform.env import Env

PROXY, TERMINAL = "10.20.0.2", "10.1.1.7"


def seen_from(proxies: tuple[str, ...], sender: str, forwarded: str) -> str:
    """Return the address that the platform takes a request to come from."""
    config = serve.config(dataclasses.replace(Env.load({}), proxies=proxies))
    found: list[str] = []

    async def platform(scope: Any, _receive: Any, _send: Any) -> None:
        found.append(scope["client"][0])

    served: Any = platform
    if config.proxy_headers:
        served = ProxyHeadersMiddleware(platform, trusted_hosts=config.forwarded_allow_ips)
    headers = [(b"x-forwarded-for", forwarded.encode())]
    scope = {"type": "http", "client": (sender, 40000), "scheme": "http", "headers": headers}
    # In a thread of its own: the browser of other tests has a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, served(scope, None, None)).result()
    return found[0]


@pytest.mark.parametrize(
    ("proxies", "sender", "forwarded", "seen"),
    [
        ((), PROXY, TERMINAL, PROXY),
        ((PROXY,), PROXY, TERMINAL, TERMINAL),
        ((PROXY,), PROXY, f"6.6.6.6, {TERMINAL}", TERMINAL),
        ((PROXY,), TERMINAL, "6.6.6.6", TERMINAL),
        (("10.20.0.0/16",), PROXY, f"6.6.6.6, {TERMINAL}, 10.20.0.9", TERMINAL),
    ],
    ids=["no proxy", "ours", "ours after a lie", "not ours", "two of a network"],
)
def test_the_terminal_is_what_our_own_proxy_saw(proxies, sender, forwarded, seen):
    assert seen_from(proxies, sender, forwarded) == seen
