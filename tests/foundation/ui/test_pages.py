"""The pages of the shell, as people of several roles meet them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from foundation.people.roles import Permission
from foundation.ui import menu
from ops_platform import menu as shown
from tests.factories import people

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def manager(db):
    return people.staff(people.branch().branch, "ops_manager")


@pytest.fixture
def desk(client, manager):
    """The manager's browser."""
    client.force_login(manager, backend=BACKEND)
    return client


@pytest.fixture
def place():
    """A page in the menu that everybody may open."""
    menu.show(
        menu.Centre(
            key="ui",
            title="Authorization",
            icon="check",
            places=(
                menu.Place(title="Key card", url_name="ui:keys", permission=Permission.HOME),
                menu.Place(title="Trail", url_name="ui:home", permission=Permission.JOB_VIEW),
            ),
        )
    )
    yield
    menu.forget("ui")


@pytest.mark.parametrize(
    "name", ["ui:home", "ui:notices", "ui:search", "ui:keys", "ui:top", "ui:manual_start"]
)
def test_a_signed_in_person_opens_the_pages_of_the_shell(desk, name):
    address = reverse(name)

    answer = desk.get(address, {"stay": "1"})

    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["ui:home", "ui:notices", "ui:search", "ui:keys", "ui:top"])
@pytest.mark.django_db
def test_nobody_opens_them_without_signing_in(client, name):
    answer = client.get(reverse(name))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/people/sign-in/")


@pytest.mark.django_db
def test_home_lists_only_what_the_roles_allow(client, place):
    teller = people.staff(people.branch().outlet, "teller")
    client.force_login(teller, backend=BACKEND)

    page = client.get(reverse("ui:home"), {"stay": "1"}).content.decode()

    assert "按键卡" in page
    assert "操作轨迹" not in page


def test_a_page_is_found_by_its_name_its_pinyin_and_its_initials(desk, place):
    for typed in ("按键", "ajk", "anjian", "ＡＪＫ", "jzsq", "集中授权"):
        assert "按键卡" in desk.get(reverse("ui:search"), {"q": typed}).content.decode()

    assert "没有找到" in desk.get(reverse("ui:search"), {"q": "zzz"}).content.decode()


def test_a_search_as_part_answers_without_the_frame(desk):
    answer = desk.get(reverse("ui:search"), {"q": "a"}, headers={"HX-Request": "true"})

    assert "<html" not in answer.content.decode()


@pytest.mark.django_db
def test_every_page_is_chinese_whatever_the_browser_prefers_until_english_is_chosen(client):
    address = reverse("ui:manual_start")
    chinese = client.get(address, headers={"Accept-Language": "en-US"}).content.decode()

    back = client.post(reverse("ui:set_language"), {"language": "en", "next": address})

    assert 'lang="zh-CN"' in chinese
    assert "操作手册" in chinese
    assert back["Location"] == address
    assert 'lang="en"' in client.get(address).content.decode()


@pytest.mark.django_db
def test_theme_and_density_are_kept_and_only_known_ones(client):
    client.post(reverse("ui:set_theme"), {"theme": "dark", "density": "roomy"})
    client.post(reverse("ui:set_theme"), {"theme": "<pink>", "density": "none"})

    page = client.get(reverse("ui:manual_start")).content.decode()

    assert 'data-bs-theme="dark"' in page
    assert 'data-density="roomy"' in page


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "\\\\evil"])
def test_a_choice_never_leads_to_another_site(client, elsewhere):
    answer = client.post(reverse("ui:set_language"), {"language": "en", "next": elsewhere})

    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_the_gallery_is_shown_in_the_demo_only(client, settings):
    settings.OPS_DEMO = False
    hidden = client.get(reverse("ui:gallery")).status_code
    settings.OPS_DEMO = True
    shown_in_demo = client.get(reverse("ui:gallery"))

    assert hidden == 404
    assert shown_in_demo.status_code == 200


def test_the_centres_stand_in_the_order_of_the_bank():
    order = [
        "processing",
        "authorization",
        "monitoring",
        "clearing",
        "cash_center",
        "reconciliation",
        "dashboards",
    ]

    assert [centre.key for centre in shown.CENTRES if centre.key in order] == order
