"""Several hosts, one database, one broker: one is cut off at work, one dies, one comes back late.

Nothing is lost and nothing has two effects; what the host that was cut off commits late is refused.
Host b reaches the database through a pool of its own where PgBouncer is installed.
"""

from __future__ import annotations

import os
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.cookiejar import Cookie
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from psycopg2.extensions import parse_dsn

from authorization.models import Decision, Request
from foundation.ledger.models import Entry
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.policy.models import Policy
from foundation.worklist import services as worklist
from foundation.worklist.models import Holding, Job
from ops_platform.env import env
from tests import hosts, pooler
from tests.counter import DECIDE, Desk
from tests.factories import authorization as factory
from tests.factories import people
from tests.hosts import Host, waited

pytestmark = pytest.mark.slow

BACKEND = "django.contrib.auth.backends.ModelBackend"
SLOW, QUICK, AFTER = 4, 20, 4
# Longer than it takes to cut a host off, shorter than a lease.
SLOW_SECONDS = 3.0
TASK = """
import os, time
from django.db import connection

def work(*, number, seconds):
    open("{SIGNS}/%s.%s" % (number, os.environ["DRILL_HOST"]), "a").write("x")
    time.sleep(seconds)

    def commit():
        with connection.cursor() as line:
            line.execute("INSERT INTO drill_effect VALUES (%s, %s)",
                         [number, os.environ["DRILL_HOST"]])
    return commit
"""


@dataclass
class Bank:
    """One item that waits, and two authorizers."""

    item: Request
    first: Staff
    second: Staff


@dataclass
class World:
    """The hosts, and where their signs of work lie."""

    a: Host
    b: Host
    c: Host
    signs: Path
    environs: dict[str, dict[str, str]]

    def worker(self, host: Host) -> None:
        """Start a worker on a host."""
        host.start(("manage.py", "run_workers", "-c", "2"), self.environs[host.name])

    def web(self, host: Host) -> None:
        """Start a web process on a host."""
        host.start(("-m", "ops_platform.serve"), self.environs[host.name])

    def begun(self, host: Host) -> set[int]:
        """Return the jobs that a host has begun."""
        return {int(path.stem) for path in self.signs.glob(f"*.{host.name}")}


@pytest.fixture
def bank(committed_db, settings, tmp_path) -> Bank:
    """Open a branch with one item above the limit; an authorizer holds an item for 3 seconds."""
    settings.MEDIA_ROOT = tmp_path / "images"
    with people_services.acting_as_system(reason="test"):
        opened = people.branch()
        risk = people.staff(opened.branch, "risk_manager")
        people.numbers(people.staff(opened.branch, "ops_manager"), risk)
        counter = factory.counter(opened)
        teller = people.staff(opened.outlet, "teller", name="王晓雯")
        first, second = (people.staff(opened.centre, "authorizer", grade=5) for _ in "12")
        item = factory.sent(teller, factory.withdrawal(counter))
    with committed_db.as_owner() as line:
        line.execute("SELECT set_config('app.scope', '*', false)")
        line.execute("ALTER TABLE policy_policy DISABLE TRIGGER USER")
        line.execute(
            "UPDATE policy_policy SET value = '3' WHERE code = 'authorization.lease_seconds'"
        )
        line.execute("ALTER TABLE policy_policy ENABLE TRIGGER USER")
        line.execute("CREATE TABLE drill_effect (number int, host text)")
        # The jobs of the item itself are not what this is about.
        line.execute("DELETE FROM worklist_job")
    assert Policy.objects.filter(value="3").exists()
    return Bank(item, first, second)


@pytest.fixture
def world(bank, committed_db, tmp_path, capsys) -> Iterator[World]:
    """Connect three hosts: a and c directly, b through a pool of its own."""
    (tmp_path / "drill").mkdir()
    (tmp_path / "drill" / "__init__.py").touch()
    (tmp_path / "drill" / "tasks.py").write_text(TASK.replace("{SIGNS}", str(tmp_path)))
    given = parse_dsn(env.dsn("owner"))
    postgres = Path(given["host"]) / f".s.PGSQL.{given['port']}"
    redis = Path(env.redis_url.removeprefix("unix://"))
    own_network = hosts.namespaces_allowed()
    pooled = pooler.program() is not None
    with capsys.disabled():
        kind = "network namespaces" if own_network else "process groups (no namespaces here)"
        sys.stderr.write(f"\n{kind}; second pool: {'PgBouncer' if pooled else 'not installed'}\n")
    with ExitStack() as stack:
        pool = stack.enter_context(pooler.pooling(committed_db.name, size=4)) if pooled else None
        through = pool.folder / f".s.PGSQL.{pooler.PORT}" if pool else postgres
        a, b, c = (
            stack.enter_context(
                hosts.host(
                    name, place, postgres=path, redis=redis, log=tmp_path / f"{name}.log",
                    own_network=own_network,
                )
            )
            for place, (name, path) in enumerate(
                {"a": postgres, "b": through, "c": postgres}.items()
            )
        )  # fmt: skip
        environs = {one.name: environ(one, given, committed_db.name, tmp_path) for one in (a, b, c)}
        if pool:
            environs["b"]["OPS_DIRECT_URL"] = committed_db.dsn("owner")
        yield World(a, b, c, tmp_path, environs)


