"""Relay, beat and workers: a job is done once, whatever is away or dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from redis import Redis

from foundation.worklist import rules
from foundation.worklist import services as worklist
from foundation.worklist.models import Heartbeat, Job
from ops_platform import jobs, relay
from ops_platform.celery import QUEUE, app
from ops_platform.env import env
from ops_platform.schedule import SLOTS, Beat, Daily, Every

KIND = "foundation.worklist.tasks.expire_leases"
NOW = datetime(2026, 11, 23, 4, 0, 30, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]

# A task of a room of its own: slow at first, then one row as its effect.
DRILL = """
import time
from django.db import connection

def work(*, number, seconds):
    open("{SIGNS}/%s.begun" % number, "a").write("x")
    time.sleep(seconds)

    def commit():
        with connection.cursor() as line:
            line.execute("INSERT INTO drill_effect VALUES (%s)", [number])
    return commit
"""


@pytest.fixture
def broker() -> Iterator[Redis]:
    """Clear the broker's list before and after."""
    client = Redis.from_url(env.redis_url)
    client.delete(QUEUE)
    yield client
    client.delete(QUEUE)
    client.close()


def ready(count: int) -> list[int]:
    return [worklist.enqueue_job(kind=KIND, args={}) or 0 for _ in range(count)]


class TestRelay:
    @pytest.mark.usefixtures("committed_db")
    def test_it_rings_once_for_each_job(self, broker):
        ready(3)
        ringer = relay.Relay()

        ringer.pass_on()
        ringer.pass_on()

        assert broker.llen(QUEUE) == 3

    @pytest.mark.usefixtures("committed_db")
    def test_it_leaves_no_more_calls_in_the_broker_than_its_window(self, broker):
        ready(relay.WINDOW + 10)

        relay.Relay().pass_on()
        relay.Relay().pass_on()

        assert broker.llen(QUEUE) == relay.WINDOW

    @pytest.mark.usefixtures("committed_db")
    def test_it_rings_again_for_a_job_whose_worker_died(self, broker):
        (job_id,) = ready(1)
        worklist.claim_job(job_id=job_id)
        assert relay.ready_jobs(10) == []

        Job.objects.update(lease_until=NOW - timedelta(days=400))

        assert relay.ready_jobs(10) == [job_id]

    @pytest.mark.usefixtures("committed_db", "broker")
    def test_it_rings_the_more_important_first(self):
        first = worklist.enqueue_job(kind=KIND, args={}, priority=10)
        urgent = worklist.enqueue_job(kind=KIND, args={}, priority=50)

        assert relay.ready_jobs(10) == [urgent, first]

    @pytest.mark.usefixtures("committed_db")
    def test_it_works_off_jobs_itself_while_the_broker_is_away(self):
        ready(3)
        ringer = relay.Relay(Redis(unix_socket_path="/nowhere", socket_timeout=1))

        ringer.pass_on()

        assert ringer.broker_is_away
        assert set(Job.objects.values_list("state", flat=True)) == {rules.JOB_DONE}

    @pytest.mark.usefixtures("committed_db")
    def test_it_goes_back_to_a_broker_that_is_there_again(self, broker):
        ringer = relay.Relay(Redis(unix_socket_path="/nowhere", socket_timeout=1))
        ready(1)
        ringer.pass_on()
        ringer.broker, ringer.away_until = broker, 0
        ready(2)

        ringer.pass_on()

        assert broker.llen(QUEUE) == 2


class TestBeat:
    def test_a_slot_is_written_once_by_two_beats(self, db):
        assert Beat().write_due(at=NOW) == len(SLOTS)
        assert Beat().write_due(at=NOW) == 0

    def test_the_next_slot_waits_until_the_last_is_done(self, db):
        beat = Beat((Every(KIND, 15),))
        beat.write_due(at=NOW)

        assert beat.write_due(at=NOW + timedelta(seconds=20)) == 0
        Job.objects.update(state=rules.JOB_DONE, done_at=NOW)
        assert beat.write_due(at=NOW + timedelta(seconds=20)) == 1

    def test_of_what_was_missed_only_the_latest_is_made_up(self, db):
        slots = (Daily(KIND, clock(2)), Every(KIND, 60))
        Beat(slots).write_due(at=NOW)
        Job.objects.update(state=rules.JOB_DONE, done_at=NOW)

        assert Beat(slots).write_due(at=NOW + timedelta(days=3)) == 2

    def test_a_daily_job_is_made_up_after_its_hour(self, db):
        assert Beat((Daily(KIND, clock(2)),)).write_due(at=NOW) == 1
        assert Beat((Daily(KIND, clock(2)),)).write_due(at=NOW + timedelta(hours=1)) == 0

    @pytest.mark.parametrize(
        ("at", "latest"),
        [
            ("2026-11-23T01:59+08:00", "2026-11-22T02:00"),
            ("2026-11-23T02:00+08:00", "2026-11-23T02:00"),
        ],
    )
    def test_a_day_begins_by_the_banks_clock(self, at, latest):
        slot = Daily(KIND, clock(2))

        assert slot.latest(datetime.fromisoformat(at)) == datetime.fromisoformat(f"{latest}+08:00")

    def test_every_slot_leads_to_a_task(self):
        assert all(callable(jobs.task_of(slot.kind)) for slot in SLOTS)


