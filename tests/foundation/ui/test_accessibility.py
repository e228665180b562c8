"""Every page of the shell passes axe: light and dark, Chinese and English, with its dialogs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import violations
from tests.factories import people

PAGES = ["/ui/gallery/?bad", "/ui/home/?stay", "/ui/keys/", "/ui/manual/", "/ui/search/", "/no/"]


@pytest.fixture
def shell(browse, settings):
    settings.OPS_DEMO = True
    return browse(people.staff(people.branch().branch, "ops_manager"))


def settled(page: Page) -> None:
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_of_the_shell_shuts_anybody_out(shell, language, live):
    shell.context.add_cookies([{"name": "ops_language", "value": language, "url": live.url}])
    faults = []
    for address in PAGES:
        shell.goto(address)
        settled(shell)
        for theme in ("light", "dark"):
            shell.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            faults += [f"{address} {theme}: {fault}" for fault in violations(shell)]

    assert not faults


@pytest.mark.parametrize("opened_by", ["F1", "Control+k", "?", "F10", "Control+l"])
def test_no_dialog_shuts_anybody_out(shell, opened_by):
    shell.goto("/ui/gallery/")
    settled(shell)

    shell.keyboard.press(opened_by)
    shell.wait_for_selector("dialog[open]")
    shell.wait_for_load_state("networkidle")

    assert not violations(shell)
