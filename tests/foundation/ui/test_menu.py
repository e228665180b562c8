"""The shell asks for nothing that a person may not know, and leads each to their own work."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from foundation.people.roles import ROLES, Permission
from foundation.ui import menu
from foundation.ui.context import Entry
from tests.architecture.test_permissions import HOME_OF
from tests.browser import ready
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def branch(db):
    return people.branch()


@pytest.mark.parametrize(
    ("role", "where", "page"),
    [
        ("teller", "outlet", "authorization:mine"),
        ("authorizer", "centre", "authorization:workbench"),
        ("auditor", "centre", "monitoring:audit"),
        ("ops_manager", "branch", "dashboards:live"),
    ],
)
def test_each_role_begins_where_its_work_is(client, branch, role, where, page):
    client.force_login(people.staff(getattr(branch, where), role), backend=BACKEND)

    answer = client.get(reverse("ui:home"))

    assert answer["Location"] == reverse(page)


def test_waiting_items_are_counted_for_those_who_may_know(branch):
    teller = people.staff(branch.outlet, "teller")
    menu.count("sample", permission=Permission.AUTHORIZATION_DECIDE, source=lambda _staff: 3)
    menu.count("sample", permission=Permission.QUEUE_VIEW, source=lambda _staff: 14)
    both = frozenset({Permission.QUEUE_VIEW, Permission.AUTHORIZATION_DECIDE})

    assert menu.waiting("sample", teller, frozenset({Permission.QUEUE_VIEW})) == 14
    assert menu.waiting("sample", teller, both) == 3, "one's own work before what one sees"
    assert menu.waiting("sample", teller, frozenset({Permission.HOME})) == 0
    menu.forget("sample")
    assert menu.waiting("sample", teller, frozenset({Permission.QUEUE_VIEW})) == 0


def test_notices_and_answers_are_for_those_who_hold_the_permission(branch, monkeypatch):
    teller = people.staff(branch.outlet, "teller")
    held, at = frozenset({Permission.AUTHORIZATION_SUBMIT}), datetime(2026, 11, 23, tzinfo=UTC)
    monkeypatch.setattr(menu, "_notices", [])
    monkeypatch.setattr(menu, "_finders", [])
    menu.notices_from(
        lambda _staff: [menu.Notice(text="sent back", address="/", at=at)],
        permission=Permission.AUTHORIZATION_SUBMIT,
    )
    menu.find_with(
        lambda _staff, text: [menu.Found(title=text, address="/")],
        permission=Permission.ACCOUNT_VIEW,
    )

    assert [notice.text for notice in menu.notices(teller, held)] == ["sent back"]
    assert not menu.notices(teller, frozenset())
    assert not menu.found(teller, held, "0302")
    assert menu.found(teller, frozenset({Permission.ACCOUNT_VIEW}), "0302")


def test_the_pages_of_a_centre_lead_to_one_another(client, branch):
    client.force_login(people.staff(branch.branch, "ops_manager"), backend=BACKEND)

    page = client.get(reverse("people:institutions")).content.decode()
    second = page.partition('class="op-places"')[2].partition("</nav>")[0]

    for name in ("people:staff", "policy:numbers", "trail:entries", "worklist:queues"):
        assert reverse(name) in second
    assert f'href="{reverse("people:institutions")}" aria-current="page"' in second


def test_a_page_below_those_of_the_menu_belongs_to_their_centre(client, branch):
    manager = people.staff(branch.branch, "ops_manager")
    client.force_login(manager, backend=BACKEND)

    page = client.get(reverse("people:staff_detail", args=[manager.number])).content.decode()

    assert 'class="op-places"' in page
    assert page.count('aria-current="page"') == 1, "the centre, and no page of it"


def test_more_than_a_bar_has_room_for_is_told_as_more():
    (centre, pages) = next(iter(menu.centres(frozenset(Permission))))
    told = [
        Entry(centre=centre, places=pages, waiting=count, current=False).told
        for count in (1, menu.MOST, menu.MOST + 1)
    ]

    assert told == ["1", "99", "99+"]


REACHED = """bar => [...bar.querySelectorAll("a")].map(link => {
    if (link.closest(".op-more__list")) return [link.textContent.trim(), true];
    const own = link.getBoundingClientRect(), room = bar.getBoundingClientRect();
    return [link.textContent.trim(), own.left >= room.left - 1 && own.right <= room.right + 1];
})"""


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1366, 1280, 1024])
def test_every_entry_of_the_menu_is_whole_or_folded_for_every_role(
    committed_db, browse, width, language
):
    bank = people.branch()
    for role in ROLES.values():
        where = HOME_OF[min(role.institution_kinds)]
        page = browse(
            people.staff(getattr(bank, where), role.code), cookies={"ops_language": language}
        )
        page.set_viewport_size({"width": width, "height": 768})
        page.goto(f"{reverse('ui:home')}?stay")
        ready(page)

        cut = [text for text, whole in page.locator("#ops-nav").evaluate(REACHED) if not whole]

        assert not cut, f"{role.code} at {width}: {cut}"
        page.context.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("width", [1920, 1366, 1024])
def test_every_page_of_a_centre_is_whole_or_folded(committed_db, browse, width, language):
    lead = people.staff(people.bank().centre, "audit_lead")
    page = browse(lead, cookies={"ops_language": language})
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(reverse("monitoring:board"))
    ready(page)
    places = page.locator(".op-places")

    assert [text for text, whole in places.evaluate(REACHED) if not whole] == []
    assert places.locator("> a[aria-current]").is_visible()
    if width < 1920:
        last = places.locator("a").last
        assert not last.is_visible()
        places.locator("summary").click()
        assert last.is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.slow
def test_what_is_folded_opens_by_keyboard_and_shuts_again(committed_db, browse):
    page = browse(people.staff(people.branch().branch, "ops_manager"))
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{reverse('ui:home')}?stay")
    ready(page)
    last = page.locator("#ops-nav a").last
    assert not last.is_visible()

    page.locator(".op-more summary").focus()
    page.keyboard.press("Enter")

    assert last.is_visible()
    page.keyboard.press("Escape")
    assert not last.is_visible()
