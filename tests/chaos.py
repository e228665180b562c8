"""Everything is killed while items run: nothing is lost, nothing doubled, nobody helps.

All items go the whole way: image, entry, a second person's decision, posting, copies for the
screen, OCR, match. One in forty carries a drawn voucher; the others a slip with a number, which is
read in a fraction of the time. `bin/chaos` does it again and again, at night.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from uuid import uuid4

import psycopg2
from PIL import Image, ImageDraw

from ops_platform.demo.vouchers import draw
from ops_platform.stack.children import state_of
from tests.counter import Counter, Desk
from tests.stack import Stack, running, until

OUTLETS, DRAWN_EVERY = 5, 40
# A child of the worker is what the kernel kills when memory runs out.
CHILD = "child of worker"
KILLS = 2 * ("web-1", "web-2", "worker", CHILD, "relay", "beat", "redis", "postgres")
AMOUNT_FEN = 5_000_000
# Beside a whole suite the jobs of the drawn vouchers wait for a processor, not for a hand.
DRAIN_SECONDS = 480
UNPOSTED = "SELECT count(*) FROM ours WHERE state <> 'posted'"
OPEN_JOBS = "state IN ('ready', 'running') AND kind ~ '^(foundation.imaging|monitoring)'"
UNDONE = f"SELECT count(*) FROM worklist_job WHERE {OPEN_JOBS}"
LEFT = f"SELECT kind, state, attempts, last_error FROM worklist_job WHERE {OPEN_JOBS} LIMIT 20"
# The richest customer of each outlet, and a teller there. What waits is approved as well and paid.
COUNTERS = """
SELECT DISTINCT ON (i.id) s.number, i.name, a.number, a.name
FROM ledger_account a
JOIN people_institution i ON i.id = a.institution_id AND i.kind = 'outlet'
JOIN people_staff s ON s.institution_id = i.id
JOIN people_staffrole r ON r.staff_id = s.id AND r.role = 'teller'
WHERE a.kind = 'customer' AND a.state = 'active'
  AND abs(a.balance_fen) - a.held_fen - coalesce((
    SELECT sum(amount_fen) FROM authorization_request one
    WHERE one.payer_account = a.number AND one.state NOT IN ('posted', 'rejected', 'withdrawn')
  ), 0) >= {fen}
ORDER BY i.id, abs(a.balance_fen) DESC, s.number DESC
"""
# A lead decides whoever is like an entry of a watch list.
DESKS = """
(SELECT s.number FROM people_staff s JOIN people_staffrole r ON r.staff_id = s.id
 WHERE r.role = 'authorizer' AND s.grade >= 3 ORDER BY s.grade, s.number DESC LIMIT 2)
UNION ALL
(SELECT s.number FROM people_staff s JOIN people_staffrole r ON r.staff_id = s.id
 WHERE r.role = 'auth_lead' ORDER BY s.number LIMIT 1)
