"""The guards over every test can fail: each is broken here on purpose."""

from __future__ import annotations

import contextlib
import socket
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.template import Context, engines
from django.utils import timezone

from foundation.people.models import Institution, Staff
from tests import guards
from tests.factories import people

ZONELESS = datetime(2026, 11, 23)  # noqa: DTZ001


def shown(template: str, **given: object) -> str:
    return str(engines["django"].engine.from_string(template).render(Context(given)))


@pytest.mark.parametrize(
    "template",
    [
        "{{ nobody }}",
        "{{ row.nothing }}",
        "{{ nobody|default:'' }}",
        "{% with a=nobody %}{% endwith %}",
    ],
)
def test_a_variable_that_nobody_gave_fails(template):
    with guards.expected():
        shown(template, row=SimpleNamespace(name="x"))


def test_what_is_given_or_asked_for_by_an_if_does_not():
    assert shown("{{ row.name }}{% if nobody %}!{% endif %}", row=SimpleNamespace(name="x")) == "x"


@pytest.mark.parametrize("address", [("192.0.2.7", 80), ("203.0.113.9", 443), ("10.0.0.1", 22)])
def test_another_machine_is_not_spoken_to(address):
    with socket.socket() as line, guards.expected():
        line.connect(address)
    with socket.socket() as line, guards.expected():
        line.connect_ex(address)
    with socket.socket(type=socket.SOCK_DGRAM) as line, guards.expected():
        line.sendto(b"x", address)


def test_nor_is_its_name_looked_up():
    with guards.expected():
        socket.create_connection(("bank.example", 443))


def test_this_machine_is_spoken_to(tmp_path):
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", 0)),
        (socket.AF_INET6, ("::1", 0)),
        (socket.AF_UNIX, str(tmp_path / "line")),
    ):
        with socket.socket(family) as heard, socket.socket(family) as line:
            heard.bind(address)
            heard.listen()
            line.connect(heard.getsockname())


def test_what_the_code_swallows_fails_the_test_at_its_end():
    swallowing = contextlib.suppress(guards.GuardBroken)
    with pytest.raises(guards.GuardBroken), guards.noted(), swallowing:
        shown("{{ nobody }}")


@pytest.mark.django_db
class TestQueries:
    def test_rows_without_an_order_are_not_cut(self):
        for key in (0, slice(5), slice(2, 4)):
            with guards.expected():
                Institution.objects.all()[key]
        with guards.expected():
            Staff.objects.filter(grade=1)[:1]

    def test_rows_with_one_are_and_a_person_may_look(self):
        assert list(Institution.objects.order_by("id")[:5]) == []
        assert Institution.objects.all().first() is None
        assert repr(Institution.objects.all()) == "<QuerySet []>"

    def test_rows_without_an_order_come_in_any(self, everything):
        people.branch()
        seen = {tuple(Institution.objects.values_list("number", flat=True)) for _ in range(20)}

        assert len(seen) > 1
        assert len({tuple(sorted(numbers)) for numbers in seen}) == 1

    def test_a_join_is_not_locked_without_saying_what(self):
        for rows in (
            Staff.objects.select_for_update().select_related("institution"),
            Staff.objects.select_for_update().filter(institution__number="1"),
        ):
            with guards.expected(), transaction.atomic():
                list(rows)

    def test_one_table_is_and_so_is_a_join_that_says_what(self):
        locked = Staff.objects.select_for_update(of=("self",)).select_related("institution")
        assert list(locked) == list(Staff.objects.select_for_update()) == []

    @pytest.mark.parametrize("params", [[ZONELESS], {"at": ZONELESS}])
    def test_a_moment_without_its_zone_does_not_go_to_the_database(self, params):
        with connection.cursor() as cursor, guards.expected():
            cursor.execute("SELECT %(at)s" if isinstance(params, dict) else "SELECT %s", params)

    def test_nor_into_a_row(self):
        with pytest.raises(RuntimeWarning, match="naive datetime"):
            list(Staff.objects.filter(seen_at=ZONELESS))
        assert list(Staff.objects.filter(seen_at=timezone.now())) == []


def item(*fixtures: str) -> SimpleNamespace:
    return SimpleNamespace(fixturenames=fixtures, get_closest_marker=lambda _name: None)


def test_a_quick_test_that_computes_for_long_fails():
    guards.check_seconds(item(), 4.9)
    guards.check_seconds(item("db"), 60)
    with pytest.raises(pytest.fail.Exception, match=r"computes for 5\.1 s"):
        guards.check_seconds(item("tmp_path"), 5.1)
