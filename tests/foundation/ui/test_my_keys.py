"""ui:my_keys, ui:set_key and ui:reset_keys: a person's own keys, on every page and on the trail."""

from __future__ import annotations

import pytest
from django.urls import reverse

from authorization.models import Request
from foundation.people import services as acting
from foundation.trail.models import Event
from tests.browser import ready, violations
from tests.factories import authorization as factory
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"
APPROVE = "authorization.approve"


@pytest.fixture
def desk(client, authorizer):
    client.force_login(authorizer, backend=BACKEND)
    return client


def chosen(staff):
    staff.refresh_from_db()
    return staff.own_keys


def told(staff):
    rows = Event.objects.filter(subject=f"people.staff:{staff.number}", action="people.choose_keys")
    return [row.detail for row in rows.order_by("id")]


def press(desk, key, action=APPROVE):
    return desk.post(reverse("ui:set_key"), {"action": action, "key": key})


def test_it_lists_every_action_by_screen_with_its_key(desk):
    page = desk.get(reverse("ui:my_keys")).content.decode()

    for text in ("工作台", "同意", 'value="F9"', 'value="Ctrl+K"', "影像"):
        assert text in page


def test_a_key_is_kept_and_told(desk, authorizer):
    answer = press(desk, "F11")

    assert answer.status_code == 302
    assert chosen(authorizer) == {APPROVE: "F11"}
    assert told(authorizer) == [{"before": {}, "after": {APPROVE: "F11"}}]


