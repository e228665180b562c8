"""Worlds: what hundreds of tests begin with stands already, made once by each process.

A test that asks for the fixture of a world works in a copy of the database in which that world is
committed, and is rolled back as ever; what it is handed is a copy of the objects. Every other
test works where there is nothing. A world that stands on another begins as a copy of that one.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from django.db import connections
from pytest_django.plugin import DjangoDbBlocker

from foundation.people import services as people_services
from tests.database import Database, copied
from tests.factories import authorization, ledger, monitoring, people


@dataclass(frozen=True)
class World:
    """What is made, as the system, out of what stands below it."""

    name: str
    make: Callable[[Any], Any]
    on: World | None = None

    @property
    def fixture(self) -> str:
        """Return the name of the fixture that a test asks for it by, directly or not."""
        return f"standing_{self.name}"

    @property
    def depth(self) -> int:
        """Return how many worlds it stands on."""
        return 1 + self.on.depth if self.on else 0

    def over(self, other: World) -> bool:
        """Return whether the other is this world, or one that it stands on."""
        return self == other or (self.on is not None and self.on.over(other))


def every_place(bank: people.Branch) -> list[Any]:
    """Have one of everything in three places, and at each other house where a role is held."""
    # Late: what an address can be about is said beside the test that asks for every address.
    matrix = import_module("tests.architecture.test_permissions")
    homes = [getattr(bank, name) for name in sorted({*matrix.HOME_OF.values()} - {"outlet"})]
    first = matrix.three_places(bank)
    return [*first, *(matrix.place(bank, home, "the own house") for home in homes)]


BRANCH = World("branch", lambda _none: people.branch())
BANK = World("bank", lambda _none: people.bank())
COUNTER = World("counter", authorization.counter, on=BANK)
PLACE = World("place", lambda bank: monitoring.counter(bank.outlet), on=BANK)
BOOKS = World("books", lambda _none: ledger.bank())
PLACES = World("places", every_place, on=BANK)
WORLDS = (BRANCH, BANK, COUNTER, PLACE, BOOKS, PLACES)


class Standing:
    """The worlds that this process has made so far, and the one that the test is in."""

    def __init__(self, template: str) -> None:
        self.inside: World | None = None
        self._template = template
        self._databases: dict[World, Database] = {}
        self._objects: dict[World, bytes] = {}
        self._lines: dict[World, Any] = {}
        self._here: dict[World, Any] = {}
        self._dropped = ExitStack()

    def of(self, world: World) -> Any:
        """Return the objects of a world; make it here and now if the test is not in it."""
        if self.inside is not None and self.inside.over(world):
            return pickle.loads(self._objects[world])
        if world not in self._here:
            self._here[world] = _made(world, self.of(world.on) if world.on else None)
        return self._here[world]

    @contextmanager
    def entered(self, world: World | None) -> Iterator[None]:
        """Let Django's connection lead to a world, over a line that is kept open."""
        if world and world not in self._databases:
            self._build(world)
        with self._led_to(world) if world else nullcontext():
            self.inside = world
            try:
                yield
            finally:
                self.inside = None
                self._here.clear()

    def drop(self) -> None:
        """Drop the copies."""
        for line in self._lines.values():
            line.close()
        self._dropped.close()

    def _build(self, world: World) -> None:
        template, below = self._template, None
        if world.on:
            if world.on not in self._databases:
                self._build(world.on)
            template, below = self._databases[world.on].name, pickle.loads(self._objects[world.on])
            # What is copied must not be open; a line that broke was not kept.
            if line := self._lines.pop(world.on, None):
                line.close()
        self._databases[world] = self._dropped.enter_context(copied(template, f"_{world.name}"))
        with self._led_to(world):
            self._objects[world] = pickle.dumps(_made(world, below))

    @contextmanager
    def _led_to(self, world: World) -> Iterator[None]:
        connection, name = connections["default"], self._databases[world].name
        kept = connection.connection, connection.settings_dict["NAME"]
        connection.connection = self._lines.pop(world, None)
        # The same dictionary serves the connections of other threads.
        connection.settings_dict["NAME"] = name
        try:
            connection.ensure_connection()
            yield
        finally:
            if connection.connection is not None and not connection.connection.closed:
                self._lines[world] = connection.connection
            connection.connection, connection.settings_dict["NAME"] = kept


def _made(world: World, below: Any) -> Any:
    with people_services.acting_as_system(reason="test"):
        return world.make(below)


@pytest.fixture(scope="session")
def standing(template: str, connected: None) -> Iterator[Standing]:
    """Keep the worlds of this process."""
    kept = Standing(template)
    yield kept
    kept.drop()


@pytest.fixture
def django_db_setup(
    request: pytest.FixtureRequest, standing: Standing, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Lead the test to the highest world that it asks for (instead of pytest-django's own)."""
    asked = [world for world in WORLDS if world.fixture in request.fixturenames]
    highest = max(asked, key=lambda world: world.depth, default=None)
    with django_db_blocker.unblock(), standing.entered(highest):
        yield


def _fixture(world: World) -> Any:
    @pytest.fixture(name=world.fixture)
    def stands(standing: Standing, db: None) -> Any:
        return standing.of(world)

    return stands


standing_branch = _fixture(BRANCH)
standing_bank = _fixture(BANK)
standing_counter = _fixture(COUNTER)
standing_place = _fixture(PLACE)
standing_books = _fixture(BOOKS)
standing_places = _fixture(PLACES)
