"""One running platform for all journeys of a process."""

from collections.abc import Iterator

import pytest

from tests.stack import Stack, running


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Bring the platform up with a small demo day."""
    with running(OPS_DEMO="on", OPS_DEMO_SIZE="small") as started:
        yield started
