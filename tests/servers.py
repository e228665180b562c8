"""The servers of this test run: its own throw-away pair, unless DATABASE_URL names others."""

import os

from ops_platform.stack.throwaway import Throwaway


def _own_servers() -> Throwaway | None:
    """Point the environment at servers of our own; they start when the first test needs them."""
    if os.environ.get("DATABASE_URL"):
        return None
    servers = Throwaway(kind=os.environ.get("OPS_TEST_SERVERS", ""))
    os.environ.update(servers.environment)
    return servers


# Workers of pytest-xdist inherit the environment of the process that started them, and so use
# the servers of that one.
OWN = _own_servers()
