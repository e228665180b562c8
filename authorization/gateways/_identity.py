"""The network of identity numbers, in which the police say whose number a number is.

The real network is reached from inside a bank only, so what stands here is what a client of it has
to be (`IdNetwork`), a simulator of it, and a line that is never there. `OPS_ID_NETWORK` chooses.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol

from django.conf import settings

from authorization import rules

# The simulator answers by the three digits before the check digit; any other number agrees.
ANSWERS: Mapping[str, str] = {
    "991": rules.NAME_DIFFERS,
    "992": rules.NO_SUCH_NUMBER,
    "993": rules.PHOTO_DIFFERS,
}
BROKEN, SLOW = "994", "995"
SLOW_SECONDS = 600


class NetworkDown(Exception):
    """The network did not answer, or not in time."""


class IdNetwork(Protocol):
    """What a client of the network does: it answers within the seconds or raises NetworkDown."""

    def __call__(self, *, name: str, number: str, seconds: int) -> str:
        """Return one of the answers of `rules.ID_RESULTS` except that it is down."""
        ...


def ask_network(*, name: str, number: str) -> str:
    """Return what the network says of a name and a number; that it is down is an answer too.

    It takes at most `OPS_ID_NETWORK_SECONDS`, so that no thread waits on it for longer.
    """
    ask = _NETWORKS[settings.OPS_ID_NETWORK]
    try:
        said = ask(name=name, number=number, seconds=settings.OPS_ID_NETWORK_SECONDS)
    except NetworkDown:
        return rules.NETWORK_DOWN
    if said not in rules.ID_RESULTS:
        raise ValueError(f"the network said {said!r}, which is no answer")
    return said


def _simulated(*, name: str, number: str, seconds: int) -> str:  # noqa: ARG001 -- as a client has it
    shape = number[14:17]
    if shape == SLOW:
        time.sleep(min(SLOW_SECONDS, seconds))
    if shape in (BROKEN, SLOW):
        raise NetworkDown
    return ANSWERS.get(shape, rules.MATCH)


def _unreachable(*, name: str, number: str, seconds: int) -> str:  # noqa: ARG001 -- as a client has it
    raise NetworkDown


_NETWORKS: Mapping[str, Callable[..., str]] = {"simulator": _simulated, "none": _unreachable}
