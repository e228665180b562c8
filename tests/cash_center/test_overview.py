"""The landing page of cash_center says what the centre is for, and invents nothing."""

from cash_center import rules
from tests import rooms


class TestOverview(rooms.Overview):
    page_name = "cash_center:overview"
    title = "现金中心"
    words = rules.WORDS
