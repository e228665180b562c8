"""The chart of accounts: what comes with the platform, and one more subject by two people."""

from __future__ import annotations

import threading

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import ChartAccount, SubjectRequest
from foundation.people import services as people
from foundation.trail.models import Event
from tests.factories import people as people_factory
from tests.factories.ledger import NOON, two

BACKEND = "django.contrib.auth.backends.ModelBackend"
SUSPENSE = rules.Subject("3005", "待清算资金", rules.DEBIT, rules.INTERNAL, must_clear=True)


@pytest.fixture
def head(bank):
    return bank.branch.parent


@pytest.fixture
def managers(head):
    return two(head, "ops_manager")


def propose(by, subject=SUSPENSE):
    return services.propose_subject(subject=subject, reason="待清算", at=NOON, by=by)


def decide(asked, by, *, approve=True):
    return services.decide_subject(request_id=asked.pk, approve=approve, at=NOON, by=by)


def code_of(act):
    with pytest.raises(Error) as caught, transaction.atomic():
        act()
    return caught.value.__cause__.pgcode


@pytest.mark.django_db
def test_the_base_comes_with_the_platform():
    rows = {row.code: row for row in selectors.subjects()}

    assert set(rows) == {one.code for one in rules.BASE_CHART} == {"1001", "2011", "2012", "3001"}
    for one in rules.BASE_CHART:
        row = rows[one.code]
        assert (row.name, row.normal_side, row.kind) == (one.name, one.normal_side, one.kind)
        assert row.must_clear is False


class TestByTwo:
    def test_one_proposes_and_another_approves(self, managers):
        asked = propose(managers[0])
        assert not ChartAccount.objects.filter(code="3005").exists()
        with people.acting(staff=managers[1]):
            decide(asked, managers[1])

        row = ChartAccount.objects.get(code="3005")
        assert (row.name, row.must_clear, row.kind) == ("待清算资金", True, rules.INTERNAL)
        told = Event.objects.filter(subject="ledger.subject:3005").order_by("id")
        assert [one.action for one in told] == ["ledger.propose_subject", "ledger.approve_subject"]

    def test_a_declined_one_changes_nothing_and_may_be_proposed_again(self, managers):
        decide(propose(managers[0]), managers[1], approve=False)

        assert not ChartAccount.objects.filter(code="3005").exists()
        assert propose(managers[0]).approved is None

    def test_who_proposed_does_not_decide_and_nobody_twice(self, managers):
        asked = propose(managers[0])

        with pytest.raises(rules.DecidesOwn):
            decide(asked, managers[0])
        decide(asked, managers[1])
        with pytest.raises(rules.NoSuchProposal):
            decide(asked, managers[1])

    def test_what_is_there_or_waits_is_not_proposed(self, managers):
        cash = rules.Subject("1001", "x", rules.DEBIT, rules.INTERNAL)
        with pytest.raises(rules.SubjectThere):
            propose(managers[0], cash)
        asked = propose(managers[0])
        with pytest.raises(rules.SubjectThere):
            propose(managers[1])
        services.define_subject(code="3005", name="x", normal_side=rules.DEBIT, kind=rules.INTERNAL)
        with pytest.raises(rules.SubjectThere):
            decide(asked, managers[1])

    def test_it_is_for_the_head_office(self, bank, managers):
        other = people_factory.staff(bank.branch, "ops_manager")

        with pytest.raises(rules.ChartNotYours):
            propose(other)
        with pytest.raises(rules.ChartNotYours):
            decide(propose(managers[0]), other)


