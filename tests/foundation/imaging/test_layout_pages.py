"""The pages of layouts: who may, what is shown, what is refused without losing what was typed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation.imaging.models import Layout
from foundation.imaging.rules import layouts as rules
from foundation.people import services as people
from tests.factories import layouts as drawing
from tests.foundation.imaging.conftest import staff_of

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.filterwarnings("ignore:No directory at")


@pytest.fixture
def manager(bank):
    return staff_of(bank["branch"], "200010", "周明", "ops_manager")


@pytest.fixture
def risk(bank):
    return staff_of(bank["branch"], "200011", "吴芳", "risk_manager")


@pytest.fixture
def row(manager):
    with people.acting_as_system(reason="test"):
        return drawing.draft(manager)


@pytest.fixture
def proposer(client, manager):
    client.force_login(manager, backend=BACKEND)
    return client


def address(name, *args):
    return reverse(f"imaging:{name}", args=args)


def typed(row):
    """Return what the page of a draft sends as it stands."""
    sent = {}
    for name in rules.NAMES:
        zone = next((zone for zone in row.reads if zone.name == name), None)
        sent[f"{name}-box"] = " ".join(map(str, zone.box)) if zone else ""
        sent[f"{name}-kind"] = zone.kind if zone else rules.kinds_of(name)[0]
        sent[f"{name}-validator"] = zone.validator if zone else ""
        sent[f"{name}-whitelist"] = ""
        if zone and zone.needed:
            sent[f"{name}-needed"] = "on"
    return sent


def test_the_list_tells_of_nothing_and_then_of_what_there_is(proposer, manager):
    assert "尚无版式" in proposer.get(address("layouts")).content.decode()
    with people.acting_as_system(reason="test"):
        made = drawing.draft(manager)
    shown = proposer.get(address("layouts")).content.decode()
    assert address("layout", made.pk) in shown


def test_a_form_is_drawn_and_leads_to_its_zones(proposer):
    file = SimpleUploadedFile("form.png", drawing.png(drawing.form()), "image/png")
    answer = proposer.post(address("draw_layout"), {"code": "slip", "title": "凭条", "file": file})

    made = Layout.objects.get()
    assert answer["Location"] == address("layout", made.pk)
    picture = proposer.get(address("layout_picture", made.pk))
    assert picture.content.startswith(b"\x89PNG")


def test_what_was_typed_stays_when_a_form_is_refused(proposer):
    file = SimpleUploadedFile("form.txt", b"no image", "text/plain")
    answer = proposer.post(address("draw_layout"), {"code": "slip", "title": "凭条", "file": file})

    assert answer.status_code == 422
    assert "凭条" in answer.content.decode()
    assert not Layout.objects.exists()


def test_zones_are_kept_as_they_were_typed(proposer, row):
    sent = typed(row) | {"purpose-box": "", "account-box": "260, 120, 640, 60"}
    answer = proposer.post(address("layout_zones", row.pk), sent)

    assert answer.status_code == 302
    row.refresh_from_db()
    assert [zone.name for zone in row.reads] == ["account", "amount", "amount_words"]
    assert row.reads[0].box == (260, 120, 640, 60)


@pytest.mark.parametrize("box", ["1 2 3", "a b c d", "1 2 3 4 5"])
def test_what_is_no_place_is_marked_and_stays(proposer, row, box):
    answer = proposer.post(address("layout_zones", row.pk), typed(row) | {"account-box": box})

    assert answer.status_code == 422
    assert f'value="{box}"' in answer.content.decode()


def test_a_zone_outside_is_refused_in_place(proposer, row):
    answer = proposer.post(
        address("layout_zones", row.pk), typed(row) | {"account-box": "1 2 9000 40"}
    )

    assert answer.status_code == 422
    assert "超出表单范围" in answer.content.decode()


def test_a_sample_is_read_and_shown_and_nothing_is_kept(proposer, row):
    file = SimpleUploadedFile("a.png", drawing.png(drawing.form(purpose="货款")), "image/png")
    answer = proposer.post(address("try_layout", row.pk), {"file": file})

    assert answer.status_code == 200
    assert "货款" in answer.content.decode()


def test_a_sample_of_another_form_is_told(proposer, row, scan):
    file = SimpleUploadedFile("a.jpg", scan, "image/jpeg")
    answer = proposer.post(address("try_layout", row.pk), {"file": file})

    assert answer.status_code == 422
    assert "样张未识别为该表单" in answer.content.decode()


def test_the_second_person_publishes_and_who_drew_it_is_not_offered_to(client, row, risk):
    client.force_login(risk, backend=BACKEND)
    assert (
        address("decide_layout", row.pk) in client.get(address("layout", row.pk)).content.decode()
    )
    assert client.post(address("decide_layout", row.pk), {"step": "publish"}).status_code == 302
    row.refresh_from_db()
    assert row.state == rules.PUBLISHED
    shown = client.get(address("layout", row.pk)).content.decode()
    assert address("layout_zones", row.pk) not in shown


def test_who_may_not_sees_nothing(client, row, teller):
    client.force_login(teller, backend=BACKEND)
    assert client.get(address("layout", row.pk)).status_code == 403


def test_there_is_no_such_layout(proposer):
    for name in ("layout", "layout_picture"):
        assert proposer.get(address(name, 9)).status_code == 404
    for name in ("layout_zones", "try_layout"):
        assert proposer.post(address(name, 9), {}).status_code == 404
