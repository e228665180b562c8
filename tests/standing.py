"""Where everything stood when a test with a browser failed: told at the end of its report.

What such a test waited for in vain is seldom told by what it waited for: each window, what it asked
for and has no answer to, each thread and each statement of the test's database is shown.
"""

from __future__ import annotations

import faulthandler
import time
from collections.abc import Generator, Iterator
from tempfile import TemporaryFile

import pytest
from django.db import connection
from playwright.sync_api import BrowserContext, Request
from playwright.sync_api import Error as PlaywrightError

from ops_platform.env import env
from ops_platform.stack import roles
from tests.servers import PAIR

MOST = 12_000
# Every window that the test has opened; kept by the fixture that opens them.
windows: list[BrowserContext] = []
_asked: dict[Request, float] = {}
_WINDOW = """() => [
    document.visibilityState,
    `asking ${document.querySelectorAll('.htmx-request').length}`,
    `open ${[...document.querySelectorAll('dialog[open]')].map(one => one.id).join(' ')}`,
    `at ${document.activeElement?.outerHTML.slice(0, 160)}`,
    document.querySelector('main')?.innerText.slice(0, 700),
].join('\\n')"""
_STATEMENTS = """
SELECT pid, usename, state, wait_event_type, wait_event, clock_timestamp() - xact_start,
       pg_blocking_pids(pid), left(query, 300)
  FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid
"""


def watch(window: BrowserContext) -> None:
    """Keep what the window asks for until it is answered."""
    windows.append(window)
    window.on("request", _ask)
    window.on("requestfinished", _answered)
    window.on("requestfailed", _answered)


def _ask(asked: Request) -> None:
    _asked[asked] = time.monotonic()


def _answered(asked: Request) -> None:
    _asked.pop(asked, None)


def close() -> None:
    """Close every window, and forget what they asked for."""
    while windows:
        windows.pop().close()
    _asked.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed report where everything stood, while it still stands there."""
    report = yield
    if report.when == "call" and report.failed and windows:
        report.sections.append(("Where everything stood", standing()))
    return report


def standing() -> str:
    """Return windows, what they wait for, threads and statements as they are now."""
    return "\n".join([*_windows(), *_waited(), _threads(), *_statements()])


def _windows() -> Iterator[str]:
    for page in (page for window in windows for page in window.pages):
        try:
            yield f"-- {page.url}\n{page.evaluate(_WINDOW)}"
        except PlaywrightError as error:
            yield f"-- {page.url}: {error}"


def _waited() -> Iterator[str]:
    for asked, since in _asked.items():
        yield f"-- {asked.method} {asked.url} since {time.monotonic() - since:.1f} s"


def _threads() -> str:
    with TemporaryFile() as file:
        faulthandler.dump_traceback(file=file, all_threads=True)
        file.seek(0)
        others, _own, _rest = file.read().decode().partition("Current thread")
        return others[-MOST:]


def _statements() -> Iterator[str]:
    base = str(connection.settings_dict["NAME"])
    # Only who administers the server sees what the application's role asks.
    dsn = PAIR.postgres.dsn() if PAIR else env.dsn("owner")
    with roles.connected(roles.with_database(dsn, base)) as line:
        line.execute(_STATEMENTS)
        yield from (f"-- {row}" for row in line.fetchall())
