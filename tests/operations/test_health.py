"""Addresses for machines: healthz, readyz and metrics; and the number of a request."""

import logging
import re

import pytest

from ops_platform import health


def test_healthz_asks_nothing(client):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_readyz_is_ready_with_everything_there(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200, answer.content
    assert answer.json()["checks"]["migrations"]


def _fails():
    raise health.Unhealthy("away")


def test_without_redis_the_installation_is_degraded_but_works():
    state, found = health.examine((health.Check("redis", _fails, needed=False),))

    assert (state, found) == ("degraded", {"redis": False})


def test_without_what_is_needed_it_is_unready():
    assert health.examine((health.Check("database", _fails),))[0] == "unready"


@pytest.mark.django_db
def test_metrics_are_for_this_machine_only(client):
    assert b"ops_jobs" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.9").status_code == 403


def test_a_request_keeps_the_number_it_came_with(client):
    answer = client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})

    assert answer["X-Request-ID"] == "abc-12345678"


@pytest.mark.parametrize("forged", ["short", "x" * 80, 'a"b,forged=1', "12345678\r\nSet-Cookie: a"])
def test_a_forged_number_is_replaced(client, forged):
    answer = client.get("/healthz", headers={"X-Request-ID": forged})

    assert re.fullmatch("[0-9a-f]{32}", answer["X-Request-ID"])


def test_the_log_names_who_asked(client, authorizer, caplog):
    client.force_login(authorizer, "django.contrib.auth.backends.ModelBackend")

    with caplog.at_level(logging.INFO, logger="ops.request"):
        client.get("/ui/home/")

    asked = [one.msg for one in caplog.records if one.name == "ops.request"]
    assert [(line["staff"], line["page"]) for line in asked] == [(authorizer.number, "ui:home")]
