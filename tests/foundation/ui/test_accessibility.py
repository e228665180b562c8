"""The dialogs of every page pass axe; the pages do so in tests/architecture/test_screens.py."""

from __future__ import annotations

import pytest

from tests.browser import ready, violations
from tests.factories import people


@pytest.fixture
def shell(browse, settings):
    settings.OPS_DEMO = True
    return browse(people.staff(people.branch().branch, "ops_manager"))


@pytest.mark.parametrize("opened_by", ["F1", "Control+k", "?", "F10", "Control+l"])
def test_no_dialog_shuts_anybody_out(shell, opened_by):
    shell.goto("/ui/gallery/")
    ready(shell)

    shell.keyboard.press(opened_by)
    shell.wait_for_selector("dialog[open]")
    ready(shell)

    assert not violations(shell)
