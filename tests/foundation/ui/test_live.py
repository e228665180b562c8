"""Live events: told after the commit, to those they are about, again after a lost connection."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from foundation.people import services as acting
from foundation.ui import feed, live
from tests.browser import session_of
from tests.factories import people


class Stream:
    """A browser's end of /live/, without a network between."""

    def __init__(self, key: str = "", topics: str = "authorization", method: str = "GET") -> None:
        cookie = f"ops_session={key}".encode()
        self.scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": "/live/",
            "query_string": f"topics={topics}".encode(),
            "headers": [(b"cookie", cookie)] if key else [],
        }
        self.said: list[str] = []
        self.status = 0
        self.leave = asyncio.Event()
        self.task: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def receive(self) -> dict[str, Any]:
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.said.append(message.get("body", b"").decode())

    def start(self) -> Stream:
        work = feed.application(self.scope, self.receive, self.send)
        self.task = asyncio.ensure_future(work)
        return self

    async def opened(self) -> Stream:
        self.start()
        await until(lambda: self.status or self.task.done())
        await until(lambda: feed.hub.hearing or self.status != 200)
        # The first look of every page, whatever was told before it listened.
        await asyncio.sleep(0.05)
        self.said.clear()
        return self

    @property
    def topics(self) -> list[str]:
        lines = "".join(self.said).splitlines()
        return [json.loads(line[6:])["topic"] for line in lines if line.startswith("data: {")]


async def until(true: Any, seconds: int = 5) -> None:
    for _turn in range(seconds * 100):
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


@pytest.fixture
def hub(monkeypatch):
    own = feed.Hub()
    monkeypatch.setattr(feed, "hub", own)
    return own


@pytest.fixture
def bank(committed_db):
    return people.branch()


def say(topic: str, institution: Any) -> None:
    with transaction.atomic():
        live.tell(topic, institution.pk)


def heard(story: Any) -> None:
    async def told() -> None:
        try:
            await story
        finally:
            await asyncio.to_thread(feed.hub.finish)

    # A thread of its own: the browser's loop may still turn in this one.
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, told()).result()


async def in_thread(work: Any, *given: Any) -> Any:
    return await feed.hub.in_thread(work, *given)


def test_a_change_is_told_to_those_who_may_see_the_institution(hub, bank):
    own = session_of(people.staff(bank.outlet, "teller"))
    other = session_of(people.staff(bank.elsewhere, "teller"))
    above = session_of(people.staff(bank.branch, "ops_manager"))

    async def story() -> None:
        streams = [await Stream(key).opened() for key in (own, other, above)]
        await in_thread(say, "authorization", bank.outlet)
        await until(lambda: streams[0].topics and streams[2].topics)
        await asyncio.sleep(0.1)
        assert [stream.topics for stream in streams] == [["authorization"], [], ["authorization"]]
        hub.close()
        await asyncio.gather(*(stream.task for stream in streams))

    heard(story())


def test_only_the_topics_asked_for_are_told_with_those_below_them(hub, bank):
    key = session_of(people.staff(bank.branch, "ops_manager"))

    async def story() -> None:
        stream = await Stream(key, topics="worklist,monitoring.audit").opened()
        for topic in ("authorization", "worklist.authorization", "monitoring", "worklister"):
            await in_thread(say, topic, bank.outlet)
        await until(lambda: stream.topics)
        await asyncio.sleep(0.1)
        assert stream.topics == ["worklist.authorization"]
        hub.close()
        await stream.task

    heard(story())


def test_what_is_rolled_back_is_never_told(hub, bank):
    key = session_of(people.staff(bank.branch, "ops_manager"))

    def half() -> None:
        with transaction.atomic():
            live.tell("authorization", bank.outlet.pk)
            transaction.set_rollback(True)

    async def story() -> None:
        stream = await Stream(key).opened()
        await in_thread(half)
        await asyncio.sleep(0.2)
        assert not stream.topics
        hub.close()
        await stream.task

    heard(story())


def test_a_message_for_one_person_is_told_to_nobody_else(hub, bank):
    teller, colleague = (people.staff(bank.outlet, "teller") for _ in range(2))
    keys = [session_of(teller), session_of(colleague)]

    def tell_the_teller() -> None:
        with transaction.atomic():
            live.tell_person("notices", teller.pk)

    async def story() -> None:
        streams = [await Stream(key, topics="notices").opened() for key in keys]
        await in_thread(tell_the_teller)
        await until(lambda: streams[0].topics)
        assert not streams[1].topics
        hub.close()
        await asyncio.gather(*(stream.task for stream in streams))

    heard(story())


