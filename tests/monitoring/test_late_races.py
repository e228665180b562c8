"""Many change pairs of an outlet's day that is over: each is counted, and nobody waits."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from foundation.kernel import late
from foundation.people import services as people_services
from monitoring import rules
from monitoring.models import LatePair, Match
from tests.factories import monitoring, people
from tests.factories.people import DAY

TOGETHER, EACH = 6, 8
TABLES = ("monitoring_latepair", "authorization_latechange")


@pytest.fixture
def pairs(committed_db, settings, tmp_path):
    """Return the numbers of many open pairs of one outlet's day, with what was counted so far."""
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, "risk_manager") for _ in range(2)))
        teller = people.staff(bank.outlet, "teller")
        first = monitoring.difference(monitoring.counter(bank.outlet), teller)
        made = [first]
        for number in range(TOGETHER * EACH - 1):
            again = Match.objects.get(pk=first.pk)
            again.pk, again.journal_no, again.work_item = None, f"9{number:07d}", None
            made.append(again)
        Match.objects.bulk_create(made[1:])
        return [pair.pk for pair in made]


def counted():
    """Return how many changes of the day were counted, and in how many rows."""
    with people_services.acting_as_system(reason="test"):
        rows = list(LatePair.objects.filter(business_date=DAY).values_list("changes", flat=True))
    return sum(rows), len(rows)


def change(pair):
    """Let a pair wait again, as a trigger sees it; a writer that has to wait is told at once."""
    with connection.cursor() as line:
        line.execute("SET LOCAL lock_timeout = '2s'")
    Match.objects.filter(pk=pair).update(state=rules.WAITING, result=rules.WAITING)


def at_once(*works):
    """Let each do its work in a thread of its own; return what went wrong."""
    wrong = []

    def do(work):
        try:
            with people_services.acting_as_system(reason="test"):
                work()
        except Exception as error:  # noqa: BLE001 -- shown by the test
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def test_who_changes_a_day_does_not_wait_for_who_has_changed_it(pairs):
    before, _rows = counted()
    one, other = threading.Event(), threading.Event()

    def stays_open():
        with transaction.atomic():
            change(pairs[0])
            one.set()
            assert other.wait(20)
            change(pairs[2])

    def comes_and_goes():
        assert one.wait(20)
        try:
            with transaction.atomic():
                change(pairs[1])
        finally:
            other.set()

    assert at_once(stays_open, comes_and_goes) == []
    assert counted() == (before + 3, 2)


def test_every_change_is_counted_whoever_comes_between(pairs):
    before, _rows = counted()
    ready = threading.Barrier(TOGETHER)

    def works(mine):
        ready.wait()
        for two in zip(mine[::2], mine[1::2], strict=True):
            with transaction.atomic():
                for pair in two:
                    change(pair)

    parts = [pairs[n::TOGETHER] for n in range(TOGETHER)]
    assert at_once(*(lambda mine=mine: works(mine) for mine in parts)) == []
    changes, rows = counted()
    assert changes == before + TOGETHER * EACH
    assert rows <= TOGETHER


def test_a_day_changed_by_one_after_the_other_is_one_row(pairs):
    before, _rows = counted()
    with people_services.acting_as_system(reason="test"):
        for pair in pairs:
            with transaction.atomic():
                change(pair)

    assert counted() == (before + len(pairs), 1)


@pytest.mark.parametrize("table", TABLES)
def test_what_was_noted_before_is_one_count_of_each_day(committed_db, table):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
    with committed_db.as_owner() as line:
        line.execute("SET app.scope = '*'")
        line.execute(
            f"INSERT INTO {table} (institution_id, business_date, changes, newest)"
            " SELECT place, date '2026-03-02' + day, 1, 0"
            " FROM unnest(%s::bigint[]) place, generate_series(0, 1) day, generate_series(1, 5)",
            [[bank.outlet.pk, bank.sibling.pk]],
        )
        line.execute(f"SELECT max(id) FROM {table}")
        ((newest,),) = line.fetchall()

        line.execute(f"BEGIN; {late.carry_sql(table)}; COMMIT")

        line.execute(
            f"SELECT count(*), min(changes), max(changes), max(newest),"
            f" count(DISTINCT (institution_id, business_date)) FROM {table}"
        )
        assert line.fetchall() == [(4, 5, 5, newest, 4)]
