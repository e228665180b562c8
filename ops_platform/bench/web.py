"""Server time of the main pages with one item behind them and with 100,000, in turn.

Two databases of the same bank are measured in the same run: in one a single item of each kind was
played through the services, the other has 100,000 real ones besides (see `bank/`). Every page is
asked of both alternately, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import gzip
import time
from dataclasses import dataclass
from decimal import Decimal

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from authorization.models import Request
from foundation.people.models import Staff
from foundation.people.services import acting_as_system
from foundation.worklist.models import WorkItem
from monitoring.models import Match
from ops_platform.bench import databases
from ops_platform.bench.bank import FIRST, MORE, found, grow, play
from ops_platform.bench.rows import Row, compared, limited, percentile
from ops_platform.serve import settle

ONE, MANY = "bench_one", "bench_many"
_HOST = "127.0.0.1"
_ROUNDS, _WARM_UP = 60, 6
_MOST = Decimal("1.5")
_LIST_MS, _LIST_KB, _PART_KB = Decimal(120), Decimal(60), Decimal(12)


@dataclass(frozen=True)
class Page:
    """Whose page, where, and whether it is a list of fifty rows; braces are keys of `_keys`."""

    what: str
    number: str
    address: str
    lists: bool = False
    part: bool = False


PAGES = (
    Page("workbench", "210020", "/authorization/workbench/"),
    Page("teller's own items", "220101", "/authorization/mine/", lists=True),
    Page("authorization items", "210011", "/authorization/items/", lists=True),
    Page("matched items' list", "210001", "/authorization/items/?state=posted", lists=True),
    Page("authorization item", "210011", "/authorization/item/{request}/"),
    Page("queues", "200020", "/worklist/"),
    Page("queue", "200020", "/worklist/queue/authorization/", lists=True),
    Page("work item", "200020", "/worklist/item/{work_item}/"),
    Page("audit desk", "212014", "/monitoring/audit/"),
    Page("pairs", "212001", "/monitoring/matches/", lists=True),
    Page("pair", "212001", "/monitoring/match/{match}/"),
    Page("outlet's day", "212001", "/monitoring/day/?under={outlet}"),
    Page("monitoring board", "212001", "/monitoring/board/"),
    Page("score of outlets", "212001", "/monitoring/score/"),
    Page("proof of automatic passes", "212001", "/monitoring/proofs/"),
    Page("how well auditors find", "212001", "/monitoring/auditors/"),
    Page("centres' own work", "212001", "/monitoring/watch/"),
    Page("images without an item", "212001", "/monitoring/stray-views/", lists=True),
    Page("team", "210001", "/authorization/team/"),
    Page("friction", "210001", "/authorization/friction/"),
    Page("relief", "200010", "/authorization/relief/"),
    Page("accounts", "220191", "/ledger/accounts/", lists=True),
    Page("account and statement", "220191", "/ledger/account/{account}/", lists=True),
    Page("journal", "220191", "/ledger/journal/", lists=True),
    Page("dashboard", "200010", "/dashboards/live/"),
    Page("dashboard, its live part", "200010", "/dashboards/live/", part=True),
    Page("what a figure counts", "200010", "/dashboards/items/?figure=decided", lists=True),
    Page("trail", "200003", "/trail/entries/", lists=True),
    Page("policy numbers", "200010", "/policy/numbers/"),
    Page("staff", "200002", "/people/staff/", lists=True),
    Page("institutions", "200002", "/people/institutions/"),
    Page("notices", "200010", "/ui/notices/"),
    Page("top bar", "210011", "/ui/top/", part=True),
    Page("search by number", "210011", "/ui/search/?q={request}"),
    Page("search by name", "210011", "/ui/search/?q={name}"),
)


def run() -> list[Row]:
    """Make both banks and measure every page of both."""
    try:
        prepare()
        settle()
        keys = {name: _keys(name) for name in (ONE, MANY)}
        return [row for page in PAGES for row in measure(page, keys)]
    finally:
        databases.back()


def prepare() -> None:
    """Make the two databases from the migrated one; the large one must still prove its books."""
    now = timezone.localtime()
    databases.copy("bench_empty", "bench_house")
    databases.use("bench_house")
    found(now=now)
    for name, wanted in ((ONE, FIRST), (MANY, (*MORE, *FIRST))):
        databases.copy("bench_house", name)
        databases.use(name)
        play(wanted, on=now.date(), at=now)
    grow(dsn=databases.owner(MANY), now=now)
    call_command("verify_books")


def measure(page: Page, keys: dict[str, dict[str, object]]) -> list[Row]:
    """Return how long one page takes with many items beside one, and how heavy a list is."""
    clients = {name: _client(name, page) for name in keys}
    took: dict[str, list[Decimal]] = {name: [] for name in keys}
    weight = Decimal(0)
    for _ in range(_WARM_UP + _ROUNDS):
        for name, client in clients.items():
            databases.use(name)
            spent, weight = _once(client, page.address.format(**keys[name]), part=page.part)
            took[name].append(spent)
    one, many = (percentile(took[name][_WARM_UP:], 95) for name in (ONE, MANY))
    rows = [
        compared(
            bench="web",
            case=f"{page.what}, p95",
            ours=many,
            unit="ms",
            peer="1 item",
            peer_value=one,
            most=_MOST,
        )
    ]
    if page.lists:
        rows.append(_row(page, "p95 of a list", many, "ms", _LIST_MS))
        rows.append(_row(page, "as sent", weight, "kB", _LIST_KB))
        rows += _renewed(page, clients[MANY], page.address.format(**keys[MANY]))
    return rows


def _renewed(page: Page, client: Client, address: str) -> list[Row]:
    """Return how heavy the part of a list is that is fetched again, where it has such a part."""
    databases.use(MANY)
    answer = client.get(address, headers={"Accept-Encoding": "gzip", "HX-Request": "true"})
    if b"<html" in gzip.decompress(answer.content):
        return []
    weight = (Decimal(len(answer.content)) / 1000).quantize(Decimal("0.1"))
    return [_row(page, "its live part as sent", weight, "kB", _PART_KB)]


def _row(page: Page, what: str, ours: Decimal, unit: str, most: Decimal) -> Row:
    case = f"{page.what}, {what}"
    return limited(bench="web", case=case, ours=ours, unit=unit, most=most)


def _keys(name: str) -> dict[str, object]:
    """Return what the addresses name: an item that was matched, and what belongs to it."""
    databases.use(name)
    with acting_as_system(reason="bench"):
        pair = Match.objects.filter(state="matched", teller="220101").latest("id")
        item = Request.objects.get(number=pair.subject.partition(":")[2])
        newest = WorkItem.objects.filter(queue="authorization").latest("id")
        return {
            "request": item.number,
            "name": item.payer_name,
            "match": pair.pk,
            "account": item.payer_account,
            "outlet": item.institution_id,
            "work_item": newest.pk,
        }


def _client(name: str, page: Page) -> Client:
    databases.use(name)
    client = Client(HTTP_HOST=_HOST)
    with acting_as_system(reason="bench"):
        staff = Staff.objects.get(number=page.number)
    client.force_login(staff, "django.contrib.auth.backends.ModelBackend")
    return client


def _once(client: Client, address: str, *, part: bool) -> tuple[Decimal, Decimal]:
    """Return the milliseconds of one answer and its kilobytes as a browser gets them."""
    headers = {"Accept-Encoding": "gzip"} | ({"HX-Request": "true"} if part else {})
    began = time.perf_counter_ns()
    answer = client.get(address, headers=headers)
    took = Decimal(time.perf_counter_ns() - began) / 1_000_000
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}: {answer.content[:2000]!r}")
    weight = Decimal(len(answer.content)) / 1000
    return took.quantize(Decimal("0.1")), weight.quantize(Decimal("0.1"))