def environ(one: Host, given: dict[str, str], database: str, folder: Path) -> dict[str, str]:
    """Return the environment of a host's processes: the servers are where its network leads."""
    user = f"{given['user']}:{given['password']}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{user}@{one.servers}:{one.ports[0]}/{database}",
        "REDIS_URL": f"redis://{one.servers}:{one.ports[1]}/0",
        "OPS_VAR": str(folder),
        "OPS_TOTP": "off",
        "OPS_PORT": "8000" if one.own_network else str(hosts._free()),  # noqa: SLF001
        "OPS_LISTEN": one.address,
        "OPS_HOSTS": one.address,
        "PYTHONPATH": f"{folder}:{Path(__file__).resolve().parents[2]}",
        "DJANGO_SETTINGS_MODULE": "ops_platform.settings",
        "DRILL_HOST": one.name,
    }


def put(numbers: range, seconds: float) -> None:
    for number in numbers:
        worklist.enqueue_job(kind="drill.tasks.work", args={"number": number, "seconds": seconds})


def effects() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    with connection.cursor() as line:
        line.execute("SELECT number, host FROM drill_effect ORDER BY number, host")
        for number, name in line.fetchall():
            found.setdefault(number, []).append(name)
    return found


def desk(world: World, on: Host, person: Staff) -> Desk:
    """Return a signed-in person whose pages come from a host."""
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    port = world.environs[on.name]["OPS_PORT"]
    opened = Desk(f"http://{on.address}:{port}", person.number)
    opened._cookies.set_cookie(  # noqa: SLF001
        Cookie(
            version=0, name="ops_session", value=browser.cookies["ops_session"].value, port=None,
            port_specified=False, domain=on.address, domain_specified=True,
            domain_initial_dot=False, path="/", path_specified=True, secure=False, expires=None,
            discard=True, comment=None, comment_url=None, rest={},
        )
    )  # fmt: skip
    return opened


def opened_item(at: Desk) -> dict[str, str]:
    """Return what the desk shows: the item, its content and its fence."""
    _status, page = at.call("/authorization/workbench/")
    found = DECIDE.search(page)
    assert found, page[:2000]
    return found.groupdict()


def decided(at: Desk, shown: dict[str, str]) -> int:
    typed = {"step": "approve", "shown": shown["shown"], "fence": shown["fence"]}
    return at.call(shown["path"], urllib.parse.urlencode(typed).encode())[0]


def test_one_host_is_cut_off_one_dies_and_nothing_is_lost_or_doubled(world, bank):
    a, b, c = world.a, world.b, world.c
    world.web(a)
    world.web(b)
    world.worker(a)
    world.worker(c)
    put(range(SLOW), SLOW_SECONDS)
    early, late = desk(world, a, bank.first), desk(world, b, bank.second)
    waited(lambda: world.begun(a) and world.begun(c), 30, "both hosts to begin")
    hung, dead = world.begun(a), world.begun(c)

    a.cut_off()
    c.kill()
    world.worker(b)
    put(range(SLOW, SLOW + QUICK), 0.02)

    waited(lambda: len(effects()) == SLOW + QUICK, 60, "the other host to take over")
    assert all(effects()[number] == ["b"] for number in hung | dead)
    a.bring_back()
    mine = opened_item(early)
    let_the_lease_of_the_first_person_end(a, late, mine)
    refused = decided(early, mine)
    waited(lambda: fenced(a) >= len(hung), 60, "the late commits to be refused")
    b.kill()
    put(range(SLOW + QUICK, SLOW + QUICK + AFTER), 0.02)
    waited(lambda: len(effects()) == SLOW + QUICK + AFTER, 30, "the first host to work again")

    assert refused == 409
    nothing_is_lost_or_doubled(bank)


def let_the_lease_of_the_first_person_end(a: Host, late: Desk, mine: dict[str, str]) -> None:
    """Cut the first person's host off; the second gets the item and decides it elsewhere."""
    a.cut_off()
    shown: list[dict[str, str]] = []

    def came() -> bool:
        _status, page = late.call("/authorization/workbench/")
        found = DECIDE.search(page)
        if found:
            shown.append(found.groupdict())
        return bool(shown)

    waited(came, 15, "the lease of the first person to end")
    assert (shown[0]["number"], int(shown[0]["fence"])) == (mine["number"], int(mine["fence"]) + 1)
    assert decided(late, shown[0]) == 200
    a.bring_back()


def fenced(host: Host) -> int:
    return host.log.read_text().count("job.fenced")


def nothing_is_lost_or_doubled(bank: Bank) -> None:
    found = effects()
    assert sorted(found) == list(range(SLOW + QUICK + AFTER))
    assert all(len(by) == 1 for by in found.values())
    drills = Job.objects.filter(kind="drill.tasks.work")
    assert set(drills.values_list("state", flat=True)) == {"done"}
    with people_services.acting_as_system(reason="test"):
        bank.item.refresh_from_db()
        assert bank.item.state == "posted"
        assert list(
            Decision.objects.filter(request=bank.item).values_list("decider_id", flat=True)
        ) == [bank.second.pk]
        assert Entry.objects.filter(subject=bank.item.subject).count() == 1
        (ended, _finished) = Holding.objects.order_by("fence").values_list("ended_by", flat=True)
        assert ended == "expired"
