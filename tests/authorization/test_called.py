"""An idle desk that is called for what waits takes it at once; nothing else wakes it."""

import pytest

from foundation.people.services import acting_as_system
from tests.browser import ready
from tests.factories import authorization as factory
from tests.factories import people

TELL = "topic => document.querySelectorAll('ops-live').forEach(node => node.tell(topic))"


@pytest.mark.slow
def test_an_idle_desk_takes_what_it_is_called_for(live, browse, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        teller = people.staff(bank.outlet, "teller")
        authorizer = people.staff(bank.centre, "authorizer")
        at_counter = factory.counter(bank)
    asked = []
    desk = browse(authorizer)
    desk.route("**/live/?*", lambda route: route.fulfill(status=204))  # not served in tests
    desk.goto("/authorization/workbench/")
    ready(desk)
    desk.wait_for_selector("#take")
    desk.evaluate("clearInterval(document.getElementById('waiting').poll)")  # of ten seconds
    desk.on("request", lambda one: asked.append(one.url.partition("?")[0]))

    for topic in ("authorization", "worklist.authorization", "imaging"):
        desk.evaluate(TELL, topic)
    desk.wait_for_timeout(700)
    assert not [one for one in asked if one.endswith("/workbench/")]
    with acting_as_system(reason="test"):
        item = factory.sent(teller, factory.withdrawal(at_counter))
    desk.evaluate(TELL, "waiting.authorization")

    desk.wait_for_selector(f"#item >> text={item.number}")
    assert len([one for one in asked if one.endswith("/workbench/")]) == 1
