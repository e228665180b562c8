"""Blank vouchers: given, accepted, ended by two; what a number is, and what a voucher says."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from foundation.people import services as people_services
from foundation.trail.models import Event
from monitoring.models import BlankRange
from monitoring.rules import blanks as rules
from monitoring.selectors import blanks as selected
from monitoring.services import blanks
from monitoring.services.blanks import Draft
from tests.browser import BACKEND
from tests.factories import blanks as factory
from tests.factories import layouts, looks, people
from tests.factories.people import DAY, NOON

FORM = "withdrawal"
STRETCH = Draft(FORM, "00001001", "00001100", outlet="110801")
OUTLET = rules.Said(rules.OUTLET, rules.ACCEPTED, "1001", "1100", DAY)


def client_of(person):
    browser = Client()
    browser.force_login(person, backend=BACKEND)
    return browser


def code_of(statement):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        statement()
    return refused.value.__cause__.pgcode


@pytest.fixture
def manager(bank):
    return people.staff(bank.branch, "ops_manager", name="何伟")


@pytest.fixture
def keeper(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="赵芳")


@pytest.fixture
def clerk(bank):
    return people.staff(bank.outlet, "teller", name="王敏")


@pytest.fixture
def stock(bank, manager, keeper):
    """Return numbers 00001001 to 00001100 of a form, at the outlet."""
    row = blanks.issue(draft=STRETCH, by=manager, at=NOON)
    return answer(row, keeper)


def answer(row, by, *, accept=True, issues=False):
    return blanks.decide(range_id=row.pk, accept=accept, issues=issues, by=by, at=NOON)


def tell(by, fate, first, last, **more):
    words = {} if fate == rules.TELLER else {"words": "破损"}
    draft = Draft(FORM, first, last, **words, **more)
    return blanks.tell(fate=fate, draft=draft, by=by, at=NOON)


class TestState:
    @pytest.mark.parametrize(
        ("rows", "used", "state"),
        [
            ((), False, rules.IN_VAULT),
            ((replace(OUTLET, state=rules.PROPOSED),), False, rules.IN_TRANSIT),
            ((replace(OUTLET, state=rules.DECLINED),), False, rules.IN_VAULT),
            ((OUTLET,), False, rules.OUTLET),
            ((OUTLET,), True, rules.USED),
            ((OUTLET, replace(OUTLET, fate=rules.TELLER)), False, rules.TELLER),
            (
                (OUTLET, replace(OUTLET, fate=rules.TELLER, state=rules.PROPOSED)),
                False,
                rules.OUTLET,
            ),
            ((OUTLET, replace(OUTLET, fate=rules.LOST, state=rules.PROPOSED)), True, rules.LOST),
            ((replace(OUTLET, first="01001", last="01100"),), False, rules.IN_VAULT),
        ],
    )
    def test_a_number_is_what_was_said_of_it(self, rows, used, state):
        assert rules.state_of("1050", rows, used=used) == state


class TestFinding:
    def found(self, number, *more, **asked):
        usual = {"form_known": True, "teller": "220101", "used_by": (), "on": DAY}
        return rules.finding(number, [OUTLET, *more], **(usual | asked))

    def test_without_a_register_nothing_is_said(self):
        told = {"form_known": True, "teller": "", "on": DAY, "used_by": ()}

        assert rules.finding("1050", [], **told) is None
        assert self.found("2050", form_known=False) is None
        assert self.found("1050", form_known=False).good

    def test_the_outlets_own_is_good_another_is_not(self):
        assert self.found("1050") == rules.Finding("stock", good=True, expected="1001–1100")
        assert self.found("2050") == rules.Finding("stock", good=False, expected="1001–1100")

    @pytest.mark.parametrize("fate", rules.ENDED)
    def test_an_ended_one_is_not_from_its_day_on(self, fate):
        end = replace(OUTLET, fate=fate, state=rules.PROPOSED, first="1050", last="1050")

        assert self.found("1050", end).name == "stock_ended"
        assert self.found("1051", end).good
        assert self.found("1050", end, on=DAY - timedelta(days=1)).good
        assert self.found("1050", replace(end, state=rules.DECLINED)).good

    def test_a_number_is_used_once_and_by_its_teller(self):
        handed = replace(OUTLET, fate=rules.TELLER, teller="220102")

        assert self.found("1050", used_by=["J1"]) == rules.Finding(
            "stock_used", good=False, expected="J1"
        )
        assert self.found("1050", handed).name == "stock_teller"
        assert self.found("1050", handed, teller="220102").good

    def test_only_the_first_stretches_are_named(self):
        more = [replace(OUTLET, first=f"{n}001", last=f"{n}100") for n in range(2, 6)]

        assert self.found("9999", *more).expected.endswith(" …")


class TestNumbers:
    @pytest.mark.parametrize(
        ("first", "last"),
        [("123", "124"), ("1" * 19, "1" * 19), ("0001", "00002"), ("0002", "0001"),
         ("000a", "000b"), ("٠٠٠١", "٠٠٠٢"), ("0000000", "0100000")],
    )  # fmt: skip
    def test_what_is_no_stretch_is_refused(self, first, last):
        with pytest.raises(rules.BadRange):
            rules.check_numbers(first, last)

    def test_one_number_and_a_hundred_thousand_are(self):
        rules.check_numbers("0001", "0001")
        rules.check_numbers("000000", "099999")


class TestByTwo:
    def test_numbers_are_on_the_way_until_the_outlet_accepts(self, bank, manager, keeper):
        row = blanks.issue(draft=STRETCH, by=manager, at=NOON)
        assert selected.number(number="00001050", layout=FORM).state == rules.IN_TRANSIT

        answer(row, keeper)

        assert selected.number(number="00001050", layout=FORM).state == rules.OUTLET
        told = Event.objects.filter(subject=row.subject).order_by("id")
        assert [one.action for one in told] == ["monitoring.say_blanks", "monitoring.accept_blanks"]

    def test_a_teller_accepts_what_is_handed_over(self, stock, keeper, clerk):
        row = tell(keeper, rules.TELLER, "00001001", "00001020", teller=clerk.number)
        with pytest.raises(rules.NotTheReceiver):
            answer(row, people.staff(keeper.institution, "teller"))

        answer(row, clerk)

        assert selected.number(number="00001020", layout=FORM).state == rules.TELLER
        assert selected.number(number="00001021", layout=FORM).state == rules.OUTLET

    def test_an_end_is_accepted_by_the_outlet_or_who_sends(self, bank, stock, keeper, clerk):
        void = tell(clerk, rules.VOID, "00001001", "00001001")
        lost = tell(clerk, rules.LOST, "00001002", "00001002")
        other = people.staff(bank.branch, "ops_manager")
        with pytest.raises(rules.NotTheReceiver):
            answer(void, people.staff(bank.branch, "risk_manager"))

        answer(void, keeper)
        answer(lost, other, issues=True)

        assert selected.number(number="00001001", layout=FORM).state == rules.VOID
        assert selected.number(number="00001002", layout=FORM).state == rules.LOST

    def test_nobody_answers_for_what_they_said(self, stock, keeper):
        row = tell(keeper, rules.VOID, "00001001", "00001001")

        with pytest.raises(rules.BlanksOfSamePerson):
            answer(row, keeper)

    def test_declined_it_is_as_if_it_had_not_been_said(self, stock, keeper, clerk):
        answer(tell(clerk, rules.VOID, "00001001", "00001001"), keeper, accept=False)

        assert selected.number(number="00001001", layout=FORM).state == rules.OUTLET
        assert tell(clerk, rules.VOID, "00001001", "00001001").state == rules.PROPOSED

    def test_an_outlet_accepts_only_its_own(self, bank, manager):
        row = blanks.issue(draft=STRETCH, by=manager, at=NOON)

        with pytest.raises(rules.NotTheReceiver):
            answer(row, people.staff(bank.sibling, "outlet_supervisor"))

    def test_what_is_not_there_is_refused(self, keeper):
        with pytest.raises(rules.NoSuchRange):
            blanks.decide(range_id=0, accept=True, issues=False, by=keeper, at=NOON)


class TestRefused:
    def test_numbers_are_given_out_once_whatever_the_outlet(self, stock, manager):
        again = replace(STRETCH, first="00001100", last="00001200", outlet="110802")
        with pytest.raises(rules.GivenAlready):
            blanks.issue(draft=again, by=manager, at=NOON)

        other = replace(again, layout="transfer")
        assert blanks.issue(draft=other, by=manager, at=NOON).state == rules.PROPOSED

    @pytest.mark.parametrize("number", ["110100", "999999", ""])
    def test_only_an_outlet_in_sight_is_sent_any(self, manager, number):
        with pytest.raises(rules.NoOutletThere):
            blanks.issue(draft=replace(STRETCH, outlet=number), by=manager, at=NOON)

    def test_only_what_is_at_the_outlet_is_told_of(self, bank, stock, keeper):
        with pytest.raises(rules.NotAtOutlet):
            tell(keeper, rules.VOID, "00001100", "00001101")
        with pytest.raises(rules.NotAtOutlet):
            tell(people.staff(bank.sibling, "teller"), rules.VOID, "00001001", "00001001")

    def test_what_ended_or_was_handed_over_is_not_handed_over_again(self, stock, keeper, clerk):
        tell(keeper, rules.TELLER, "00001001", "00001010", teller=clerk.number)
        tell(clerk, rules.LOST, "00001020", "00001020")

        for first, last in (("00001010", "00001011"), ("00001020", "00001021")):
            with pytest.raises(rules.GivenAlready):
                tell(keeper, rules.TELLER, first, last, teller=clerk.number)
        with pytest.raises(rules.GivenAlready):
            tell(clerk, rules.VOID, "00001020", "00001020")
        assert tell(clerk, rules.VOID, "00001005", "00001005").fate == rules.VOID

    def test_a_teller_is_a_colleague_and_no_other_than_oneself(self, bank, stock, keeper):
        stranger = people.staff(bank.sibling, "teller")
        for number in (stranger.number, keeper.number, "x"):
            with pytest.raises(rules.NoOutletThere):
                tell(keeper, rules.TELLER, "00001001", "00001001", teller=number)


class TestDatabase:
    def test_it_keeps_what_was_said_and_the_two_apart(self, stock, keeper, clerk):
        rows = BlankRange.objects.filter(pk=stock.pk)
        waiting = tell(clerk, rules.VOID, "00001001", "00001001")

        assert code_of(rows.delete) == "OP091"
        assert code_of(lambda: rows.update(state=rules.DECLINED)) == "OP091"
        assert code_of(lambda: rows.update(last="00009999")) == "OP091"
        assert code_of(lambda: factory.accepted(waiting, clerk)) == "OP091"

    def test_it_refuses_numbers_twice_and_what_is_accepted_from_the_start(
        self, bank, stock, manager
    ):
        twice = {"layout": FORM, "first": "00001050", "last": "00001060"}
        assert code_of(lambda: factory.said(bank.sibling, manager, **twice)) == "OP091"
        assert code_of(lambda: factory.said(bank.outlet, manager, state="accepted")) == "OP091"

    @pytest.mark.parametrize(
        ("said", "named"),
        [
            ({"fate": "sold"}, "blank_known"),
            ({"first": "000a", "last": "000b"}, "blank_numbers"),
            ({"fate": rules.TELLER}, "blank_teller"),
            ({"fate": rules.LOST}, "blank_why"),
        ],
    )
    def test_what_an_entry_must_hold(self, bank, manager, said, named):
        with pytest.raises(IntegrityError, match=named), transaction.atomic():
            factory.said(bank.outlet, manager, **said)

    def test_who_answered_is_kept_whole(self, bank, manager, keeper):
        row = factory.said(bank.outlet, manager)

        with pytest.raises(IntegrityError, match="blank_decided"), transaction.atomic():
            BlankRange.objects.filter(pk=row.pk).update(
                state=rules.ACCEPTED, decided_by=keeper, decided_person=keeper.person
            )

    def test_another_outlet_sees_nothing_of_it(self, bank, stock):
        with people_services.acting(staff=people.staff(bank.sibling, "teller")):
            assert not BlankRange.objects.exists()


class TestVoucher:
    @pytest.fixture
    def form(self, teller):
        return layouts.draft(teller, code=FORM)

    def passed(self, place, teller, form, voucher_no):
        return looks.passed(place, teller, layout=form, voucher_no=voucher_no)

    def test_the_outlets_own_number_passes(self, stock, place, teller, form):
        match = self.passed(place, teller, form, "00001050")

        assert match.state == "matched"
        assert [(one.read, one.verdict) for one in match.compared if one.name == "stock"] == [
            ("00001050", "same")
        ]

    def test_a_number_of_no_entry_does_not(self, stock, place, teller, form):
        match = self.passed(place, teller, form, "00002050")

        assert (match.state, match.result) == ("open", "voucher_diff")

    def test_a_lost_one_does_not(self, stock, place, teller, form, clerk):
        tell(clerk, rules.LOST, "00001050", "00001050")

        match = self.passed(place, teller, form, "00001050")

        assert match.result == "voucher_diff"
        assert {one.name for one in match.compared if one.verdict == "differs"} == {"stock_ended"}

    def test_a_number_is_used_for_one_line(self, stock, place, teller, form):
        first = self.passed(place, teller, form, "00001050")
        second = self.passed(place, teller, form, "00001050")

        assert (first.state, second.state) == ("matched", "open")
        (found,) = [one for one in second.compared if one.name == "stock_used"]
        assert found.expected == first.journal_no
        assert len(selected.number(number="00001050", layout=FORM).uses) == 2

    def test_without_entries_of_the_form_nothing_is_checked(self, stock, place, teller):
        other = layouts.draft(teller, code="transfer")

        match = self.passed(place, teller, other, "00002050")

        assert match.state == "matched"
        assert not [one for one in match.compared if one.name.startswith("stock")]


class TestPages:
    def test_from_sending_to_accepting(self, bank, manager, keeper, teller):
        layouts.draft(teller, code=FORM)
        sent = client_of(manager).post(
            reverse("monitoring:issue_blanks"),
            {"layout": FORM, "first": "00001001", "last": "00001100", "outlet": "110801"},
        )
        assert sent.status_code == 302
        row = BlankRange.objects.get()

        outlet = client_of(keeper)
        assert (
            reverse("monitoring:decide_blanks", args=[row.pk])
            in outlet.get(reverse("monitoring:blanks")).content.decode()
        )
        answering = reverse("monitoring:decide_blanks", args=[row.pk])
        decided = outlet.post(answering, {"step": "accept"})
        assert decided.status_code == 302
        row.refresh_from_db()
        assert row.state == rules.ACCEPTED

    def test_an_end_needs_a_reason_and_a_handing_over_a_teller(self, stock, keeper, teller):
        layouts.draft(teller, code=FORM)
        said = {"layout": FORM, "first": "00001001", "last": "00001001"}
        address = reverse("monitoring:tell_blanks")

        for fate, field in ((rules.VOID, "words"), (rules.TELLER, "teller")):
            answered = client_of(keeper).post(address, said | {"fate": fate})
            assert answered.status_code == 422
            assert answered.context["form"].errors[field]
        done = client_of(keeper).post(address, said | {"fate": rules.VOID, "words": "写错"})
        assert done.status_code == 302

    def test_a_refusal_stands_beside_the_field(self, stock, manager, teller):
        layouts.draft(teller, code=FORM)
        answered = client_of(manager).post(
            reverse("monitoring:issue_blanks"),
            {"layout": FORM, "first": "00001001", "last": "00001001", "outlet": "110801"},
        )

        assert answered.status_code == 422
        assert answered.context["form"].errors["first"]

    def test_the_list_is_narrowed_looked_up_in_and_taken_away(self, stock, keeper, clerk, teller):
        layouts.draft(teller, code=FORM)
        tell(clerk, rules.VOID, "00001001", "00001001")
        page = client_of(keeper)
        address = reverse("monitoring:blanks")

        assert page.get(address, {"fate": rules.VOID}).context["page"].total == 1
        assert page.get(address, {"number": "00001050"}).context["page"].total == 1
        assert page.get(address, {"outlet": "110802"}).context["page"].total == 0
        one = page.get(address, {"layout": FORM, "number": "00001001"})
        assert one.context["one"]["state"] == rules.STATES[rules.VOID]
        saved = page.get(address, {"state": rules.ACCEPTED, "export": "csv"}).content.decode()
        assert "00001100" in saved
        alone = page.get(address, {"of": stock.pk})
        assert alone.context["page"].total == 1
        assert len(alone.context["timeline"]) == 2
        assert page.get(address, {"of": 10**9}).status_code == 404

    def test_older_ones_follow(self, bank, manager, keeper, monkeypatch):
        monkeypatch.setattr(selected, "PAGE", 1)
        for _ in range(2):
            factory.said(bank.outlet, manager)
        first = client_of(keeper).get(reverse("monitoring:blanks")).context["page"]

        asked = {"before": first.next_before}
        second = client_of(keeper).get(reverse("monitoring:blanks"), asked).context["page"]

        assert (first.total, len(first.rows), len(second.rows)) == (2, 1, 1)
        assert first.rows[0] != second.rows[0]

    def test_who_may_what(self, bank, stock, keeper, auditor):
        pages = [reverse(f"monitoring:{one}") for one in ("blanks", "issue_blanks", "tell_blanks")]
        got = {
            who.name: [client_of(who).get(one).status_code for one in pages]
            for who in (keeper, auditor, people.staff(bank.branch, "ops_manager", name="何"))
        }

        assert got == {"赵芳": [200, 403, 200], "郑洁": [200, 403, 403], "何": [200, 200, 200]}