class TestTheDatabase:
    def test_knows_the_humans_and_keeps_what_was_proposed(self, managers):
        first, second = managers
        rows = SubjectRequest.objects.filter(pk=propose(first).pk)
        yes = {"approved": True, "decided_at": NOON, "decided_label": "x"}

        assert code_of(lambda: rows.update(decided_by=first, **yes)) == "OP101"
        assert code_of(lambda: rows.update(code="3006")) in {"42501", "OP100"}
        with transaction.atomic():
            rows.update(decided_by=second, **yes)
        assert code_of(lambda: rows.update(decided_by=second, **yes)) == "OP100"
        assert code_of(rows.delete) in {"42501", "23001"}

    def test_begins_undecided(self, managers):
        values = SubjectRequest.objects.filter(pk=propose(managers[0]).pk).values().get()
        del values["id"]

        second = managers[1]
        new = values | {"code": "3007", "approved": True, "decided_at": NOON}
        new |= {"decided_by_id": second.pk, "decided_person": second.person}
        assert code_of(lambda: SubjectRequest.objects.create(**new)) == "OP100"
        no_reason = values | {"code": "3007", "reason": ""}
        assert code_of(lambda: SubjectRequest.objects.create(**no_reason)) == "23514"
        assert code_of(lambda: SubjectRequest.objects.create(**values)) == "23505"
        assert code_of(lambda: SubjectRequest.objects.create(**values | {"code": "x"})) == "23514"

    def test_takes_no_subject_from_one_person(self, managers, seen_from, head):
        new = {"code": "3005", "name": "x", "normal_side": "debit", "kind": "internal"}

        with seen_from(head):
            assert code_of(lambda: ChartAccount.objects.create(**new)) == "OP102"
            decide(propose(managers[0]), managers[1], approve=False)
            assert code_of(lambda: ChartAccount.objects.create(**new)) == "OP102"

    def test_keeps_a_subject_as_it_is(self, bank):
        rows = ChartAccount.objects.filter(code="2012")

        assert code_of(lambda: rows.update(name="x")) == "OP102"
        assert code_of(lambda: ChartAccount.objects.get(code="2012").delete()) == "OP102"

    def test_a_guard_that_is_off_is_found(self, committed_db):
        assert selectors.guards_off() == ()
        with committed_db.as_owner() as owner:
            owner.execute("ALTER TABLE ledger_chartaccount DISABLE TRIGGER ledger_chart_guard")

        (one,) = selectors.guards_off()
        assert (one.subject, one.found) == ("ledger_chartaccount", "ledger_chart_guard")


class TestPages:
    def test_a_subject_is_proposed_and_decided_on_the_page(self, managers, client):
        client.force_login(managers[0], backend=BACKEND)
        given = {"code": "3005", "name": "待清算资金", "normal_side": "debit", "kind": "internal"}
        given |= {"must_clear": "on", "reason": "往来清算"}

        page = client.post(reverse("ledger:subject_propose"), given, follow=True)

        assert "往来清算" in page.content.decode()
        choice = {"proposal": SubjectRequest.objects.get().pk, "step": "approve"}
        own = client.post(reverse("ledger:subject_decide"), choice)
        assert (own.status_code, "E4137" in own.content.decode()) == (409, True)
        client.force_login(managers[1], backend=BACKEND)
        client.post(reverse("ledger:subject_decide"), choice)
        page = client.get(reverse("ledger:subjects"))
        assert "3005" in {row.code for row in page.context["rows"]}

    def test_a_refusal_stands_at_its_field(self, managers, client):
        client.force_login(managers[0], backend=BACKEND)
        given = {"code": "1001", "name": "x", "normal_side": "debit", "kind": "internal"}

        page = client.post(reverse("ledger:subject_propose"), given | {"reason": "r"})

        assert page.status_code == 422
        assert "1001" in page.context["form"].errors["code"][0]

    def test_others_read_it_and_are_offered_nothing(self, bank, client):
        client.force_login(people_factory.staff(bank.branch, "ops_manager"), backend=BACKEND)

        page = client.get(reverse("ledger:subjects"))

        assert page.status_code == 200
        assert reverse("ledger:subject_propose") not in page.content.decode()


def test_two_who_propose_the_same_at_once_leave_one(books):
    bank, _entry, _owner = books
    with people.acting_as_system(reason="test"):
        managers = two(bank.branch.parent, "ops_manager")
    came: list[object] = []

    def one(by):
        try:
            with people.acting(staff=by):
                came.append(propose(by).pk)
        except rules.SubjectThere as refusal:
            came.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(by,)) for by in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(type, came), key=str) == [int, str]
    assert "E4136" in came
