"""A real browser for the tests of pages: signed in without a password, and axe to judge it.

What the content security policy blocks, and what a script throws, fails the test that saw it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, sync_playwright

from foundation.people.models import Staff
from ops_platform.browser import CHROMIUM
from tests import standing

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # Not the style sheets: the one rule that reads them is experimental and not among these.
    "preload": {"assets": ["media"]},
}
AXE_SOURCE = AXE_FILE_PATH.read_text("utf-8")
JUDGED = """([part, options]) => !window.axe ? null :
    axe.run(part || document, {...options, resultTypes: ["violations"]})
    .then(told => told.violations)"""
# Asked in one go: what the policy forbids a page's script, it forbids the browser's waiting too.
WHOLE = """async () => {
    const busy = () => document.querySelector(".htmx-request, main :not(:defined)");
    for (let turn = 0; turn < 200 && busy(); turn += 1) await new Promise(go => setTimeout(go, 25));
    await document.fonts.ready;
    await new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)));
}"""
DESK: ViewportSize = {"width": 1366, "height": 768}
BACKEND = "django.contrib.auth.backends.ModelBackend"

Opener = Callable[..., Page]
# What axe is asked about: what a selector finds, or what it includes and excludes.
Part = str | dict[str, str | list[str]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the one browser of a test process: Playwright runs once in a thread.

    Its loop in this thread is not one that Django must fear.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def browse(chromium: Browser, live: Any, settings: Any) -> Iterator[Opener]:
    """Open pages as a member of staff (or as nobody), each person in a window of their own."""
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    faults: list[str] = []

    def note(said: ConsoleMessage) -> None:
        if "Content Security Policy" in said.text:
            faults.append(said.text)

    def opened(staff: Staff | None = None, *, cookies: dict[str, str] | None = None) -> Page:
        given = dict(cookies or {})
        if staff is not None:
            given["ops_session"] = session_of(staff)
        window = chromium.new_context(base_url=live.url, viewport=DESK, locale="en-US")
        window.add_cookies([{"name": k, "value": v, "url": live.url} for k, v in given.items()])
        standing.watch(window)
        page = window.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", note)
        return page

    yield opened
    standing.close()
    _let_answers_end()
    assert not faults


def _let_answers_end() -> None:
    """Wait for answers that nobody waits for any more: they hold the database open."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if not any("process_request" in thread.name for thread in threading.enumerate()):
            return
        time.sleep(0.02)


def session_of(staff: Staff) -> str:
    """Return the key of a new session of the person."""
    client = Client()
    client.force_login(staff, backend=BACKEND)
    return client.cookies["ops_session"].value


def ready(page: Page) -> None:
    """Wait until the page is whole: its elements are at work and its fonts are there."""
    page.wait_for_load_state("load")
    page.evaluate(WHOLE)


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong on the page as it stands now."""
    return axe(page)


def axe(
    page: Page, *, part: str | dict[str, str] = "", only: Sequence[str] = (),
    but: Sequence[str] = (),
) -> list[str]:  # fmt: skip
    """Return what axe finds wrong in a part of the page, by some of its rules or all but some."""
    options: dict[str, Any] = {**RULES, "rules": {rule: {"enabled": False} for rule in but}}
    if only:
        options = {"runOnly": {"type": "rule", "values": list(only)}}
    found = page.evaluate(JUDGED, [part, options])
    if found is None:  # a page of another test has not been sent it
        page.evaluate(AXE_SOURCE)
        found = page.evaluate(JUDGED, [part, options])
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]
