"""A voucher that was to follow and never comes: two people say that it is not there."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from authorization import rules as items
from authorization import selectors
from authorization.models import LaterScan, MissingVoucher
from authorization.rules import scanning as rules
from authorization.rules.admission import SecondIsFirst
from authorization.services import missing as services
from foundation.people import services as people_services
from foundation.people.models import Staff, StaffRole
from foundation.trail.models import Event
from monitoring import rules as monitoring
from monitoring import services as pairs
from monitoring.models import Alignment, Match
from monitoring.rules import matching
from monitoring.selectors import settling as days
from monitoring.services import settling, tracing
from tests.authorization.test_later_scan import AT, BROWSER, in_force, scan, submit
from tests.factories import monitoring as papers
from tests.factories import people

WHY = "客户带走了凭证，已报警备案"


@pytest.fixture
def later(counter, teller):
    """Return that the voucher of a withdrawal, posted without it, is awaited."""
    in_force()
    submit(counter, teller)
    return LaterScan.objects.get()


@pytest.fixture
def supervisor(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="孙丽")


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "auth_lead", grade=5, name="王敏")


@pytest.fixture
def said(later, supervisor):
    return propose(later, supervisor)


def propose(later, by, at=None):
    return services.propose(scan=later, reason=WHY, by=by, at=at or past(later))


def decide(later, by, *, accepted=True):
    return services.decide(
        scan=later, accepted=accepted, by=by, at=past(later) + timedelta(minutes=5)
    )


def past(later):
    return later.due_at + timedelta(seconds=1)


def alias(of, institution, role):
    """Return another number of the same human."""
    of.roles.update(valid_until=people.DAY - timedelta(days=1))
    other = people.staff(institution, name=of.name, grade=5)
    Staff.objects.filter(pk=other.pk).update(person=of.person)
    with people_services.acting_as_system(reason="test"):
        StaffRole.objects.create(staff=other, role=role, valid_from=people.DAY)
    other.refresh_from_db()
    return other


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    cause = refused.value.__cause__
    return getattr(cause, "sqlstate", None) or cause.pgcode


def pair_of(later):
    return Match.objects.get(journal_no=later.request.journal_no)


class TestTwoPeople:
    def test_it_is_awaited_no_more_and_is_a_line_without_voucher(self, later, said, lead):
        assert pair_of(later).state == monitoring.WAITING
        assert decide(later, lead).state == rules.ACCEPTED

        later.refresh_from_db()
        pair = pair_of(later)
        assert (later.missing_at, later.is_awaited) == (past(later) + timedelta(minutes=5), False)
        assert (pair.state, pair.result) == (monitoring.OPEN, monitoring.IMAGE_MISSING)
        assert (pair.document_id, pair.work_item.state) == (None, "waiting")
        told = Event.objects.filter(subject=later.request.subject, action__endswith="_missing")
        assert [(one.action, one.detail["reason"]) for one in told.order_by("id")] == [
            ("authorization.say_missing", WHY), ("authorization.accept_missing", WHY),
        ]  # fmt: skip

    def test_declined_it_is_awaited_on_and_may_be_said_again(self, later, said, lead, supervisor):
        assert decide(later, lead, accepted=False).state == rules.DECLINED

        later.refresh_from_db()
        assert (later.is_awaited, pair_of(later).state) == (True, monitoring.WAITING)
        assert propose(later, supervisor).state == rules.PROPOSED

    def test_the_break_is_explained_by_two_and_keeps_no_day_open(self, later, said, lead, bank):
        before = days.standing(institution_id=bank.outlet.pk, on=people.DAY)
        decide(later, lead)
        after = days.standing(institution_id=bank.outlet.pk, on=people.DAY)
        assert (before.unsettled, before.image_missing) == (1, 0)
        assert (after.unsettled, after.image_missing) == (0, 1)
        audit = people.staff(bank.centre, "audit_lead", name="郑洁")

        told = settling.explain(match_id=pair_of(later).pk, text=WHY, by=said.proposed_by, at=AT)
        settling.decide_explanation(explanation_id=told.pk, accepted=True, by=audit, at=AT)

        assert pair_of(later).state == monitoring.CONFIRMED
        after = days.standing(institution_id=bank.outlet.pk, on=people.DAY)
        assert (after.unsettled, after.unexplained) == (0, 0)

    def test_its_empty_document_is_no_voucher_without_line(self, later, said, lead, bank):
        decide(later, lead)
        for on in (people.DAY, people.DAY + timedelta(days=1)):
            assert days.documents_without_line(institution_id=bank.outlet.pk, on=on) == ()
        document = later.request.document
        assert selectors.documents_missing(documents=[document.pk]) == {document.pk}
        assert pairs.match_document(document_id=document.pk, at=AT) == ()

    def test_found_later_among_others_it_is_joined_by_hand(self, later, said, lead, bank, counter):
        decide(later, lead)
        place = papers.Counter(bank.outlet, "", counter.payer.number)
        line = pair_of(later)
        stray = papers.alone(place, said.proposed_by, **papers.agreeing(line))
        auditor = people.staff(bank.centre, "auditor", name="冯磊")

        tracing.join(stray_id=stray.pk, line_id=line.pk, reason=WHY, by=auditor, at=AT)

        assert Alignment.objects.get(match=line).how == matching.HAND
        assert pair_of(later).document_id == stray.document_id

    def test_the_voucher_overtakes_what_was_said(self, later, said, teller, lead):
        scan(later.request, teller, at=past(later) + timedelta(minutes=1))

        said.refresh_from_db()
        assert (said.state, said.decided_by) == (rules.ENDED, None)
        with pytest.raises(rules.ScanNotMissing):
            decide(later, lead)

    def test_what_is_not_there_takes_no_image(self, later, said, lead, teller):
        decide(later, lead)
        with pytest.raises(items.ImagesClosed):
            scan(later.request, teller)


class TestRefused:
    def test_before_its_time_is_over(self, later, supervisor):
        with pytest.raises(rules.ScanNotMissing):
            propose(later, supervisor, at=later.due_at)

    def test_twice_at_a_time_and_after_its_end(self, later, said, supervisor, lead):
        with pytest.raises(rules.ScanNotMissing):
            propose(later, supervisor)
        decide(later, lead)
        for again in (lambda: propose(later, supervisor), lambda: decide(later, lead)):
            with pytest.raises(rules.ScanNotMissing):
                again()

    def test_by_who_entered_the_item(self, later, bank, teller, lead):
        with pytest.raises(items.OwnItem):
            propose(later, alias(teller, bank.outlet, "outlet_supervisor"))
        propose(later, people.staff(bank.outlet, "outlet_supervisor", name="孙丽"))
        with pytest.raises(items.OwnItem):
            decide(later, alias(teller, bank.centre, "auth_lead"))

    def test_by_who_said_it(self, later, said, bank):
        with pytest.raises(SecondIsFirst):
            decide(later, alias(said.proposed_by, bank.centre, "auth_lead"))


class TestDatabase:
    """Who writes past the services is refused by OP108, and by the constraints."""

    def insert(self, later, by, **more):
        given = {
            "institution_id": later.institution_id, "scan": later, "reason": WHY,
            "proposed_by": by, "proposed_label": by.label, "proposed_person": by.person,
            "proposed_at": past(later),
        }  # fmt: skip
        return MissingVoucher.objects.create(**given | more)

    def decided(self, by, state="accepted", **more):
        given = {
            "state": state, "decided_by": by, "decided_label": by.label,
            "decided_person": by.person, "decided_at": AT + timedelta(hours=1),
        }  # fmt: skip
        return MissingVoucher.objects.update(**given | more)

    def test_who_says_it(self, later, bank, teller, supervisor, lead):
        other = people.staff(bank.sibling, "outlet_supervisor", name="赵晨")
        own = alias(teller, bank.outlet, "outlet_supervisor")
        for by in (teller, other, own, lead):
            assert code_of(lambda one=by: self.insert(later, one)) == "OP108"
        assert code_of(lambda: self.insert(later, supervisor, proposed_person=lead.person)) == (
            "OP108"
        )
        assert self.insert(later, supervisor).pk

    def test_when_it_is_said(self, later, supervisor, bank):
        early = {"proposed_at": later.due_at}
        assert code_of(lambda: self.insert(later, supervisor, **early)) == "OP108"
        elsewhere = {"institution_id": bank.sibling.pk}
        assert code_of(lambda: self.insert(later, supervisor, **elsewhere)) == "OP108"
        assert code_of(lambda: self.insert(later, supervisor, state="accepted")) == "OP108"

    def test_not_of_what_has_come(self, later, supervisor, teller):
        scan(later.request, teller)
        assert code_of(lambda: self.insert(later, supervisor)) == "OP108"

    def test_who_decides_it(self, said, bank, teller, lead):
        supervisor = said.proposed_by
        own = alias(teller, bank.centre, "auth_lead")
        same = alias(said.proposed_by, bank.centre, "auth_lead")
        authorizer = people.staff(bank.centre, "authorizer", name="何静")
        for by in (supervisor, own, same, authorizer):
            for state in ("accepted", "declined"):
                assert code_of(lambda one=by, to=state: self.decided(one, to)) == "OP108"
        assert code_of(lambda: self.decided(lead, decided_person=authorizer.person)) == "OP108"
        assert code_of(lambda: self.decided(lead, "ended", decided_by=None)) == "OP108"
        assert self.decided(lead) == 1

    def test_said_it_stays(self, later, said, lead):
        rows = MissingVoucher.objects.all()
        assert code_of(lambda: rows.update(reason="另一个理由")) == "OP108"
        assert code_of(rows.delete) == "OP108"
        decide(later, lead)
        assert code_of(lambda: rows.update(state="declined")) == "OP108"

    def test_nothing_ends_without_two(self, later, said, lead):
        rows = LaterScan.objects.all()
        assert code_of(lambda: rows.update(missing_at=AT)) == "OP108"
        self.decided(lead)
        assert code_of(lambda: rows.update(missing_at=AT)) == "OP108"
        assert rows.update(missing_at=AT + timedelta(hours=1)) == 1
        again = {"missing_at": None}
        with pytest.raises(DatabaseError, match="awaited once"), transaction.atomic():
            rows.update(**again)

    def test_one_at_a_time_with_a_reason_and_its_end(self, later, said, lead, supervisor):
        rows = MissingVoucher.objects.all()
        for wrong in (
            lambda: self.insert(later, supervisor),
            lambda: rows.update(decided_at=AT),
            lambda: rows.update(decided_by=lead),
        ):
            with pytest.raises(IntegrityError, match="authorization_missing"), transaction.atomic():
                wrong()
        decide(later, lead, accepted=False)
        with pytest.raises(IntegrityError, match="_missing_known"), transaction.atomic():
            self.insert(later, supervisor, reason="")

    def test_one_end_alone(self, later, said, lead, teller):
        scan(later.request, teller)
        with pytest.raises(DatabaseError, match="awaited once"), transaction.atomic():
            LaterScan.objects.update(missing_at=AT)

    def test_a_pair_lets_go_of_no_document_that_may_come(self, later, said):
        rows = Match.objects.filter(pk=pair_of(later).pk)
        gone = {"document": None, "state": "open", "result": "image_missing", "judged_at": AT}
        assert code_of(lambda: rows.update(**gone)) == "OP094"


class TestPages:
    @pytest.fixture
    def overdue(self, later):
        """Let the time be over by the clock of the pages."""
        assert later.due_at < timezone.now(), "the day of the tests is long over"
        return later

    def page(self, client, name, later, **query):
        address = reverse(f"authorization:{name}", args=[later.request.number])
        return client.get(address, query, **BROWSER)

    def send(self, client, name, later, **typed):
        address = reverse(f"authorization:{name}", args=[later.request.number])
        return client.post(address, typed, **BROWSER)

    def test_the_supervisor_says_it_and_a_lead_accepts(self, client, overdue, supervisor, lead):
        client.force_login(supervisor)
        assert 'name="reason"' in self.page(client, "missing", overdue).content.decode()
        wrong = self.send(client, "say_missing", overdue, reason="无")
        assert (wrong.status_code, MissingVoucher.objects.count()) == (422, 0)
        assert self.send(client, "say_missing", overdue, reason=WHY).status_code == 302
        refused = self.send(client, "say_missing", overdue, reason=WHY)
        assert refused.status_code == 422
        assert "目前不能认定凭证缺失" in refused.content.decode()

        client.force_login(lead)
        bell = client.get(reverse("ui:notices"), **BROWSER).content.decode()
        assert reverse("authorization:missing", args=[overdue.request.number]) in bell
        listed = client.get(reverse("authorization:scans"), **BROWSER).content.decode()
        assert "已提请认定" in listed
        shown = self.page(client, "missing", overdue).content.decode()
        assert WHY in shown
        assert 'value="accept"' in shown
        assert self.send(client, "decide_missing", overdue, step="accept").status_code == 302

        assert not LaterScan.objects.get().is_awaited
        assert 'value="accept"' not in self.page(client, "missing", overdue).content.decode()
        (figures,) = selectors.scans_by_outlet(since=people.DAY, at=timezone.now())
        assert (figures.awaited, figures.overdue, figures.missing) == (0, 0, 1)

    def test_a_teller_sees_it_and_says_nothing(self, client, overdue, teller):
        client.force_login(teller)
        assert 'name="reason"' not in self.page(client, "missing", overdue).content.decode()
        assert self.send(client, "say_missing", overdue, reason=WHY).status_code == 403
        assert self.send(client, "decide_missing", overdue, step="accept").status_code == 403

    def test_the_supervisor_of_another_outlet_does_not_find_it(self, client, overdue, bank):
        client.force_login(people.staff(bank.sibling, "outlet_supervisor", name="赵晨"))
        assert self.send(client, "say_missing", overdue, reason=WHY).status_code == 404

    def test_who_said_it_is_not_told_of_it_again(self, client, overdue, supervisor):
        client.force_login(supervisor)
        number = overdue.request.number
        assert number in client.get(reverse("ui:notices"), **BROWSER).content.decode()
        propose(overdue, supervisor, at=timezone.now())
        assert number not in client.get(reverse("ui:notices"), **BROWSER).content.decode()
