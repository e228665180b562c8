"""A rule: proposed by one, decided by another, never changed, the nearest one in force."""

import threading
from datetime import date, time, timedelta

import pytest
from django.db import Error, connection, connections, transaction

from authorization import gateways, rules, selectors, services
from authorization.models import AuthRule
from foundation.kernel import scope
from foundation.people import services as people_services
from foundation.trail.models import Event
from tests.factories import people
from tests.factories import rules as rows

AT, TOMORROW = people.NOON, people.DAY + timedelta(days=1)


@pytest.fixture
def manager(bank):
    return people.staff(bank.branch, "ops_manager", name="周明")


@pytest.fixture
def risk(bank):
    return people.staff(bank.branch, "risk_manager", name="吴芳")


def proposed(by, institution=None, valid_from=TOMORROW, **more):
    return services.propose_rule(
        rule=rows.plain(**more), valid_from=valid_from, reason="年度调整", by=by, at=AT,
        institution=institution,
    )  # fmt: skip


def approved(by, risk, institution=None, **more):
    row = proposed(by, institution, **more)
    return services.approve_rule(rule_id=row.pk, by=risk, at=AT)


def grade_of(institution, on=TOMORROW):
    """Return the grade of the rule in force, by which these tests tell rules apart."""
    return selectors.rule_in_force(trade_code="1002", on=on, institution_id=institution.pk).grade


class TestInForce:
    def test_the_nearest_institution_above_wins(self, bank, manager, risk):
        approved(manager, risk, bank.branch, grade=4)
        approved(manager, risk, bank.sub_branch, grade=5)

        places = (bank.outlet, bank.sub_branch, bank.elsewhere, bank.centre, bank.head)
        assert [grade_of(place) for place in places] == [5, 5, 4, 4, 2]
        assert grade_of(bank.outlet, on=people.DAY) == 2

    def test_of_two_rules_of_a_day_the_later_wins(self, bank, manager, risk):
        approved(manager, risk, grade=3)
        approved(manager, risk, grade=4)

        assert grade_of(bank.outlet) == 4

    def test_what_waits_or_was_declined_does_not_count(self, bank, manager, risk):
        proposed(manager, grade=5)
        row = proposed(manager, grade=5)
        services.decline_rule(rule_id=row.pk, by=risk, at=AT)

        assert grade_of(bank.outlet) == 2

    def test_a_teller_is_bound_by_the_rule_of_the_branch_out_of_sight(
        self, bank, manager, risk, teller
    ):
        approved(manager, risk, bank.branch, grade=4)

        with people_services.acting(staff=teller):
            assert grade_of(bank.outlet) == 4

    def test_without_a_rule_it_is_refused(self, everything):
        outlet = people.branch().outlet

        with pytest.raises(rules.NoRuleInForce) as refused:
            grade_of(outlet)
        assert refused.value.hint

    def test_the_bank_and_each_place_have_one_rule_in_force(self, bank, manager, risk):
        approved(manager, risk, bank.branch, valid_from=date(2026, 1, 1), grade=3)
        approved(manager, risk, bank.branch, valid_from=date(2026, 2, 1), grade=4)

        found = selectors.rules_in_force(codes=["1002", "1101"], on=people.DAY)

        assert [(row.trade_code, row.institution, row.grade) for row in found] == [
            ("1002", bank.branch, 4), ("1002", None, 2), ("1101", None, 2),
        ]  # fmt: skip


class TestTwoPeople:
    def test_the_proposer_does_not_decide(self, bank, manager):
        row = proposed(manager)

        for step in (services.approve_rule, services.decline_rule):
            with pytest.raises(rules.RuleOfSamePerson):
                step(rule_id=row.pk, by=manager, at=AT)

    def test_nor_the_same_human_under_another_number(self, bank, manager):
        second = people.staff(bank.branch)
        second.person = manager.person
        second.save(update_fields=["person"])
        row = proposed(manager)

        with pytest.raises(rules.RuleOfSamePerson):
            services.approve_rule(rule_id=row.pk, by=second, at=AT)
        for decided in ("approved", "declined"):
            with pytest.raises(Error, match="two people"), transaction.atomic():
                AuthRule.objects.filter(pk=row.pk).update(
                    **{f"{decided}_by": second, f"{decided}_at": AT}
                )

    def test_a_decided_proposal_is_not_decided_again(self, manager, risk):
        row = approved(manager, risk)

        for step in (services.approve_rule, services.decline_rule):
            with pytest.raises(rules.RuleDecided):
                step(rule_id=row.pk, by=risk, at=AT)

    def test_many_are_approved_or_none(self, bank, manager, risk):
        own, others = proposed(risk), proposed(manager)

        with pytest.raises(rules.RuleOfSamePerson):
            services.approve_rules(rule_ids=[others.pk, own.pk], by=risk, at=AT)

        assert not AuthRule.objects.filter(valid_from=TOMORROW, approved_by=risk).exists()

    def test_each_step_is_on_the_trail(self, manager, risk):
        approved(manager, risk, amount_from_fen=123_400)
        row = proposed(manager, always=True)
        services.decline_rule(rule_id=row.pk, by=risk, at=AT)

        told = Event.objects.filter(subject="authorization.rule:1002").order_by("id")
        assert [(event.action, event.actor) for event in told] == [
            ("authorization.propose_rule", manager.label),
            ("authorization.approve_rule", risk.label),
            ("authorization.propose_rule", manager.label),
            ("authorization.decline_rule", risk.label),
        ]
        assert told[0].detail["amount"] == "1,234.00"
        assert told[3].detail["conditions"] == ["always"]


