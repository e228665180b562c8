"""The landing page of reconciliation says what the centre is for, and invents nothing."""

from reconciliation import rules
from tests import rooms


class TestOverview(rooms.Overview):
    page_name = "reconciliation:overview"
    title = "银企对账"
    words = rules.WORDS
