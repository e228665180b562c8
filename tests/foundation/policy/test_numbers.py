"""Business numbers: dated, nearest first, and changed by two people only."""

from datetime import date, timedelta

import pytest
from django.db import Error, transaction
from django.urls import reverse

from foundation.people import services as people
from foundation.policy import rules, selectors, services
from foundation.policy.models import Policy
from tests.foundation.people.conftest import AT, DAY, hired

CODE = "tests.limit_fen"
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def number_in_fen(monkeypatch):
    """Let there be a number that is an amount."""
    number = rules.Number(CODE, int, "fen", "Amount")
    monkeypatch.setitem(rules.NUMBERS, CODE, number)


def proposed(by, value="100", valid_from=TOMORROW, institution=None, code=CODE):
    return services.propose(
        code=code, value=value, valid_from=valid_from, reason="年度调整", by=by, at=AT,
        institution=institution,
    )  # fmt: skip


@pytest.fixture
def started(bank, manager, risk):
    """The bank's value since long ago."""
    with people.acting_as_system(reason="test"):
        row = proposed(manager, "5000000", date(2020, 1, 1))
        services.approve(policy_id=row.pk, by=risk, at=AT)


def value(institution=None, on=TOMORROW):
    return selectors.whole(code=CODE, on=on, institution_id=institution and institution.pk)


def test_the_nearest_institution_above_decides(bank, manager, risk, started):
    with people.acting(staff=manager):
        for place, text in ((bank.branch, "300"), (bank.sub_branch, "200")):
            row = proposed(manager, text, institution=place)
            services.approve(policy_id=row.pk, by=risk, at=AT)

    assert (value(bank.outlet), value(bank.elsewhere), value(bank.head), value()) == (
        200, 300, 5000000, 5000000,
    )  # fmt: skip
    assert value(bank.outlet, on=DAY) == 5000000


def test_a_teller_sees_the_number_of_the_branch_above(bank, manager, risk, started):
    teller = hired(bank.outlet, "teller")
    with people.acting(staff=manager):
        row = proposed(manager, "300", institution=bank.branch)
        services.approve(policy_id=row.pk, by=risk, at=AT)

    with people.acting(staff=teller):
        assert value(bank.outlet) == 300


def test_without_a_value_in_force_it_is_refused(db):
    with pytest.raises(rules.NotSet):
        value()


def test_what_waits_or_was_declined_does_not_count(bank, manager, risk, started):
    with people.acting(staff=manager):
        proposed(manager, "1", institution=bank.branch)
        row = proposed(manager, "2", institution=bank.branch)
        services.decline(policy_id=row.pk, by=risk, at=AT)
        with pytest.raises(rules.AlreadyDecided):
            services.approve(policy_id=row.pk, by=risk, at=AT)

    assert value(bank.outlet) == 5000000


@pytest.mark.parametrize("text", ["", "x", "1.5", "1e3", "NaN"])
def test_a_text_of_the_wrong_type_is_refused(manager, text):
    with pytest.raises(rules.BadValue):
        rules.value_of(CODE, text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("security.idle_minutes", "-1"),
        ("security.idle_minutes", "1000001"),
        ("monitoring.same_confidence_min", "101"),
        ("ledger.kept_months", "1201"),
        (CODE, "9" * 30),
    ],
)
def test_a_number_with_which_nothing_could_be_reckoned_is_refused(code, text):
    with pytest.raises(rules.BadValue):
        rules.value_of(code, text)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("security.idle_minutes", "0"),
        ("security.idle_minutes", "1000000"),
        ("monitoring.same_confidence_min", "100"),
        (CODE, "100000000000000000"),
    ],
)
def test_a_number_at_its_bound_is_taken(code, text):
    assert rules.value_of(code, text) == int(text)


def test_an_unknown_number_is_refused():
    with pytest.raises(rules.UnknownPolicy):
        rules.value_of("no.such", "1")


