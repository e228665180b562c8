"""Holds: in part, whole, by expiry, extended; judicial ones by two; and their pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from foundation.ledger import rules, selectors, services, tasks
from foundation.ledger.models import Hold, HoldRequest
from foundation.trail.models import Event
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

NEXT = DAY + timedelta(days=1)
LATER = DAY + timedelta(days=30)


@pytest.fixture
def hold(bank):
    return services.place_hold(
        number=bank.payer.number, fen=1_000, reason="质押", at=NOON, by="t", expires_on=NEXT
    )


@pytest.fixture
def frozen(bank):
    return factory.judicial_hold(bank.payer, 1_000, expires_on=NEXT)


@pytest.fixture
def two(bank):
    return factory.two(bank.outlet)


def held(bank):
    return selectors.balance(number=bank.payer.number).held_fen


def ask(hold, by, step="release", **more):
    facts = {"hold_id": hold.pk, "reason": "解冻通知", "at": NOON, "by": by}
    return services.ask_about_hold(step=step, **facts, **more)


def test_a_part_is_released_and_the_rest_stays(bank, hold):
    services.release_hold(hold_id=hold.pk, fen=300, at=NOON, by="t")

    hold.refresh_from_db()
    assert (held(bank), hold.amount_fen, hold.placed_fen, hold.state) == (700, 700, 1_000, "held")
    assert selectors.differences(first=DAY, last=DAY) == ()


@pytest.mark.parametrize("fen", [0, -1, 1_000, 1_001])
def test_a_part_is_more_than_nothing_and_less_than_all(hold, fen):
    with pytest.raises(rules.NotPart):
        services.release_hold(hold_id=hold.pk, fen=fen, at=NOON, by="t")


def test_a_hold_is_extended_to_a_later_day_only(hold):
    services.extend_hold(hold_id=hold.pk, until=NEXT + timedelta(days=5), at=NOON, by="t")

    with pytest.raises(rules.NotLater):
        services.extend_hold(hold_id=hold.pk, until=NEXT, at=NOON, by="t")


def test_it_expires_on_its_day_and_not_before(bank, hold):
    assert services.expire_holds(on=DAY, at=NOON) == 0

    assert services.expire_holds(on=NEXT, at=NOON + timedelta(days=1)) == 1

    hold.refresh_from_db()
    assert (held(bank), hold.state) == (0, "expired")
    assert Event.objects.filter(action="ledger.expire_hold").count() == 1
    assert tasks.expire_holds()() == 0


def test_opening_the_day_lets_go_what_is_held_no_more(bank, hold, monkeypatch):
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {})
    factory.close_day(bank.outlet)

    services.open_day(institution_id=bank.outlet.pk, on=NEXT, at=NOON, by="t")

    assert held(bank) == 0
    assert pay(bank, bank.payer, bank.payee, 100_000, business_date=NEXT).pk


class TestJudicial:
    def test_it_names_its_document(self, bank):
        with pytest.raises(rules.NoDocument):
            factory.judicial_hold(bank.payer, document_no="")

    def test_nobody_changes_it_alone(self, frozen):
        with pytest.raises(rules.TwoNeeded):
            services.release_hold(hold_id=frozen.pk, at=NOON, by="t")
        with pytest.raises(rules.TwoNeeded):
            services.extend_hold(hold_id=frozen.pk, until=NEXT + timedelta(days=1), at=NOON, by="t")

    @pytest.mark.parametrize(
        ("step", "more", "left"),
        [("release", {}, 0), ("release_part", {"fen": 400}, 600),
         ("extend", {"until": NEXT + timedelta(days=30)}, 1_000)],
    )  # fmt: skip
    def test_one_asks_and_another_decides(self, frozen, two, step, more, left):
        ask(frozen, two[0], step, **more)

        services.decide_about_hold(hold_id=frozen.pk, approve=True, at=NOON, by=two[1])

        assert selectors.balance(number=frozen.account.number).held_fen == left

    @pytest.mark.parametrize(
        ("step", "more", "told"),
        [("release", {}, {"fen": 1_000}), ("release_part", {"fen": 400}, {"fen": 400}),
         ("extend", {"until": LATER}, {"fen": 1_000, "until": LATER.isoformat()})],
    )  # fmt: skip
    def test_the_trail_tells_the_amount_and_the_day_that_were_asked(
        self, frozen, two, step, more, told
    ):
        ask(frozen, two[0], step, **more)

        detail = Event.objects.get(action="ledger.ask_about_hold").detail
        assert detail == {"hold": frozen.pk, "step": step, "reason": "解冻通知", **told}

    def test_who_asked_does_not_decide(self, frozen, two):
        ask(frozen, two[0])

        with pytest.raises(rules.DecidedBySame):
            services.decide_about_hold(hold_id=frozen.pk, approve=True, at=NOON, by=two[0])

    def test_a_declined_request_changes_nothing(self, bank, frozen, two):
        ask(frozen, two[0])

        services.decide_about_hold(hold_id=frozen.pk, approve=False, at=NOON, by=two[1])

        assert held(bank) == 1_000
        with pytest.raises(rules.AskedAlready):
            services.decide_about_hold(hold_id=frozen.pk, approve=True, at=NOON, by=two[1])

    def test_one_request_at_a_time(self, frozen, two):
        ask(frozen, two[0])

        with pytest.raises(rules.TwoNeeded):
            ask(frozen, two[1])

    def test_the_database_counts_the_decisions(self, frozen, two):
        rows = Hold.objects.filter(pk=frozen.pk)

        with pytest.raises(IntegrityError, match="two people"), transaction.atomic():
            rows.update(amount_fen=1, changes=1)

    def test_the_database_knows_the_humans(self, frozen, two):
        asked = ask(frozen, two[0])

        with pytest.raises(IntegrityError, match="decided_by_two"), transaction.atomic():
            HoldRequest.objects.filter(pk=asked.pk).update(
                approved=True, decided_by=two[0], decided_at=NOON, decided_label="x"
            )


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"amount_fen": 2_000, "changes": 1}, "only becomes less"),
        ({"reason": "x", "changes": 1}, "only becomes less"),
        ({"expires_on": DAY, "changes": 1}, "only becomes less"),
        ({"amount_fen": 5}, "is counted"),
        ({"state": "expired", "released_at": NOON, "released_by": "t", "changes": 1}, "on its day"),
    ],
)
def test_the_database_lets_a_hold_only_become_less(hold, change, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Hold.objects.filter(pk=hold.pk).update(**change)


class TestPages:
    def test_a_hold_is_placed_and_released_in_part(self, bank, desk):
        window = desk(bank.outlet)
        given = {"amount": "12.50", "reason": "质押", "expires_on": NEXT}

        page = window.post(
            reverse("ledger:hold_place", args=[bank.payer.number]), given, follow=True
        )
        hold = page.context["hold"]
        change = {"step": "release_part", "amount": "2.50", "reason": "部分还款"}
        window.post(reverse("ledger:hold_change", args=[hold.pk]), change)

        assert held(bank) == 1_000
        account = window.get(reverse("ledger:account", args=[bank.payer.number]))
        assert reverse("ledger:hold", args=[hold.pk]) in account.content.decode()

    @pytest.mark.parametrize(
        "given",
        [{"amount": "x", "reason": "r"}, {"amount": "1", "reason": "r", "judicial": "on"},
         {"amount": "99999999", "reason": "r"}],
    )  # fmt: skip
    def test_what_cannot_be_held_is_told(self, bank, desk, given):
        address = reverse("ledger:hold_place", args=[bank.payer.number])

        assert desk(bank.outlet).post(address, given).status_code == 422

    def test_a_judicial_hold_is_released_by_two(self, bank, frozen, two, client):
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(two[0], backend=backend)
        change = {"step": "release", "reason": "解冻通知"}
        page = client.post(reverse("ledger:hold_change", args=[frozen.pk]), change, follow=True)
        assert "解冻通知" in page.content.decode()
        decide = reverse("ledger:hold_decide", args=[frozen.pk])
        assert client.post(decide, {"step": "approve"}).status_code == 409
        client.force_login(two[1], backend=backend)

        client.post(decide, {"step": "approve"})

        assert held(bank) == 0

    @pytest.mark.parametrize("step", ["release_part", "extend"])
    def test_a_change_that_is_none_is_told_at_its_field(self, bank, hold, desk, step):
        address = reverse("ledger:hold_change", args=[hold.pk])

        answer = desk(bank.outlet).post(address, {"step": step, "reason": "r"})

        assert answer.status_code == 422

    def test_the_page_tells_what_happened_with_this_hold_alone(self, bank, hold, desk):
        other = services.place_hold(number=bank.payer.number, fen=5, reason="r", at=NOON, by="t")
        services.release_hold(hold_id=hold.pk, fen=300, at=NOON, by="陈明")
        services.release_hold(hold_id=other.pk, at=NOON, by="t")

        page = desk(bank.outlet).get(reverse("ledger:hold", args=[hold.pk]))

        told = [event.action for event in page.context["entries"]]
        assert told == ["ledger.release_part", "ledger.place_hold"]
        assert "部分解冻" in page.content.decode().partition("op-timeline")[2]

    def test_the_page_says_in_words_what_was_asked_and_that_it_is_in_force(self, frozen, two, desk):
        ask(frozen, two[0], "release_part", fen=400)
        window = desk(frozen.institution)
        window.cookies["ops_language"] = "en"

        page = window.get(reverse("ledger:hold", args=[frozen.pk])).content.decode()

        assert "<b>Release a part</b>" in page
        assert "In force</span>" in page
        assert "In progress" not in page.partition("</main>")[0].partition("<main")[2]
