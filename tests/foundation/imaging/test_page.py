"""imaging:page: an image with its versions, its readings and everything that happened to it."""

import pytest
from django.urls import reverse

from foundation.imaging import gateways, rules, services, tasks
from foundation.people import services as people
from foundation.trail import services as trail
from tests.foundation.imaging import drawing
from tests.foundation.imaging.conftest import AT, staff_of
from tests.foundation.imaging.test_view import given

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


@pytest.fixture
def page(add, scan):
    page = add(scan)
    commit = tasks.make_copies(page_id=page.pk)
    assert commit
    with people.acting_as_system(reason="test"):
        commit()
    return page


@pytest.fixture
def look(client, authorizer):
    client.force_login(authorizer, backend=BACKEND)

    def do(page, **asked):
        return client.get(reverse("imaging:page", args=[page.pk]), asked)

    return do


def told(answer):
    return [line.event.action for line in answer.context["seen"].told]


def test_it_tells_who_uploaded_and_when_copies_were_made(look, page, teller):
    answer = look(page)

    assert answer.status_code == 200
    assert told(answer) == ["imaging.page.copied", "imaging.page.added"]
    assert teller.label in answer.content.decode()


def test_it_tells_who_looked_and_who_took_it_out(client, look, page, authorizer):
    look(page)
    for use in ("view", "thumb", "original"):
        client.get(given(client, authorizer, page, use))

    answer = look(page)

    lines = answer.context["seen"].told[:3]
    assert [line.event.action.rpartition(".")[2] for line in lines] == ["original", "thumb", "view"]
    assert {line.event.actor for line in lines} == {authorizer.label}
    assert "带水印取走" in answer.content.decode()


def test_it_tells_what_ocr_read_and_that_it_could_not(look, page):
    text = gateways.PageText(engine="test", version="1", milliseconds=7, lines=(), codes=())
    with people.acting_as_system(reason="test"):
        services.record_reading(page_id=page.pk, text=None, failure="too dark", at=AT)
        staff = staff_of(page.institution, "110853", "王晓", "teller")
        services.read_again(page_id=page.pk, by=staff, at=AT)
        services.record_reading(page_id=page.pk, text=text, failure="", at=AT)

    answer = look(page)

    assert told(answer)[:3] == [
        "imaging.page.read", "imaging.page.read_again", "imaging.page.unreadable"
    ]  # fmt: skip
    assert [one.attempt for one in answer.context["seen"].readings] == [2, 1]
    assert "too dark" in answer.content.decode()


@pytest.fixture
def auditor(page, authorizer):
    with people.acting_as_system(reason="test"):
        services.record_reading(page_id=page.pk, text=None, failure="out of order", at=AT)
        return staff_of(authorizer.institution, "110854", "郑洁", "auditor")


def test_who_may_has_an_unreadable_page_read_again(client, look, page, auditor):
    way = reverse("imaging:read_again", args=[page.pk])
    assert way not in look(page).content.decode()
    assert client.post(way).status_code == 403
    client.force_login(auditor, backend=BACKEND)
    assert way in client.get(reverse("imaging:page", args=[page.pk])).content.decode()

    client.post(way)

    answer = client.get(reverse("imaging:page", args=[page.pk]))
    assert told(answer)[0] == "imaging.page.read_again"
    assert answer.context["seen"].page.state == rules.STORED
    assert way not in answer.content.decode()
    assert client.post(way).status_code == 409


def test_no_better_scan_is_asked_for_of_an_items_page(client, page, auditor):
    client.force_login(auditor, backend=BACKEND)
    way = reverse("imaging:ask_rescan", args=[page.pk])
    assert way not in client.get(reverse("imaging:page", args=[page.pk])).content.decode()

    assert client.post(way).status_code == 409
    assert client.post(reverse("imaging:ask_rescan", args=[page.pk + 999])).status_code == 404
    assert client.post(reverse("imaging:read_again", args=[page.pk + 999])).status_code == 404


def test_it_leads_from_each_version_to_the_others(look, page, teller):
    better = drawing.encoded(drawing.voucher(drawing.WITHDRAWAL).rotate(1))
    with people.acting(staff=teller):
        new = services.rescan_page(
            page_id=page.pk, data=better, name="2.jpg", reason="模糊", by=teller, at=AT
        )

    old_page, new_page = look(page), look(new)

    assert told(old_page)[0] == "imaging.page.superseded"
    assert told(new_page) == ["imaging.page.rescanned"]
    assert [one.version for one in new_page.context["seen"].versions] == [2, 1]
    assert reverse("imaging:page", args=[page.pk]) in new_page.content.decode()
    assert "模糊" in old_page.content.decode()


def test_every_line_of_a_page_has_its_word():
    for action, happening in rules.HAPPENINGS.items():
        assert action.startswith("imaging.page.")
        assert happening.text


def test_older_lines_are_on_the_next_page(look, page, bank):
    with people.acting_as_system(reason="test"):
        for _ in range(60):
            trail.record(
                institution_id=page.institution_id, actor="110037 李静", at=AT,
                action="imaging.page.seen.view", subject=f"imaging.page:{page.pk}",
            )  # fmt: skip

    first = look(page)
    second = look(page, below=first.context["seen"].next_below)

    assert len(told(first)) == 50
    assert told(second)[-1] == "imaging.page.added"
    assert second.context["seen"].next_below is None
    assert look(page, below="x").status_code == 200


def test_it_is_not_found_out_of_scope(client, page, stranger):
    client.force_login(stranger, backend=BACKEND)

    assert client.get(reverse("imaging:page", args=[page.pk])).status_code == 404


@pytest.mark.parametrize("number", [0, 999_999_999, 10**30])
def test_a_page_that_never_was_is_not_found(client, authorizer, number):
    client.force_login(authorizer, backend=BACKEND)

    assert client.get(reverse("imaging:page", args=[number])).status_code == 404


def test_a_class_that_the_roles_do_not_cover_is_refused(page, add, authorizer):
    card = add(drawing.encoded(drawing.voucher(drawing.WITHDRAWAL).rotate(2)), image_class="id")
    from foundation.imaging import selectors

    with people.acting(staff=authorizer), pytest.raises(rules.ClassNotAllowed):
        selectors.sheet(page_id=card.pk, permissions={"image_voucher_view"})


def test_a_post_without_images_is_turned_away(client, bank, page):
    client.force_login(staff_of(bank["centre"], "110777", "孙芳", "dispatcher"), backend=BACKEND)

    assert client.get(reverse("imaging:page", args=[page.pk])).status_code == 403


def test_the_viewers_of_items_and_pairs_lead_to_it(rf, client, page, authorizer):
    from authorization import web as authorization

    client.force_login(authorizer, backend=BACKEND)
    request = rf.get("/")
    request.user, request.session = authorizer, client.session

    (shown,) = authorization.pictures(request, [page], [])

    assert shown["page"] == reverse("imaging:page", args=[page.pk])