def test_the_same_key_again_leaves_no_trace(desk, authorizer):
    press(desk, "F11")
    press(desk, "F11")

    assert len(told(authorizer)) == 1


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("Ctrl+W", "Ctrl+W 由浏览器占用"),
        ("Ctrl+N", "Ctrl+N 由浏览器占用"),
        ("Ctrl+T", "Ctrl+T 由浏览器占用"),
        ("Ctrl+Tab", "Ctrl+Tab 由浏览器占用"),
        ("F10", "F10 已用于“拒绝”"),
        ("F1", "F1 已用于“本页帮助”"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_place(desk, authorizer, key, says):
    answer = press(desk, key)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'aria-invalid="true"' in page
    assert chosen(authorizer) == {}
    assert told(authorizer) == []
    refused = Event.objects.filter(actor=authorizer.label, action="ui:set_key").get()
    assert refused.result.startswith("E160")


def test_one_key_is_usual_again(desk, authorizer):
    press(desk, "F11")
    press(desk, "Alt+H", "everywhere.help")

    desk.post(reverse("ui:reset_keys"), {"action": APPROVE})

    assert chosen(authorizer) == {"everywhere.help": "Alt+H"}
    assert told(authorizer)[-1] == {"before": {APPROVE: "F11"}, "after": {}}


def test_all_keys_are_usual_again(desk, authorizer):
    press(desk, "F11")
    press(desk, "Alt+H", "everywhere.help")

    desk.post(reverse("ui:reset_keys"))

    assert chosen(authorizer) == {}


@pytest.mark.parametrize("name", ["ui:set_key", "ui:reset_keys"])
def test_an_unknown_action_is_not_found(desk, name):
    assert desk.post(reverse(name), {"action": "no.such", "key": "F11"}).status_code == 404


def test_the_keys_of_one_are_not_those_of_another(desk, client, bank, authorizer):
    press(desk, "F11")
    colleague = people.staff(bank.centre, "authorizer")
    client.force_login(colleague, backend=BACKEND)

    page = client.get(reverse("ui:keys")).content.decode()

    assert "<dt><kbd>F9</kbd></dt><dd>同意</dd>" in page


def test_every_page_and_the_key_card_show_the_persons_keys(desk, authorizer):
    press(desk, "Alt+H", "everywhere.help")
    press(desk, "x", "images.contrast")
    press(desk, "F11")

    card = desk.get(reverse("ui:keys")).content.decode()
    page = desk.get(reverse("ui:notices")).content.decode()

    assert "<dt><kbd>F11</kbd></dt><dd>同意</dd>" in card
    assert "<dt><kbd>X</kbd></dt>" in card
    assert 'data-key="Alt+H" aria-keyshortcuts="Alt+H"' in page
    assert '"images.contrast": "x"' in page


def test_whoever_is_not_signed_in_has_no_keys(client, db):
    for name in ("ui:my_keys", "ui:set_key", "ui:reset_keys"):
        assert client.post(reverse(name)).status_code in {302, 405}


@pytest.fixture
def branch(live, settings, tmp_path) -> people.Branch:
    """A branch that the browser's server sees as well."""
    settings.MEDIA_ROOT = tmp_path
    with acting.acting_as_system(reason="test"):
        opened = people.branch()
        manager = people.staff(opened.branch, "ops_manager", name="周明")
        people.numbers(manager, people.staff(opened.branch, "risk_manager", name="吴芳"))
    return opened


@pytest.fixture
def waiting(branch) -> Request:
    with acting.acting_as_system(reason="test"):
        teller = people.staff(branch.outlet, "teller", name="王晓雯")
        return factory.sent(teller, factory.withdrawal(factory.counter(branch)))


def test_approve_is_moved_to_another_key_decides_with_it_and_moves_back(browse, waiting, branch):
    """By pressing keys alone, as an authorizer would: F9 moves to F11, decides, and comes back."""
    person = people.staff(branch.centre, "authorizer", name="李静", grade=5)
    page = browse(person)
    page.goto(reverse("ui:my_keys"))
    ready(page)
    field = page.locator(f"[data-action='{APPROVE}']")

    field.focus()
    page.keyboard.press("F10")  # the key of rejecting
    page.wait_for_selector("#ops-refusal")
    ready(page)
    assert not violations(page)
    field.focus()
    with page.expect_navigation():
        page.keyboard.press("F11")
    ready(page)
    assert field.input_value() == "F11"
    assert not violations(page)

    page.goto(reverse("authorization:workbench"))
    ready(page)
    page.wait_for_selector("#item")
    approve = page.locator(".op-act .op-btn--pri")
    assert approve.inner_text().split() == ["同意", "F11"]
    page.keyboard.press("?")
    assert "F11" in page.locator("#ops-keys-body").inner_text()
    assert "F9" not in page.locator("#ops-keys-body").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("F9")  # nothing has this key any more
    page.wait_for_timeout(300)
    assert page.locator("#item").is_visible()
    page.keyboard.press("F11")
    page.wait_for_selector("#take")
    assert state_of(waiting) == "posted"

    page.goto(reverse("ui:my_keys"))
    ready(page)
    with page.expect_navigation():
        page.locator(f"form:has(input[value='{APPROVE}']) button").click()
    ready(page)
    assert field.input_value() == "F9"
    assert chosen(person) == {}
    with acting.acting_as_system(reason="test"):
        assert len(told(person)) == 2


def state_of(request):
    with acting.acting_as_system(reason="test"):
        request.refresh_from_db()
    return request.state


def test_keys_bound_by_scripts_move_too(browse, branch, settings):
    settings.OPS_DEMO = True
    person = people.staff(branch.branch, "ops_manager")
    person.own_keys = {"images.contrast": "x", "everywhere.keys": "/"}
    person.save(update_fields=["own_keys"])
    page = browse(person)
    page.goto("/ui/gallery/")
    page.wait_for_selector(".op-stage", state="attached")

    page.keyboard.press("c")
    before = page.locator(".op-stage--contrast").count()
    page.keyboard.press("x")
    after = page.locator(".op-stage--contrast").count()
    page.keyboard.press("/")

    assert (before, after) == (0, 1)
    assert page.locator("#ops-keys-help").is_visible()
    assert "X" in page.locator("#ops-keys-body").inner_text()
