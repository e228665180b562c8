"""The servers of this test run: its own throw-away pair, unless DATABASE_URL names others."""

import os
from pathlib import Path

from ops_platform.stack.throwaway import Throwaway

# Where the pair of this run lies, for the processes of a divided run.
_HOME = "TEST_SERVERS_HOME"


def _own_servers() -> Throwaway | None:
    """Point the environment at servers of our own; they start when the first test needs them."""
    if os.environ.get("DATABASE_URL"):
        return None
    servers = Throwaway(kind=os.environ.get("OPS_TEST_SERVERS", ""))
    os.environ.update(servers.environment)
    os.environ[_HOME] = str(servers.home)
    return servers


def _pair() -> Throwaway | None:
    """Return the pair that this run uses, whichever of its processes runs it."""
    home = os.environ.get(_HOME)
    if OWN or not home:
        return OWN
    return Throwaway(kind=os.environ.get("OPS_TEST_SERVERS", ""), attach=Path(home))


# Workers of pytest-xdist inherit the environment of the process that started them, and so use
# the servers of that one.
OWN = _own_servers()
# The same pair in every process; None when DATABASE_URL names servers that are not ours.
PAIR = _pair()