class TestTwoPeople:
    def test_the_proposer_does_not_approve(self, bank, manager):
        with people.acting(staff=manager):
            row = proposed(manager, institution=bank.branch)
            with pytest.raises(rules.SamePerson):
                services.approve(policy_id=row.pk, by=manager, at=AT)
            with pytest.raises(rules.SamePerson):
                services.decline(policy_id=row.pk, by=manager, at=AT)

    def test_nor_the_same_human_under_another_number(self, bank, manager):
        with people.acting_as_system(reason="test"):
            second = hired(bank.branch)
            second.person = manager.person
            second.save(update_fields=["person"])
            row = proposed(manager)
            with pytest.raises(rules.SamePerson):
                services.approve(policy_id=row.pk, by=second, at=AT)
            with pytest.raises(Error, match="two people"), transaction.atomic():
                Policy.objects.filter(pk=row.pk).update(approved_by=second, approved_at=AT)

    def test_a_proposal_is_not_rewritten(self, bank, manager):
        with people.acting_as_system(reason="test"):
            row = proposed(manager)
            with pytest.raises(Error, match="only ever approved"), transaction.atomic():
                Policy.objects.filter(pk=row.pk).update(value="9")

    def test_what_is_in_force_is_only_followed(self, started):
        with (
            people.acting_as_system(reason="test"),
            pytest.raises(Error, match="later row"),
            transaction.atomic(),
        ):
            Policy.objects.update(value="9")


class TestPlaceAndDay:
    def test_a_day_that_has_begun_is_not_changed(self, bank, manager):
        with people.acting(staff=manager), pytest.raises(rules.TooSoon):
            proposed(manager, valid_from=DAY, institution=bank.branch)

    def test_an_approval_that_comes_too_late_is_refused(self, bank, manager, risk):
        with people.acting(staff=manager):
            row = proposed(manager, institution=bank.branch)
            with pytest.raises(rules.TooSoon):
                services.approve(policy_id=row.pk, by=risk, at=AT + timedelta(days=1))

    def test_a_branch_does_not_change_the_whole_bank(self, manager):
        with people.acting(staff=manager), pytest.raises(rules.NotYours):
            proposed(manager)

    def test_the_database_keeps_others_numbers_from_a_branch(self, bank, manager):
        with (
            people.acting(staff=manager),
            pytest.raises(Error, match="row-level security"),
            transaction.atomic(),
        ):
            Policy.objects.create(
                code=CODE, institution=bank.head, value="1", valid_from=TOMORROW, reason="x",
                proposed_by=manager, proposed_at=AT,
            )  # fmt: skip


class TestPages:
    def test_two_people_change_a_number_by_the_pages(self, client, manager, risk, started, sign_in):
        sign_in(manager)
        assert client.get(reverse("policy:numbers")).status_code == 200
        given = {"value": "777", "valid_from": "2089-01-01", "institution": "110000", "reason": "x"}
        address = reverse("policy:propose", args=[CODE])
        assert client.get(address).status_code == 200
        assert client.post(address, {**given, "value": "abc"}).status_code == 422
        assert client.post(address, {**given, "valid_from": "2020-01-01"}).status_code == 422
        assert client.post(address, given).status_code == 302
        row = Policy.objects.get(value="77700")
        decide = reverse("policy:decide", args=[row.pk])
        assert client.post(decide, {"step": "approve"}).status_code == 403

        sign_in(risk)
        assert "777.00 元" in client.get(reverse("policy:history", args=[CODE])).content.decode()
        assert client.post(decide, {"step": "approve"}).status_code == 302
        assert Policy.objects.get(value="77700").approved_by == risk
        seen = client.get(reverse("policy:history", args=[CODE])).context["timeline"]
        assert [event.actor for event in seen][:2] == [risk.label, manager.label]

    def test_an_amount_is_typed_and_shown_in_yuan_and_kept_in_fen(
        self, client, manager, started, sign_in
    ):
        sign_in(manager)
        address = reverse("policy:propose", args=[CODE])
        given = {"valid_from": "2089-01-01", "institution": "110000", "reason": "x"}

        wrong = client.post(address, {**given, "value": "六万"})
        client.post(address, {**given, "value": "60,000.5"})

        assert wrong.status_code == 422
        assert 'value="六万"' in wrong.content.decode(), "nothing typed is lost"
        assert Policy.objects.get(code=CODE, reason="x").value == "6000050"
        shown = client.get(reverse("policy:history", args=[CODE])).content.decode()
        assert "60,000.50 元" in shown

    def test_an_unknown_number_has_no_page(self, client, manager, sign_in):
        sign_in(manager)

        assert client.get(reverse("policy:history", args=["no.such"])).status_code == 404
