"""The desk of the outlet in a real browser, by keys alone, until the centre is back."""

from __future__ import annotations

from typing import Any

import pytest

from authorization.models import Decision
from foundation.imaging import tasks as imaging_tasks
from foundation.imaging.models import Page as Scan
from foundation.people import services as people_services
from tests.browser import ready, violations
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import people

pytestmark = pytest.mark.slow


def test_a_supervisor_decides_by_keys_until_the_centre_is_back(
    browse: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        crew = emergency.crew(bank)
        people.numbers(crew.manager, crew.risk)
        counter = factory.counter(bank)
        teller = people.staff(bank.outlet, "teller")
        supervisor, _row = emergency.registered(crew, bank.outlet)
        first, second = (factory.sent(teller, factory.withdrawal(counter)) for _ in range(2))
        for scan in Scan.objects.order_by("id"):
            commit = imaging_tasks.make_copies(page_id=scan.pk)
            assert commit
            commit()
        switch = emergency.switched(crew, bank.branch)
    desk = browse(supervisor)
    desk.route("**/live/?*", lambda route: route.fulfill(status=204))
    desk.goto("/authorization/home/")
    ready(desk)
    assert first.number in desk.inner_text("#desk")
    assert not violations(desk)
    for width, height in ((1366, 768), (1920, 1080)):
        desk.set_viewport_size({"width": width, "height": height})
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")

    desk.keyboard.press("F9")
    desk.wait_for_function("number => desk.innerText.includes(number)", arg=second.number)
    with people_services.acting_as_system(reason="test"):
        made = Decision.objects.get()
        assert (made.request_id, made.fallback_id) == (first.pk, switch.pk)
        emergency.ended(crew, switch)
    desk.keyboard.press("F9")
    desk.wait_for_function("() => desk.innerText.includes('E2059')")

    with people_services.acting_as_system(reason="test"):
        assert Decision.objects.count() == 1
