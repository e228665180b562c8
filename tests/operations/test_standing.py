"""What a failed test with a browser tells: its windows, its threads and its statements."""

from __future__ import annotations

import re

import pytest
from django.db import connection, transaction

from tests import standing
from tests.servers import PAIR

pytestmark = pytest.mark.slow


def test_windows_and_statements_are_told_as_they_stand(browse):
    page = browse()
    page.goto("/people/sign-in/")
    page.locator("[name=number]").focus()
    with transaction.atomic(), connection.cursor() as line:
        line.execute("SELECT 'still open'")
        told = standing.standing()
    assert f"-- {page.url}\nvisible\nasking 0\n" in told
    assert 'name="number"' in told
    # Servers that are not ours do not let the owner see what another role asks.
    assert PAIR is None or ("idle in transaction" in told and "still open" in told)
    assert "Thread 0x" in told


def test_what_has_no_answer_is_told(browse):
    page = browse()
    page.goto("/people/sign-in/")
    page.route("**/healthz", lambda _route: None)
    page.evaluate("() => { fetch('/healthz'); }")
    page.wait_for_timeout(100)
    assert re.search(r"-- GET \S+/healthz since 0\.\d s", standing.standing())


def test_a_window_that_is_gone_is_told_of_too(browse):
    page = browse()
    page.goto("/people/sign-in/")
    page.close()
    assert "/people/sign-in/" not in standing.standing()