def test_two_deciders_at_once_decide_once(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        deciders = [people.staff(bank.branch, "risk_manager") for _ in range(2)]
        row = services.propose_rule(
            rule=rows.plain(), valid_from=TOMORROW, reason="调整", by=manager, at=AT,
            institution=bank.branch,
        )  # fmt: skip
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def decide(step, by):
        together.wait()
        try:
            with people_services.acting(staff=by):
                step(rule_id=row.pk, by=by, at=AT)
            outcomes.append("decided")
        except rules.RuleDecided:
            outcomes.append("refused")
        finally:
            connections.close_all()

    steps = zip((services.approve_rule, services.decline_rule), deciders, strict=True)
    threads = [threading.Thread(target=decide, args=pair) for pair in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decided", "refused"]


class TestPlaceAndDay:
    def test_a_day_that_has_begun_is_not_changed(self, bank, manager):
        with people_services.acting(staff=manager), pytest.raises(rules.RuleTooSoon):
            proposed(manager, bank.branch, valid_from=people.DAY)

    def test_an_approval_that_comes_too_late_is_refused(self, bank, manager, risk):
        with people_services.acting(staff=manager):
            row = proposed(manager, bank.branch)
        with people_services.acting(staff=risk), pytest.raises(rules.RuleTooSoon):
            services.approve_rule(rule_id=row.pk, by=risk, at=AT + timedelta(days=1))

    def test_a_branch_changes_its_own_and_not_the_whole_bank(self, bank, manager):
        with people_services.acting(staff=manager):
            proposed(manager, bank.outlet)
            with pytest.raises(rules.RuleNotYours) as refused:
                proposed(manager)
        assert refused.value.field == "institution"

    def test_what_is_out_of_sight_is_not_there(self, bank, manager, risk):
        whole, head = proposed(manager), proposed(manager, bank.head)

        with people_services.acting(staff=risk):
            for row in (whole, head):
                assert selectors.rule_in_sight(rule_id=row.pk) is None
                with pytest.raises(rules.NoSuchRule):
                    services.approve_rule(rule_id=row.pk, by=risk, at=AT)
            assert selectors.rules_waiting() == ()

    def test_the_database_keeps_others_rules_from_a_branch(self, bank, manager):
        row = rows.row(rows.plain(), manager, institution=bank.head)

        with (
            people_services.acting(staff=manager),
            pytest.raises(Error, match="row-level security"),
            transaction.atomic(),
        ):
            row.save(force_insert=True)


class TestConstraints:
    """What can never be in the table, whoever writes."""

    def kept(self, manager, **more):
        row = rows.row(rows.plain(), manager)
        for name, value in more.items():
            setattr(row, name, value)
        row.save(force_insert=True)
        return row

    @pytest.mark.parametrize(
        ("more", "broken"),
        [
            ({"approved_at": AT}, "rule_approved_by_and_at"),
            ({"declined_at": AT}, "rule_declined_by_and_at"),
            ({"trade_code": "9999"}, "rule_of_the_catalogue"),
            ({"group": "NONE"}, "rule_of_the_catalogue"),
            ({"cash": "some"}, "rule_words_known"),
            ({"scan_mode": "once"}, "rule_words_known"),
            ({"grade": 6}, "rule_grades"),
            ({"grade": 0}, "rule_grades"),
            ({"outlet_levels": 3}, "rule_grades"),
            ({"centre_levels": 0}, "rule_grades"),
            ({"teller_grade_below": 6}, "rule_grades"),
            ({"customer_kinds": ["rich"]}, "rule_conditions_known"),
            ({"account_states": ["odd"]}, "rule_conditions_known"),
            ({"together": ["moon"]}, "rule_conditions_known"),
            ({"outside_from": time(9)}, "rule_hours_whole"),
            ({"outside_until": time(9)}, "rule_hours_whole"),
            ({"outside_from": time(9), "outside_until": time(9)}, "rule_hours_whole"),
            ({"amount_from_fen": -1}, "rule_amounts_not_negative"),
            ({"agent_from_fen": -1}, "rule_amounts_not_negative"),
            ({"call_back_from_fen": -1}, "rule_amounts_not_negative"),
            ({"scan_mode": "later"}, "rule_rescan_minutes"),
            ({"scan_mode": "later", "rescan_minutes": 0}, "rule_rescan_minutes"),
            ({"rescan_minutes": 5}, "rule_rescan_minutes"),
            ({"weight_hundredths": 0}, "rule_weighs"),
            ({"bands": [[5, 3, 1], [5, 4, 1]]}, "bands ascend"),
            ({"bands": [[5, 3, 1], [6, 2, 1]]}, "bands ascend"),
            ({"bands": [[5, 6, 1]]}, "bands ascend"),
            ({"bands": [[5, 1, 1]]}, "bands ascend"),
            ({"bands": [[5, 3, 3]]}, "bands ascend"),
            ({"bands": [[-1, 3, 1]]}, "bands ascend"),
        ],
    )
    def test_it_is_refused(self, manager, more, broken):
        with pytest.raises(Error, match=broken), transaction.atomic():
            self.kept(manager, **more)

    def test_one_number_does_not_propose_and_approve(self, manager):
        with pytest.raises(Error, match="two"), transaction.atomic():
            self.kept(manager, approved_by=manager, approved_at=AT)

    def test_nobody_approves_and_declines(self, manager, risk, bank):
        other = people.staff(bank.branch, "risk_manager")
        more = {"approved_by": risk, "approved_at": AT, "declined_by": other, "declined_at": AT}

        with pytest.raises(Error, match="rule_declined_by_and_at"), transaction.atomic():
            self.kept(manager, **more)

    def test_a_whole_rule_is_kept_as_it_was_said(self, manager):
        said = rows.plain(
            bands=(rules.Band(5, 3, 1), rules.Band(6, 5, 2)), outside_from=time(9),
            outside_until=time(17), customer_kinds=("staff",), account_states=("held", "frozen"),
            teller_grade_below=3, agent_from_fen=0, manual_id=True, scan_mode="later",
            rescan_minutes=30, together=("agent", "time"), call_back_from_fen=7, skill="seal",
        )  # fmt: skip

        row = services.propose_rule(
            rule=said, valid_from=TOMORROW, reason="全部", by=manager, at=AT
        )

        row.refresh_from_db()
        assert row.says == said

    def test_a_proposal_is_not_rewritten(self, manager):
        row = proposed(manager)

        with pytest.raises(Error, match="only ever approved"), transaction.atomic():
            AuthRule.objects.filter(pk=row.pk).update(grade=5)

    @pytest.mark.parametrize("step", [services.approve_rule, services.decline_rule])
    def test_what_is_decided_is_only_followed(self, manager, risk, step):
        row = step(rule_id=proposed(manager).pk, by=risk, at=AT)

        for change in ({"grade": 5}, {"approved_by": None, "approved_at": None}):
            with pytest.raises(Error, match="later row"), transaction.atomic():
                AuthRule.objects.filter(pk=row.pk).update(**change)

    def test_no_row_is_taken_away(self, manager):
        row = proposed(manager)

        with pytest.raises(Error, match="permission denied"), transaction.atomic():
            AuthRule.objects.filter(pk=row.pk).delete()


class TestCatalogueProposal:
    @pytest.fixture
    def bare(self, everything):
        """Open a bank in which nothing has been said about any transaction."""
        return people.branch()

    def propose(self, by):
        with people_services.acting(staff=by):
            return services.propose_catalogue(valid_from=TOMORROW, reason="标准目录", by=by, at=AT)

    def test_the_head_office_proposes_the_whole_catalogue_once(self, bare):
        manager = people.staff(bare.head, "ops_manager")

        made = self.propose(manager)

        assert [row.trade_code for row in made] == list(rules.CATALOGUE)
        assert {row.institution for row in made} == {None}
        assert [row.says for row in made] == list(gateways.standard_rules())
        with pytest.raises(rules.NothingToPropose):
            self.propose(manager)

    def test_a_branch_proposes_it_for_itself(self, bare):
        made = self.propose(people.staff(bare.branch, "ops_manager"))

        assert {row.institution for row in made} == {bare.branch}

    def test_only_what_has_neither_rule_nor_proposal_is_proposed(self, bare):
        manager, risk = (people.staff(bare.head, role) for role in ("ops_manager", "risk_manager"))
        first = rows.row(rows.plain("1002"), manager, risk)
        first.save(force_insert=True)
        rows.proposed(manager, None, "1101")

        made = self.propose(manager)

        assert {*rules.CATALOGUE} - {row.trade_code for row in made} == {"1002", "1101"}

    def test_what_was_declined_or_came_too_late_is_proposed_again(self, bare):
        manager, risk = (people.staff(bare.head, role) for role in ("ops_manager", "risk_manager"))
        declined = rows.proposed(manager, None, "1002")
        services.decline_rule(rule_id=declined.pk, by=risk, at=AT)
        rows.row(rows.plain("1101"), manager, valid_from=people.DAY).save(force_insert=True)

        assert len(self.propose(manager)) == 53


def test_rules_are_read_by_all_and_written_in_the_scope(bank):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('{scope.SETTING}', '', true)")
        cursor.execute("SELECT count(*) FROM authorization_authrule")
        assert cursor.fetchone()[0] == 53
