"""An event reaches every listener of its type, in order, and a refusal stops it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from foundation.kernel import bus


@pytest.fixture
def safe_opened():
    """An event of this test only, so that no listener of another test hears it."""

    @dataclass(frozen=True)
    class SafeOpened:
        number: int

    return SafeOpened


def test_every_listener_hears_the_event_in_the_order_of_listening(safe_opened):
    heard = []
    bus.listen(safe_opened, lambda event: heard.append(("first", event.number)))
    bus.listen(safe_opened, lambda event: heard.append(("second", event.number)))
    bus.listen(type("SafeShut", (), {}), lambda _: heard.append(("other", 0)))

    bus.publish(safe_opened(7))

    assert heard == [("first", 7), ("second", 7)]
    assert len(bus.listeners(safe_opened)) == 2


def test_an_error_in_a_listener_reaches_the_publisher_and_stops_the_event(safe_opened):
    heard: list[object] = []

    def refuse(event):
        raise LookupError

    bus.listen(safe_opened, refuse)
    bus.listen(safe_opened, heard.append)

    with pytest.raises(LookupError):
        bus.publish(safe_opened(7))
    assert not heard


def test_an_event_that_nobody_hears_is_no_fault(safe_opened):
    bus.publish(safe_opened(7))

    assert bus.listeners(safe_opened) == ()
