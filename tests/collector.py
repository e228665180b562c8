"""What is loaded stays: the garbage collector does not walk through it, neither then nor later.

Loaded before all else (pyproject.toml): the collector would go through the libraries, and through
the trees of the whole product's source, again and again while they grow.
"""

import gc

import pytest

gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Take what was loaded out of the collector's rounds, as the web process does: a sixth less."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000)
