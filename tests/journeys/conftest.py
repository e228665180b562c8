"""One running platform for all journeys of a process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.stack import Stack, browser, running


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Bring the platform up with a small demo day."""
    with running(OPS_DEMO="on", OPS_DEMO_SIZE="small") as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start one browser."""
    with sync_playwright() as playwright:
        opened = browser(playwright)
        yield opened
        opened.close()
