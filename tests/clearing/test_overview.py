"""The landing page of clearing says what the centre is for, and invents nothing."""

from clearing import rules
from tests import rooms


class TestOverview(rooms.Overview):
    page_name = "clearing:overview"
    title = "集中清算"
    words = rules.WORDS