class TestRunning:
    def test_a_job_that_killed_every_worker_is_given_up(self, db):
        worklist.enqueue_job(kind=KIND, args={})
        Job.objects.update(attempts=8, state="running", lease_until=NOW - timedelta(days=400))

        assert worklist.claim_job() is None
        assert worklist.bury_jobs() == 1
        assert Job.objects.get().state == rules.DEAD

    def test_a_worker_that_stops_hands_its_job_back(self, db):
        worklist.enqueue_job(kind=KIND, args={})
        job = worklist.claim_job()
        assert job is not None

        worklist.hand_back_job(job=job)

        again = worklist.claim_job()
        assert again is not None
        assert (again.job_id, again.attempts) == (job.job_id, 1)
        with pytest.raises(rules.LeaseLost):
            worklist.finish_job(job=job)

    def test_a_process_signs_by_the_clock_of_the_database(self, db):
        worklist.sign_of_life(process="beat", host="h", pid=1)
        worklist.sign_of_life(process="beat", host="h", pid=1)

        assert Heartbeat.objects.count() == 1

    def test_celery_takes_ids_only_and_keeps_nothing(self):
        assert app.conf.accept_content == ["json"]
        assert app.conf.result_backend is None
        assert (app.conf.task_acks_late, app.conf.worker_prefetch_multiplier) == (True, 1)


