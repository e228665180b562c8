"""The landing page of processing says what the centre is for, and invents nothing."""

from processing import rules
from tests import rooms


class TestOverview(rooms.Overview):
    page_name = "processing:overview"
    title = "集中作业"
    words = rules.WORDS
