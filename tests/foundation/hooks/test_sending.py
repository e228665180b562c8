"""Calls to a real receiver that refuses, delays or leads elsewhere; and workers that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.utils import timezone

from foundation.hooks import gateways, rules, services, tasks
from foundation.hooks.models import Delivery
from foundation.people import services as people_services
from ops_platform import jobs
from tests.factories import hooks, people


@pytest.fixture
def heard(bank, proposer, approver, receiver):
    """Let the receiver hear of the branch; return it with its secret."""
    _row, secret = hooks.subscription(bank.branch, proposer, approver, address=receiver.url)
    return receiver, secret


def send(told):
    """Do what the job of the delivery's present try does."""
    commit = tasks.send(delivery_id=told.pk, rounds=told.rounds, tries=told.tries)
    if commit:
        commit()
    told.refresh_from_db()
    return told


def test_an_event_is_told_signed_and_small(heard, tell):
    receiver, secret = heard
    told = send(tell(subject="0220261123000001"))

    (call,) = receiver.calls
    assert (told.state, told.last_answer, told.tries) == ("delivered", "HTTP 204", 1)
    assert call.key == str(told.key)
    assert call.is_signed_with(secret)
    assert call.told["data"] == {
        "number": "0220261123000001", "state": "posted", "institution": "110801",
        "sequence": told.pk,
    }  # fmt: skip
    assert set(call.told) == {"type", "timestamp", "data"}
    assert abs(int(call.headers["webhook-timestamp"]) - time.time()) < 60


def test_a_wrong_secret_does_not_verify(heard, tell):
    receiver, _secret = heard
    send(tell())

    assert not receiver.calls[0].is_signed_with(rules.shown_secret(b"x" * 32))


def test_two_secrets_are_good_while_the_receiver_changes_over(heard, tell, proposer):
    receiver, old = heard
    told = tell()
    new = services.new_secret(subscription_id=told.subscription_id, by=proposer, at=timezone.now())
    send(told)
    (both,) = receiver.calls
    assert both.is_signed_with(old)
    assert both.is_signed_with(new)

    third = services.new_secret(
        subscription_id=told.subscription_id, by=proposer, at=timezone.now()
    )
    send(tell())
    good = [receiver.calls[1].is_signed_with(one) for one in (old, new, third)]
    assert good == [False, True, True]


def test_a_receiver_that_fails_is_tried_again_with_the_same_key_and_body(heard, tell):
    receiver, _secret = heard
    receiver.answers = [500, 503]
    told = send(tell())
    assert (told.state, told.tries, told.last_status) == ("waiting", 1, 500)
    assert told.next_at > timezone.now()

    send(told)
    send(told)

    assert (told.state, told.tries) == ("delivered", 3)
    assert len({(call.key, call.content) for call in receiver.calls}) == 1
    assert len(receiver.calls) == 3


def test_given_up_after_as_many_tries_as_the_bank_says(heard, tell):
    receiver, _secret = heard
    receiver.answers = [500] * 12
    told = tell()
    for _ in range(12):
        assert told.state == rules.WAITING
        send(told)

    assert (told.state, told.tries, told.next_at) == ("dropped", 12, None)
    assert told.ended_at is not None
    assert send(told).tries == 12


def test_a_receiver_that_is_gone_is_not_tried_again(heard, tell):
    receiver, _secret = heard
    receiver.answers = [410]

    assert send(tell()).state == rules.DROPPED


def test_a_redirect_is_not_followed(heard, tell):
    receiver, _secret = heard
    with hooks.receiver() as other:
        receiver.location, receiver.answers = other.url, [302]
        told = send(tell())

        assert (told.state, told.last_answer) == ("waiting", "HTTP 302")
        assert other.calls == []


def test_nobody_there_is_a_failed_try(heard, tell):
    receiver, _secret = heard
    receiver.url = ""
    row = tell()
    answer = gateways.call(address="http://127.0.0.1:1/", headers={}, content=b"", seconds=2)

    assert answer == rules.Answer(None, "ConnectionRefusedError")
    assert row.state == rules.WAITING


@pytest.mark.parametrize("how", ["delay", "drip"])
def test_the_line_is_cut_when_the_time_is_over(receiver, how):
    receiver.delay, receiver.drip = (5, False) if how == "delay" else (0, True)
    began = time.monotonic()

    answer = gateways.call(address=receiver.url, headers={}, content=b"{}", seconds=1)

    assert answer == rules.Answer(None, "timeout")
    assert time.monotonic() - began < 3


def test_nothing_is_sent_into_a_network_that_is_not_allowed(heard, tell, settings):
    receiver, _secret = heard
    settings.HOOK_NETWORKS = ()
    told = send(tell())

    assert (told.state, told.last_answer) == ("waiting", "E1061")
    assert receiver.calls == []


