"""One web process: `python -m ops_platform.serve --fd 5`, or `--port 8000` without a supervisor."""

import argparse
import asyncio
import gc
import socket
import sys
from importlib import import_module
from typing import Any

import uvicorn

from ops_platform.env import Env, env

_GRACE_SECONDS = 8
_OBJECTS_A_ROUND = 20_000


def config(env: Env) -> uvicorn.Config:
    """Return how uvicorn serves: no server header, no access log (ours is in middleware.py)."""
    tls: dict[str, Any] = {}
    if env.public:
        secrets = env.var / "secrets"
        tls = {"ssl_certfile": secrets / "tls.crt", "ssl_keyfile": secrets / "tls.key"}
    return uvicorn.Config(
        "ops_platform.asgi:application",
        interface="asgi3",
        lifespan="off",
        ws="none",
        server_header=False,
        access_log=False,
        log_config=None,
        proxy_headers=bool(env.proxies),
        # Read from the right up to the first that is no proxy: what a caller wrote is left of it.
        forwarded_allow_ips=list(env.proxies),
        backlog=512,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        **tls,
    )


class _Server(uvicorn.Server):
    """Ends the live streams first: they would hold the process until its grace is over."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        feed = sys.modules.get("foundation.ui.feed")
        if feed:
            feed.hub.close()
        await super().shutdown(sockets)


def settle() -> None:
    """Take what was loaded out of the collector's rounds: it stays until the process ends.

    Otherwise a full round walks through all of the code's objects in the middle of a request.
    """
    import_module("ops_platform.asgi")
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_ROUND)


def check_scopes() -> None:
    """Refuse to serve what the database would show to anybody."""
    import_module("ops_platform.booting").check_scopes()


def listening(fd: int | None) -> socket.socket:
    """Return the socket of the supervisor, or one of our own; answers on it are sent at once.

    Asyncio says so for each connection only of a socket that names TCP as its protocol, which one
    made here does not. Otherwise a page waits behind its own head until the browser has confirmed
    that, which browsers put off for 40 ms.
    """
    if fd is None:
        opened = socket.create_server((env.listen or "127.0.0.1", env.port), backlog=512)
    else:
        opened = socket.socket(fileno=fd)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    opened.setblocking(False)  # noqa: FBT003 - its only form
    return opened


def main(words: list[str]) -> None:
    """Serve on a socket inherited from the supervisor, or on one of our own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fd", type=int, help="listening socket inherited from the supervisor")
    options = parser.parse_args(words)
    opened = listening(options.fd)
    settle()
    check_scopes()
    asyncio.run(_Server(config(env)).serve(sockets=[opened]))


if __name__ == "__main__":
    main(sys.argv[1:])