"""


@dataclass
class Run:
    """What the clients know: the keys they sent and the numbers they were given."""

    stack: Stack
    seed: int
    items: int
    first: int = 0
    given: dict[str, str] = field(default_factory=dict)
    kills: list[str] = field(default_factory=list)
    repeated: int = 0
    began: float = field(default_factory=time.monotonic)
    decided_all: threading.Event = field(default_factory=threading.Event)

    def ours(self) -> str:
        """Return the keys as SQL writes them."""
        return ", ".join(f"'{key}'" for key in self.given)

    def one(self, sql: str) -> tuple[object, ...]:
        """Ask a question about our items, which are `ours` in it."""
        ours = f"WITH ours AS (SELECT * FROM authorization_request WHERE key IN ({self.ours()})) "
        return self.stack.rows(ours + sql)[0]


def all_killed(stack: Stack, *, seed: int, items: int, first: int = 0) -> Run:
    """Let items run while everything is killed in turn, then wait until all is done.

    `first` is the number of the first voucher of each outlet: another for each round.
    """
    run = Run(stack, seed, items, first)
    counters = stack.rows(COUNTERS.format(fen=items // OUTLETS * AMOUNT_FEN))[:OUTLETS]
    assert len(counters) == OUTLETS, "the demo bank is too poor"
    day = stack.rows("SELECT max(date) FROM ledger_businessday WHERE state = 'open'")[0][0]
    desks = [row[0] for row in stack.rows(DESKS)]
    began = time.monotonic()
    with ThreadPoolExecutor(OUTLETS + len(desks)) as people:
        sent = [people.submit(enter_all, run, counter, day) for counter in counters]
        decided = [people.submit(decide_all, run, number) for number in desks]
        try:
            kill_in_turn(run, sent)
            for teller in sent:
                teller.result()
            until(lambda: done(run, UNPOSTED), seconds=DRAIN_SECONDS, what="the decisions")
        finally:
            run.decided_all.set()
        for desk in decided:
            desk.result()
    ended = time.monotonic()
    until(
        lambda: done(run, UNDONE), seconds=DRAIN_SECONDS, what="the jobs",
        told=lambda: run.stack.rows(LEFT),
    )  # fmt: skip
    sys.stderr.write(
        f"{len(run.kills)} kills {run.kills}; {run.repeated} calls repeated; decided after"
        f" {ended - began:.0f} s, read and matched {time.monotonic() - ended:.0f} s later\n"
    )
    return run


def enter_all(run: Run, counter: tuple[str, str, str, str], day: date) -> None:
    """Enter this outlet's share of the items."""
    teller, outlet, account, name = counter
    client = Counter(run.stack.address, teller)
    client.sign_in()
    for place in range(run.first, run.first + run.items // OUTLETS):
        voucher_no = f"{teller}{place:04}"
        fields = {
            "date": day, "amount_fen": AMOUNT_FEN, "account": account, "name": name,
            "purpose": "家用", "voucher_no": voucher_no, "outlet": outlet,
        }  # fmt: skip
        drawn = place % DRAWN_EVERY == 0
        image = draw("withdrawal", fields, seed=int(voucher_no), level="clean")[0] if drawn else b""
        order = {
            "trade_code": "1002", "payer_account": account, "voucher_no": voucher_no,
            "amount": f"{AMOUNT_FEN // 100}.00", "purpose": "家用",
        }  # fmt: skip
        key = str(uuid4())
        run.given[key] = ""
        run.given[key] = client.enter(key, order, image or slip(voucher_no))["number"]
    run.repeated += client.repeated


def decide_all(run: Run, number: str) -> None:
    """Decide whatever comes to the desk until all is decided."""
    desk = Desk(run.stack.address, number)
    desk.sign_in()
    while not run.decided_all.is_set():
        if not desk.work():
            time.sleep(0.2)
    run.repeated += desk.repeated


def slip(number: str) -> bytes:
    """Return a small image that says one number."""
    sheet = Image.new("L", (240, 80), 255)
    ImageDraw.Draw(sheet).text((20, 30), number, fill=0)
    held = io.BytesIO()
    sheet.save(held, "PNG")
    return held.getvalue()


def counted(run: Run) -> tuple[int, int]:
    """Return how many items are lost, and how many effects too many there are."""
    (found, entries, decisions, matches) = run.one(
        "SELECT count(*),"
        " (SELECT count(*) FROM ledger_entry"
        "  WHERE subject IN (SELECT 'authorization.request:' || number FROM ours)),"
        " (SELECT count(*) FROM authorization_decision WHERE request_id IN (SELECT id FROM ours)),"
        " (SELECT count(*) FROM imaging_reading r JOIN imaging_page p ON p.id = r.page_id"
        "  WHERE p.document_id IN (SELECT document_id FROM ours))"
        " FROM ours"
    )
    effects = [int(str(one)) for one in (found, entries, decisions, matches)]
    return max(run.items - min(effects), 0), sum(max(one - run.items, 0) for one in effects)


def kill_in_turn(run: Run, sent: list[Future[None]]) -> None:
    """Kill each process twice, in any order, spread over the time in which the tellers send."""
    order = list(KILLS)
    chosen = random.Random(run.seed)
    chosen.shuffle(order)
    for place, name in enumerate(order, 1):
        taken = place * run.items // (len(order) + 1)
        while sum(map(bool, list(run.given.values()))) < taken:
            for teller in sent:
                if teller.done():
                    teller.result()
            time.sleep(0.05)
        time.sleep(chosen.uniform(0, 0.5))
        os.kill(until(lambda name=name: alive(run.stack, name), what=name), signal.SIGKILL)
        run.kills.append(name)


def alive(stack: Stack, name: str) -> int:
    """Return the number of a process that runs, else nothing."""
    pid = int(stack.processes()["worker" if name == CHILD else name]["pid"])
    if name == CHILD:
        path = Path(f"/proc/{pid}/task/{pid}/children")
        pid = int((path.read_text().split() or ["0"])[0]) if path.exists() else 0
    return pid if state_of(pid) not in {"", "Z"} else 0


def done(run: Run, left: str) -> bool:
    """Tell whether nothing is left; a database that is being killed says nothing."""
    try:
        return run.one(left) == (0,)
    except psycopg2.OperationalError:
        return False


def whole(run: Run) -> None:
    """Ask for every promise: nothing lost, nothing doubled, everything back, books whole."""
    everything_was_killed_and_is_back(run)
    no_item_is_lost_or_doubled(run)
    each_item_has_one_decision_one_entry_and_one_place_in_the_queue(run)
    each_image_is_kept_copied_read_and_matched_once(run)
    no_job_is_dead_and_none_waits(run)
    books_and_trail_are_whole(run)


def everything_was_killed_and_is_back(run: Run) -> None:
    assert len(run.kills) >= 10
    assert all(alive(run.stack, name) for name in run.stack.processes())
    assert {name for name, one in run.stack.processes().items() if one["starts"] > 1} >= {
        *KILLS
    } - {CHILD}

    def ready() -> bool:
        with urllib.request.urlopen(f"{run.stack.address}/readyz", timeout=5) as answer:
            return answer.status == 200 and b'"ready"' in answer.read()

    until(ready, what="the platform to call itself ready")


def no_item_is_lost_or_doubled(run: Run) -> None:
    assert len(run.given) == run.items
    assert run.one("SELECT count(*), count(DISTINCT number) FROM ours") == (run.items, run.items)
    assert {row[0] for row in run.stack.rows(
        f"SELECT number FROM authorization_request WHERE key IN ({run.ours()})"
    )} == set(run.given.values())  # fmt: skip
    vouchers = "SELECT count(*), count(DISTINCT voucher_no) FROM authorization_request"
    tellers = " WHERE voucher_no IN (SELECT voucher_no FROM ours)"
    assert run.one(vouchers + tellers) == (run.items, run.items)


def each_item_has_one_decision_one_entry_and_one_place_in_the_queue(run: Run) -> None:
    assert run.one(
        "SELECT count(*), count(DISTINCT request_id) FROM authorization_decision"
        " WHERE request_id IN (SELECT id FROM ours)"
    ) == (run.items, run.items)
    assert run.one(
        "SELECT count(*), count(DISTINCT subject) FROM ledger_entry"
        " WHERE subject IN (SELECT 'authorization.request:' || number FROM ours)"
    ) == (run.items, run.items)
    assert run.one(
        "SELECT count(*), sum(p.amount_fen), sum(abs(p.amount_fen))::bigint FROM ledger_posting p"
        " WHERE entry_id IN (SELECT entry_id FROM ours)"
    ) == (2 * run.items, 0, 2 * run.items * AMOUNT_FEN)
    assert run.one(
        "SELECT count(*), count(*) FILTER (WHERE w.state = 'done') FROM worklist_workitem w"
        " WHERE w.subject IN (SELECT 'authorization.request:' || number FROM ours)"
    ) == (run.items, run.items)


def each_image_is_kept_copied_read_and_matched_once(run: Run) -> None:
    pages = "FROM imaging_page WHERE document_id IN (SELECT document_id FROM ours)"
    assert run.one(f"SELECT count(*), count(DISTINCT document_id) {pages}") == (
        run.items,
        run.items,
    )
    assert run.one(f"SELECT count(*) {pages} AND view <> '' AND thumb <> ''") == (run.items,)
    assert run.one(
        "SELECT count(*), count(DISTINCT page_id) FROM imaging_reading"
        f" WHERE page_id IN (SELECT id {pages})"
    ) == (run.items, run.items)
    assert run.one(
        "SELECT count(*), count(*) FILTER (WHERE result = 'waiting') FROM monitoring_match"
        " WHERE document_id IN (SELECT document_id FROM ours)"
    ) == (run.items, 0)


def no_job_is_dead_and_none_waits(run: Run) -> None:
    assert run.stack.rows("SELECT kind, last_error FROM worklist_job WHERE state = 'dead'") == []

    def nothing_waits() -> bool:
        return run.stack.rows(f"SELECT kind FROM worklist_job WHERE {OPEN_JOBS}") == []

    # What the schedule asks for by itself comes at any moment, and goes.
    until(nothing_waits, seconds=60, what="the jobs of the schedule")


def books_and_trail_are_whole(run: Run) -> None:
    done = run.stack.manage("verify_books")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differences" in done.stdout
    assert run.stack.rows(
        "SELECT currency, sum(amount_fen) FROM ledger_posting"
        " GROUP BY 1 HAVING sum(amount_fen) <> 0"
    ) == []  # fmt: skip


def main(words: Sequence[str]) -> int:
    """Kill so often, in rounds on one platform, and print what was found; 1 if it is not whole."""
    parser = argparse.ArgumentParser(prog="bin/chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="at least so many (default 200)")
    parser.add_argument("--items", type=int, default=60, help="items a round (default 60)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    wanted = parser.parse_args(words)
    rounds = -(-wanted.kills // len(KILLS))
    kills = items = lost = doubled = verified = 0
    size = os.environ.get("OPS_DEMO_SIZE", "full")
    with running(OPS_DEMO="on", OPS_DEMO_SIZE=size) as stack:
        for place in range(rounds):
            seed = wanted.seed + place
            share = wanted.items // OUTLETS
            run = all_killed(stack, seed=seed, items=share * OUTLETS, first=place * share)
            gone, more = counted(run)
            kills, items = kills + len(run.kills), items + run.items
            lost, doubled = lost + gone, doubled + more
            whole(run)
            verified += 1
            sys.stdout.write(
                f"round {place + 1}/{rounds} seed {seed}: kills {kills}, items {items},"
                f" lost {lost}, doubled {doubled}, books verified {verified} times\n"
            )
            sys.stdout.flush()
    return 1 if lost or doubled else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