def test_a_name_is_looked_at_when_it_is_called(receiver, settings, monkeypatch):
    """A name that led outside when it was proposed may lead inside later, or to both."""
    settings.HOOK_NETWORKS = ()
    outside = [(2, 1, 6, "", ("8.8.8.8", 443))]
    inside = [(2, 1, 6, "", ("10.0.0.1", 443))]
    for found in (inside, outside + inside):
        monkeypatch.setattr(gateways.socket, "getaddrinfo", lambda *_a, _f=found, **_k: _f)
        answer = gateways.call(address="https://core.example/x", headers={}, content=b"", seconds=1)
        assert answer == rules.Answer(None, "E1061")
    assert receiver.calls == []


def test_what_is_said_over_https_needs_a_certificate_that_is_trusted(receiver, settings):
    address = receiver.url.replace("http://", "https://")

    answer = gateways.call(address=address, headers={}, content=b"", seconds=2)

    assert answer.status is None
    assert "SSL" in answer.words
    assert receiver.calls == []


def test_what_waits_for_a_stopped_subscription_is_given_up(heard, tell, proposer):
    receiver, _secret = heard
    told = tell()
    services.stop(
        subscription_id=told.subscription_id, reason="停用", by=proposer, at=timezone.now()
    )
    send(told)

    assert (told.state, told.last_answer) == ("dropped", "stopped")
    assert receiver.calls == []


def test_a_second_job_of_the_same_try_keeps_nothing(heard, tell):
    told = tell()
    slow = tasks.send(delivery_id=told.pk, rounds=0, tries=0)
    send(told)
    slow()
    told.refresh_from_db()

    assert told.tries == 1
    assert tasks.send(delivery_id=told.pk, rounds=0, tries=0) is None


def test_events_of_one_item_carry_a_growing_sequence(heard, tell):
    receiver, _secret = heard
    for _ in range(3):
        send(tell())
    told = [call.told["data"]["sequence"] for call in receiver.calls]

    assert told == sorted(set(told))


WORKER = """
import django
django.setup()
from ops_platform import jobs
while jobs.run_job():
    pass
"""


@pytest.mark.slow
def test_every_event_is_heard_under_its_key_whatever_dies(committed_db, settings):
    """Workers are killed while the receiver holds their call, and the receiver fails now and then.

    Each event is told at least once, always under the same key, and ends delivered.
    """
    settings.HOOK_NETWORKS = hooks.LOOPBACK
    with hooks.receiver() as receiver:
        with people_services.acting_as_system(reason="test"):
            bank = people.branch()
            one = people.staff(bank.branch, "sysadmin")
            people.numbers(one, people.staff(bank.branch, "secadmin"))
            two = people.staff(bank.branch, "secadmin")
            _row, secret = hooks.subscription(bank.branch, one, two, address=receiver.url)
            for number in range(12):
                services.tell(
                    topic="authorization.item.posted", subject=f"AU{number}", state="posted",
                    institution_id=bank.outlet.pk, at=timezone.now(),
                )  # fmt: skip
        kills = 4
        for _ in range(kills):
            _kill_in_the_middle(committed_db, receiver)
        receiver.delay, receiver.answers = 0, [500, 503, 204, 500]
        for _ in range(6):
            _let_every_moment_come()
            while jobs.run_job():
                pass
        with people_services.acting_as_system(reason="test"):
            rows = list(Delivery.objects.order_by("id"))

    calls = receiver.calls
    assert {row.state for row in rows} == {"delivered"}
    assert {call.key for call in calls} == {str(row.key) for row in rows}
    assert len(calls) >= len(rows) + kills
    assert len({(call.key, call.content) for call in calls}) == len(rows)
    assert all(call.is_signed_with(secret) for call in calls)


def _kill_in_the_middle(database, receiver):
    before, receiver.delay = len(receiver.calls), 30
    environment = database.environment() | {
        "DJANGO_SETTINGS_MODULE": "ops_platform.settings", "OPS_HOOK_NETWORKS": "127.0.0.0/8",
    }  # fmt: skip
    worker = subprocess.Popen([sys.executable, "-W", "ignore", "-c", WORKER], env=environment)
    until = time.monotonic() + 60
    while len(receiver.calls) == before and time.monotonic() < until:
        time.sleep(0.05)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    assert len(receiver.calls) == before + 1
    _let_every_moment_come()


def _let_every_moment_come():
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE worklist_job SET run_after = clock_timestamp(),"
            " lease_until = CASE WHEN state = 'running' THEN clock_timestamp() END"
        )
