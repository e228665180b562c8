"""Processes that do the same thing again and again, each on its own connection."""

from __future__ import annotations

import multiprocessing
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

Act = Callable[[], None]


def count(*, clients: int, seconds: int, begin: Callable[[int], Act]) -> int:
    """Return how often so many processes could act in the time.

    `begin` is called in each of them with its place, before the clock runs.
    """
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(clients)
    ends: list[Connection] = []
    children = []
    for place in range(clients):
        mine, theirs = context.Pipe(duplex=False)
        ends.append(mine)
        child = context.Process(target=_work, args=(begin, place, gate, seconds, theirs))
        child.start()
        children.append(child)
        theirs.close()
    done = sum(int(end.recv()) for end in ends)
    for child in children:
        child.join()
    return done


def _work(
    begin: Callable[[int], Act],
    place: int,
    gate: Barrier,
    seconds: int,
    answer: Connection,
) -> None:
    act = begin(place)
    act()
    gate.wait(timeout=60)
    until, done = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        act()
        done += 1
    answer.send(done)


def tell(figure: int) -> None:
    """Print the figure for the process that asked."""
    sys.stdout.write(f"{figure}\n")