@pytest.fixture
def drill(committed_db, tmp_path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start processes of the platform that know one more task, drill.tasks.work."""
    (tmp_path / "drill").mkdir()
    (tmp_path / "drill" / "__init__.py").touch()
    tasks = DRILL.replace("{SIGNS}", str(tmp_path))
    (tmp_path / "drill" / "tasks.py").write_text(tasks)
    with committed_db.as_owner() as line:
        line.execute("CREATE TABLE drill_effect (number int)")
    environ = {
        **committed_db.environment(),
        "PYTHONPATH": f"{tmp_path}:{ROOT}",
        "DJANGO_SETTINGS_MODULE": "ops_platform.settings",
    }
    started = []

    def start(*words: str, **more: str) -> subprocess.Popen[bytes]:
        log = (tmp_path / "log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", *words], cwd=ROOT, env={**environ, **more},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def waited(condition: Callable[[], bool], seconds: int = 40) -> bool:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def fences(folder: Path) -> float:
    """Return how often a job met its fence, over all processes that count in the folder."""
    together = CollectorRegistry()
    MultiProcessCollector(together, str(folder))
    return together.get_sample_value("ops_fences_total", {"where": "job"}) or 0


def effects() -> list[int]:
    with connection.cursor() as line:
        line.execute("SELECT number FROM drill_effect ORDER BY number")
        return [row[0] for row in line.fetchall()]


def drills(count: int, seconds: float) -> None:
    for number in range(count):
        worklist.enqueue_job(kind="drill.tasks.work", args={"number": number, "seconds": seconds})


def take_over() -> None:
    """Be another worker, who takes every job that is being worked on."""
    with connection.cursor() as line:
        line.execute(
            "UPDATE worklist_job SET fence = fence + 1,"
            " lease_until = clock_timestamp() + interval '1 hour' WHERE state = 'running'"
        )


def let_leases_end() -> None:
    with connection.cursor() as line:
        line.execute(
            "UPDATE worklist_job SET lease_until = clock_timestamp() WHERE state = 'running'"
        )


WORKERS = ("manage.py", "run_workers", "-c", "2")
CELERY = (
    "-m", "celery", "-A", "ops_platform.celery", "worker", "-c", "2", "-l", "WARNING",
    "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip


@pytest.mark.slow
class TestKilled:
    def test_the_job_of_a_killed_worker_is_done_again_and_has_one_effect(self, drill, tmp_path):
        drills(4, 1.5)
        victim = drill(*WORKERS)
        assert waited(lambda: len(list(tmp_path.glob("*.begun"))) >= 2)

        os.killpg(victim.pid, signal.SIGKILL)
        let_leases_end()
        drill(*WORKERS)

        assert waited(lambda: Job.objects.filter(state=rules.JOB_DONE).count() == 4)
        assert effects() == [0, 1, 2, 3]
        begun = [path.read_text() for path in tmp_path.glob("*.begun")]
        assert "xx" in begun, "the killed worker's job was begun twice"

    @pytest.mark.parametrize("words", [WORKERS, CELERY], ids=["loop", "celery"])
    @pytest.mark.usefixtures("broker")
    def test_a_worker_told_to_stop_finishes_what_it_has(self, drill, tmp_path, words):
        drills(1, 1.5)
        worker = drill(*words)
        relay.Relay().pass_on()
        assert waited(lambda: bool(list(tmp_path.glob("*.begun"))))

        worker.send_signal(signal.SIGTERM)

        assert worker.wait(15) == 0
        assert effects() == [0]

    @pytest.mark.parametrize(
        "words",
        [(*WORKERS, "--stop-seconds", "1"), (*CELERY, "--", "worker.soft_shutdown_timeout=1")],
        ids=["loop", "celery"],
    )
    @pytest.mark.usefixtures("broker")
    def test_a_worker_told_to_stop_hands_back_what_takes_too_long(self, drill, tmp_path, words):
        drills(1, 30)
        worker = drill(*words)
        relay.Relay().pass_on()
        assert waited(lambda: bool(list(tmp_path.glob("*.begun"))))

        worker.send_signal(signal.SIGTERM)

        assert waited(lambda: Job.objects.get().state == rules.READY, seconds=10)
        assert Job.objects.get().attempts == 0
        worker.wait(15)
        assert effects() == []

    def test_a_worker_that_lost_its_job_changes_nothing_and_is_counted(self, drill, tmp_path):
        counts = tmp_path / "counts"
        counts.mkdir()
        drills(1, 1.5)
        drill(*WORKERS, PROMETHEUS_MULTIPROC_DIR=str(counts))
        assert waited(lambda: bool(list(tmp_path.glob("*.begun"))))

        take_over()

        assert waited(lambda: fences(counts) == 1)
        assert effects() == []

    def test_relay_and_celery_do_what_the_table_asks_for(self, drill, broker):
        drill(*CELERY)
        drill("manage.py", "run_relay")
        drills(5, 0.1)

        assert waited(lambda: effects() == [0, 1, 2, 3, 4]), (broker.llen(QUEUE), effects())
        assert waited(lambda: broker.llen(QUEUE) == 0)
        assert {"relay", "worker"} <= set(Heartbeat.objects.values_list("process", flat=True))


@pytest.mark.slow
class TestDown:
    """Of real processes one is killed at a time, and the probe says which."""

    def test_the_probe_tells_which_process_was_killed(self, drill, broker, client, settings):
        settings.READY_SILENT_SECONDS = 6
        knobs = {"OPS_SILENT_SECONDS": "6"}
        commands = {
            "beat": ("manage.py", "run_beat"),
            "relay": ("manage.py", "run_relay"),
            "worker": CELERY,
        }
        running = {name: drill(*words, **knobs) for name, words in commands.items()}
        assert waited(lambda: silent(client) == set())

        for name, words in commands.items():
            os.killpg(running[name].pid, signal.SIGKILL)

            assert waited(lambda name=name: silent(client) == {name}, seconds=20), silent(client)
            drill(*words, **knobs)
            assert waited(lambda: silent(client) == set()), silent(client)

    @pytest.mark.parametrize("words", [WORKERS, CELERY], ids=["loop", "celery"])
    def test_a_worker_lives_while_neither_beat_nor_relay_do(
        self, drill, broker, client, settings, words
    ):
        settings.READY_SILENT_SECONDS = 6
        drill(*words, OPS_SILENT_SECONDS="6")

        assert waited(lambda: silent(client) == {"beat", "relay"})
        time.sleep(8)
        assert silent(client) == {"beat", "relay"}

    def test_a_relay_that_works_jobs_off_is_no_worker(self, committed_db, client):
        ready(1)

        relay.Relay(Redis(unix_socket_path="/nowhere", socket_timeout=1)).pass_on()

        assert set(Job.objects.values_list("state", flat=True)) == {rules.JOB_DONE}
        assert "worker" in silent(client)


def silent(client: Client) -> set[str]:
    """Return which kinds of processes the probe does not hear of."""
    checks = client.get("/readyz").json()["checks"]
    return {name for name in jobs.PROCESSES if not checks[name]["ok"]}