def call(item: int, institution: Any) -> None:
    with transaction.atomic():
        live.call("waiting.authorization", institution.pk, item)


def take(item: int, institution: Any) -> None:
    sql = live.TAKEN_SQL.format(topic="'worklist.authorization'", institution="%s", item="%s")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [item, institution.pk])


def test_what_nobody_takes_is_called_at_every_desk_that_may_see_it(hub, bank):
    keys = [session_of(people.staff(bank.centre, "authorizer")) for _ in range(3)]
    other = session_of(people.staff(bank.elsewhere, "teller"))

    async def story() -> None:
        streams = [await Stream(key, topics="waiting.authorization").opened() for key in keys]
        stranger = await Stream(other, topics="waiting.authorization").opened()
        await in_thread(call, 7, bank.outlet)
        await until(lambda: all(stream.topics for stream in streams))
        assert {*streams[0].topics} == {"waiting.authorization"}
        assert not stranger.topics
        hub.close()
        await asyncio.gather(*(stream.task for stream in (*streams, stranger)))

    heard(story())


def test_once_one_desk_has_taken_it_no_other_is_called(hub, bank, monkeypatch):
    monkeypatch.setattr(feed, "CALL_SECONDS", 1.5)
    keys = [session_of(people.staff(bank.centre, "authorizer")) for _ in range(3)]

    async def story() -> None:
        streams = [await Stream(key, topics="waiting.authorization").opened() for key in keys]
        await in_thread(call, 7, bank.outlet)
        await until(lambda: any(stream.topics for stream in streams))
        await in_thread(take, 7, bank.outlet)
        await asyncio.sleep(1.7)
        assert sum(len(stream.topics) for stream in streams) == 1
        hub.close()
        await asyncio.gather(*(stream.task for stream in streams))

    heard(story())


def test_another_item_is_called_all_the_same(hub, bank):
    key = session_of(people.staff(bank.centre, "authorizer"))

    async def story() -> None:
        stream = await Stream(key, topics="waiting.authorization").opened()
        await in_thread(take, 7, bank.outlet)
        await in_thread(call, 8, bank.outlet)
        await until(lambda: stream.topics)
        hub.close()
        await stream.task

    heard(story())


@pytest.mark.parametrize(
    ("key", "method", "status"), [("", "GET", 401), ("stolen", "GET", 401), ("", "POST", 405)]
)
def test_who_is_not_signed_in_hears_nothing(hub, bank, key, method, status):
    async def story() -> None:
        stream = Stream(key, method=method).start()
        await stream.task
        assert stream.status == status

    heard(story())


def test_who_signs_in_elsewhere_or_leaves_the_bank_hears_nothing(hub, bank):
    staff = people.staff(bank.outlet, "teller")
    key = session_of(staff)
    assert feed.listener_of(key)

    acting.start_session(staff=staff, at=timezone.now(), where="10.0.0.2")
    assert feed.listener_of(key) is None

    staff.refresh_from_db()
    key = session_of(staff)
    assert feed.listener_of(key)
    staff.is_active = False
    staff.save(update_fields=["is_active"])
    assert feed.listener_of(key) is None


def test_no_more_pages_are_taken_than_a_process_can_serve(hub, bank, monkeypatch):
    monkeypatch.setattr(feed, "PAGES_MAX", 1)
    key = session_of(people.staff(bank.outlet, "teller"))

    async def story() -> None:
        first = await Stream(key).opened()
        second = Stream(key).start()
        await second.task
        assert second.status == 503
        first.leave.set()
        first_page = next(iter(hub.pages))
        first_page.bell.set()
        await first.task
        assert not hub.pages

    heard(story())


def test_after_a_lost_connection_every_page_looks_again(hub, bank):
    key = session_of(people.staff(bank.outlet, "teller"))

    def cut() -> None:
        with connection.cursor() as line:
            line.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )

    async def story() -> None:
        stream = await Stream(key).opened()
        await in_thread(cut)
        await until(lambda: feed.ANYTHING in stream.topics)
        await in_thread(say, "authorization", bank.outlet)
        await until(lambda: "authorization" in stream.topics)
        hub.close()
        await stream.task

    heard(story())


def test_the_end_of_the_process_ends_every_stream_at_once(hub, bank):
    key = session_of(people.staff(bank.outlet, "teller"))

    async def story() -> None:
        stream = await Stream(key).opened()
        hub.close()
        await asyncio.wait_for(stream.task, 1)

    heard(story())
