"""The auditor's desk: take the next, look, decide with one key, rest."""

import pytest
from django.urls import reverse
from django.utils import timezone

from monitoring import services
from monitoring.models import Match
from tests.factories import monitoring, people


@pytest.fixture
def desk(client, auditor, difference):
    client.force_login(auditor)
    return client


def fence(page):
    return page.context["opened"].item.fence


def send(browser, difference, page, **said):
    said = {"tries": difference.tries, "fence": fence(page)} | said
    return browser.post(
        reverse("monitoring:decide", args=[difference.pk]), said, headers={"HX-Request": "true"}
    )


def test_the_next_difference_opens_with_a_key_for_each_finding(desk, difference):
    page = desk.get(reverse("monitoring:audit"))
    text = page.content.decode()

    assert page.context["opened"].match == difference
    for key in "1234567":
        assert f'data-key="{key}"' in text
    assert 'data-key="F9"' in text


def test_a_finding_brings_the_next_difference(desk, difference, place, teller):
    other = monitoring.difference(place, teller, account="付款人")
    page = desk.get(reverse("monitoring:audit"))

    answer = send(desk, difference, page, finding="amount_diff")

    difference.refresh_from_db()
    assert difference.state == "confirmed"
    assert answer.context["opened"].match == other
    assert "<html" not in answer.content.decode()


def test_a_match_by_hand_keeps_its_reason(desk, difference):
    page = desk.get(reverse("monitoring:audit"))

    send(desk, difference, page, finding="matched_forced", reason="印章压字，金额相符")

    difference.refresh_from_db()
    assert (difference.result, difference.reason) == ("matched_forced", "印章压字，金额相符")


def test_a_match_by_hand_without_a_reason_is_refused_in_place(desk, difference):
    page = desk.get(reverse("monitoring:audit"))

    answer = send(desk, difference, page, finding="matched_forced")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["opened"].match == difference, "the desk stays as it was"
    assert "id_reason-error" in text
    assert "data-open-again" in text
    assert Match.objects.get(pk=difference.pk).state == "open"


def test_a_form_without_a_fence_is_refused(desk, difference):
    answer = desk.post(reverse("monitoring:decide", args=[difference.pk]), {"finding": "x"})

    assert answer.status_code == 422


def test_a_reason_that_is_too_long_stays_in_its_field(desk, difference):
    page, typed = desk.get(reverse("monitoring:audit")), "长" * 201

    answer = send(desk, difference, page, finding="matched_forced", reason=typed)

    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert Match.objects.get(pk=difference.pk).state == "open"


def test_a_finding_about_an_older_reading_is_refused_beside_the_pair(desk, difference):
    page = desk.get(reverse("monitoring:audit"))

    answer = send(desk, difference, page, finding="amount_diff", tries=difference.tries + 1)

    assert answer.status_code == 409
    assert "ops-refusal" in answer.content.decode()
    assert answer.context["opened"].match == difference


def test_the_desk_counts_what_waits_as_the_menu_does(desk, difference, place, teller):
    monitoring.difference(place, teller, account="付款人")

    page = desk.get(reverse("monitoring:audit"))

    assert page.context["waiting"] == 1, "the one on the desk does not wait"


def test_nothing_to_do_is_said(desk, difference):
    page = desk.get(reverse("monitoring:audit"))

    answer = send(desk, difference, page, finding="amount_diff").content.decode()

    assert "没有待审核的差异" in answer
    assert 'topics="worklist.monitoring.audit worklist' in answer


def test_putting_back_rests(desk, difference):
    page = desk.get(reverse("monitoring:audit"))

    answer = desk.post(
        reverse("monitoring:hand_back", args=[difference.pk]),
        {"fence": fence(page)},
        headers={"HX-Request": "true"},
    )

    assert "您正在小休" in answer.content.decode()
    difference.work_item.refresh_from_db()
    assert difference.work_item.state == "waiting"


def test_the_lease_is_kept_while_the_auditor_looks(desk, difference):
    page = desk.get(reverse("monitoring:audit"))
    item = page.context["opened"].item

    answer = desk.post(reverse("monitoring:heartbeat", args=[item.pk]), {"fence": item.fence})

    assert answer.json()["until"] > timezone.now().isoformat()


def test_who_only_looks_has_no_desk(client, bank, difference):
    client.force_login(people.staff(bank.branch, "ops_manager"))

    assert client.get(reverse("monitoring:audit")).status_code == 403


def test_a_line_without_a_voucher_can_only_be_found_to_be_that(client, auditor, place, teller):
    line = monitoring.post(place, teller=teller.number, fen=120_000)
    alone = services.pair(line=line, document_id=None, touched=[], at=people.NOON)
    client.force_login(auditor)
    page = client.get(reverse("monitoring:audit"))
    text = page.content.decode()

    assert page.context["opened"].match == alone
    assert 'value="image_missing"' in text
    assert 'value="amount_diff"' not in text
    assert send(client, alone, page, finding="unreadable").status_code == 409
    assert send(client, alone, page, finding="image_missing").status_code == 200
