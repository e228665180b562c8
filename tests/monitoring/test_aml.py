"""Large values by threshold, gaps and review, the report; exemptions; suspicious cases."""

from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.db import DatabaseError, connection, transaction

from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import services as books
from foundation.people.services import acting
from foundation.trail import selectors as trail
from foundation.worklist.models import Job
from monitoring import tasks
from monitoring.models import AmlExemption, AmlReport, LargeValue, SuspiciousCase
from monitoring.rules import aml as rules
from monitoring.selectors import aml as selected
from monitoring.services import aml, suspicious
from tests.factories import aml as factory
from tests.factories import ledger as ledger_factory
from tests.factories import people
from tests.factories.people import DAY, NOON


@pytest.fixture
def desk(bank):
    manager = people.staff(bank.branch, "ops_manager", name="周明")
    people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
    return factory.desk(bank)


@pytest.fixture
def till(bank):
    books.open_day(institution_id=bank.outlet.pk, on=DAY, at=NOON, by="t")
    return ledger_factory.account(bank.outlet, "1001", "现金二", overdraft_allowed=True)


def rows():
    return {
        (row.customer_name, row.side, row.kind): row.amount_fen for row in LargeValue.objects.all()
    }


def breaks(statement, *given):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
    return error.value.__cause__.pgcode


class TestBuilding:
    def test_one_side_of_a_day_is_added_up_from_the_threshold_on(self, bank, desk, till):
        much = factory.customer(bank.outlet)
        little = factory.customer(bank.outlet, "李小额", "110101199001011253")
        for fen in (3_000_000, 2_000_000, -4_999_999):
            factory.move(much, till, fen, trade_code="1001" if fen > 0 else "1002")
        factory.move(little, till, 4_999_999)
        factory.move(little, till, 60_000_000, trade_code="1404")

        assert aml.build_day(on=DAY, at=NOON) == 1

        row = LargeValue.objects.get()
        assert (row.customer_name, row.side, row.kind, row.amount_fen) == (
            "王大额", "in", "cash", 5_000_000,
        )  # fmt: skip
        assert (row.institution, row.state, len(row.evidence)) == (bank.branch, rules.GAPS, 2)
        assert row.due_on == date(2026, 11, 30)
        assert row.evidence[0]["counter"] == till.number

    def test_a_customer_is_added_up_over_outlets_and_again_changes_nothing(self, bank, desk, till):
        first = factory.customer(bank.outlet)
        books.open_day(institution_id=bank.sibling.pk, on=DAY, at=NOON, by="t")
        other_till = ledger_factory.account(bank.sibling, "1001", "现金", overdraft_allowed=True)
        second = factory.customer(bank.sibling)
        factory.move(first, till, 2_500_000)
        factory.move(second, other_till, 2_500_000)

        assert [aml.build_day(on=DAY, at=NOON) for _ in range(2)] == [1, 0]
        assert rows() == {("王大额", "in", "cash"): 5_000_000}

        factory.move(first, till, 1)
        assert aml.build_day(on=DAY, at=NOON) == 0
        assert rows() == {("王大额", "in", "cash"): 5_000_001}

    def test_what_was_filled_stays_as_it_was_read(self, bank, desk, till):
        account = factory.customer(bank.outlet)
        factory.move(account, till, 5_000_000)
        aml.build_day(on=DAY, at=NOON)
        factory.filled(LargeValue.objects.get(), desk.analyst)
        factory.move(account, till, 1)

        aml.build_day(on=DAY, at=NOON)

        assert rows() == {("王大额", "in", "cash"): 5_000_000}
        row = LargeValue.objects.get()
        assert (row.state, row.changed) == (rules.FILLED, rules.MOVED)

    def test_transfers_count_apart_and_own_accounts_do_not(self, bank, desk, till):
        payer = factory.customer(bank.outlet)
        own = factory.customer(bank.outlet)
        payee = factory.customer(bank.outlet, "李收款", "110101199001011253")
        factory.move(payer, till, 200_000_000, trade_code="1404")
        factory.move(own, payer, 60_000_000, trade_code="1101")
        factory.move(payee, payer, 50_000_000, trade_code="1101")

        aml.build_day(on=DAY, at=NOON)

        assert rows() == {
            ("王大额", "out", "domestic"): 50_000_000,
            ("李收款", "in", "domestic"): 50_000_000,
        }

    def test_an_exempt_customer_is_kept_and_needs_nothing(self, bank, desk, till):
        row = exempt(desk, desk.reviewer)
        factory.move(factory.customer(bank.outlet), till, 5_000_000)

        aml.build_day(on=DAY, at=NOON)

        found = LargeValue.objects.get()
        assert (found.state, found.exemption) == (rules.EXEMPT, row)

    def test_cash_in_parts_below_the_threshold_opens_one_case(self, bank, desk, till):
        account = factory.customer(bank.outlet)
        for _ in range(3):
            factory.move(account, till, 1_900_000)

        for _ in range(2):
            aml.build_day(on=DAY, at=NOON)

        case = SuspiciousCase.objects.get()
        assert (case.origin, case.state, len(case.evidence)) == (rules.BY_RULE, rules.DRAFT, 3)
        case.state = rules.SUBMITTED
        suspicious.submit(case_id=case.pk, narrative="拆分存现", by=desk.analyst, at=NOON)
        suspicious.review(case_id=case.pk, step="dismiss", remark="", by=desk.reviewer, at=NOON)
        aml.build_day(on=DAY, at=NOON)
        assert SuspiciousCase.objects.count() == 1

    def test_foreign_money_is_weighed_in_dollars_and_with_yuan(self, bank, desk, till):
        dollars = ledger_factory.account(
            bank.outlet, "1001", "美元现金", overdraft_allowed=True, currency="USD"
        )
        rich = factory.customer(bank.outlet, currency="USD")
        factory.move(rich, dollars, 1_000_000)
        factory.move(factory.customer(bank.outlet), till, 1_000_000)
        mixed = {"name": "李两币", "number": "110101199001011253"}
        factory.move(factory.customer(bank.outlet, **mixed), till, 2_500_000)
        factory.move(factory.customer(bank.outlet, **mixed, currency="USD"), dollars, 352_113)

        aml.build_day(on=DAY, at=NOON)

        alone = LargeValue.objects.get(customer_name="王大额")
        assert (alone.basis, alone.sums, len(alone.evidence)) == ("foreign", {"USD": 1_000_000}, 1)
        assert (alone.amount_cents, alone.amount_fen) == (1_000_000, 7_100_000)
        both = LargeValue.objects.get(customer_name="李两币")
        assert (both.basis, both.sums) == ("together", {"CNY": 2_500_000, "USD": 352_113})
        assert both.amount_fen == 2_500_000 + 2_500_002
        factory.filled(both, desk.analyst)
        aml.review(large_id=both.pk, passed=True, remark="", by=desk.reviewer, at=NOON)
        made = aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON)
        item = ET.fromstring(bytes(made.content)).find("item")
        assert item.findtext("currencies") == "CNY 25,000.00; USD 3,521.13"

    def test_money_without_a_rate_is_put_before_people(self, bank, desk, till):
        cash = ledger_factory.account(
            bank.outlet, "1001", "泰铢现金", overdraft_allowed=True, currency="THB"
        )
        factory.move(factory.customer(bank.outlet, currency="THB"), cash, 1)

        aml.build_day(on=DAY, at=NOON)

        assert [row.basis for row in LargeValue.objects.all()] == ["unrated"]

    def test_the_job_of_the_night_builds_the_days_before(self, bank, desk, till, monkeypatch):
        factory.move(factory.customer(bank.outlet), till, 5_000_000)
        monkeypatch.setattr(tasks.timezone, "localdate", lambda: DAY + timedelta(days=2))

        tasks.build_large_values()()

        assert LargeValue.objects.count() == 1

    def test_the_rule_reads_thresholds_as_they_are(self):
        assert rules.kind_of("1102", corporate=True) == rules.CORPORATE
        assert rules.kind_of("1404", corporate=False) is None


def exempt(desk, by):
    row = aml.propose_exemption(
        customer="110101199001011237", reason="党政机关", valid_from=DAY, valid_until=DAY,
        by=desk.analyst, at=NOON,
    )  # fmt: skip
    return aml.decide_exemption(exemption_id=row.pk, step="approve", by=by, at=NOON)


class TestTheDesk:
    def test_gaps_are_filled_by_one_reviewed_by_another_and_reported(self, bank, desk):
        row = factory.large(bank.branch)
        with pytest.raises(rules.StillGaps):
            aml.fill(
                large_id=row.pk, id_number="1", counterparty=" ", purpose="x",
                by=desk.analyst, at=NOON,
            )  # fmt: skip
        factory.filled(row, desk.reviewer)
        with pytest.raises(rules.SecondIsFirst):
            aml.review(large_id=row.pk, passed=True, remark="", by=desk.reviewer, at=NOON)
        aml.review(large_id=row.pk, passed=False, remark="用途不清", by=desk.second, at=NOON)
        factory.filled(row, desk.analyst)
        row = aml.review(large_id=row.pk, passed=True, remark="", by=desk.second, at=NOON)

        made = aml.report_large(branch_id=bank.branch.pk, by=desk.second, at=NOON)

        row.refresh_from_db()
        assert (row.state, row.report) == (rules.REPORTED, made)
        assert made.name == "LVT-110000-20261123-000001.xml"
        assert made.sha256 == rules.check_sum(bytes(made.content))
        item = ET.fromstring(bytes(made.content)).find("item")
        assert item.findtext("amount") == "60000.00"
        assert aml.report_large(branch_id=bank.branch.pk, by=desk.second, at=NOON) is None

    def test_numbers_of_reports_have_no_gap(self, bank, desk):
        names = []
        for day in range(2):
            row = factory.large(bank.branch, number=f"C{day}")
            factory.filled(row, desk.analyst)
            aml.review(large_id=row.pk, passed=True, remark="", by=desk.reviewer, at=NOON)
            made = aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON)
            names.append(made.seq)
        assert names == [1, 2]

    def test_a_report_is_asked_for_once_something_was_reviewed(self, bank, desk):
        with acting(staff=desk.reviewer), pytest.raises(rules.NothingToReport):
            aml.ask_report(by=desk.reviewer, at=NOON)
        factory.passed(bank.branch, desk)

        with acting(staff=desk.second):
            aml.ask_report(by=desk.second, at=NOON)

        job = Job.objects.get(kind="monitoring.tasks.report_large_values")
        tasks.report_large_values(**job.args)()
        assert AmlReport.objects.get().asked_by == desk.second

    def test_an_exemption_is_decided_by_another_human(self, desk):
        with pytest.raises(rules.SecondIsFirst):
            exempt(desk, desk.analyst)
        row = exempt(desk, desk.reviewer)
        with pytest.raises(StepNotAllowed):
            aml.decide_exemption(exemption_id=row.pk, step="decline", by=desk.second, at=NOON)
        row = aml.decide_exemption(exemption_id=row.pk, step="end", by=desk.second, at=NOON)
        assert row.state == rules.ENDED
        with pytest.raises(rules.SpanBackwards):
            aml.propose_exemption(
                customer="1", reason="x", valid_from=DAY, valid_until=DAY - timedelta(days=1),
                by=desk.analyst, at=NOON,
            )  # fmt: skip

    def test_what_is_not_there_is_refused(self, desk):
        for ask, refusal in (
            (lambda: selected.large_value(large_id=0), rules.NoSuchLarge),
            (lambda: selected.one_exemption(exemption_id=0), rules.NoSuchExemption),
            (lambda: selected.report(report_id=0), rules.NoSuchReport),
            (lambda: selected.case(case_id=0), rules.NoSuchCase),
        ):
            with pytest.raises(refusal):
                ask()

    def test_late_is_what_is_past_its_day_and_not_reported(self, bank, desk):
        factory.large(bank.branch)
        assert [selected.late(on=DAY + timedelta(days=days)) for days in (0, 1)] == [0, 1]


class TestCases:
    def opened(self, bank, desk, customer="C1"):
        return suspicious.open_by_hand(
            customer=customer, customer_name="王", branch=bank.branch, by=desk.analyst, at=NOON
        )

    def test_three_humans_and_a_report(self, bank, desk):
        case = self.opened(bank, desk)
        with pytest.raises(rules.CaseIsOpen):
            self.opened(bank, desk)
        suspicious.submit(case_id=case.pk, narrative="快进快出", by=desk.analyst, at=NOON)
        with pytest.raises(rules.SecondIsFirst):
            suspicious.review(case_id=case.pk, step="support", remark="", by=desk.analyst, at=NOON)
        with pytest.raises(StepNotAllowed):
            suspicious.lead(case_id=case.pk, step="confirm", remark="", by=desk.lead, at=NOON)
        suspicious.review(case_id=case.pk, step="support", remark="", by=desk.reviewer, at=NOON)
        with pytest.raises(rules.SecondIsFirst):
            suspicious.lead(case_id=case.pk, step="confirm", remark="", by=desk.reviewer, at=NOON)
        suspicious.lead(case_id=case.pk, step="send_back", remark="补", by=desk.lead, at=NOON)
        suspicious.submit(case_id=case.pk, narrative="快进快出二", by=desk.analyst, at=NOON)
        suspicious.review(case_id=case.pk, step="support", remark="", by=desk.second, at=NOON)
        suspicious.lead(case_id=case.pk, step="confirm", remark="", by=desk.lead, at=NOON)

        made = aml.report_case(case_id=case.pk, by=desk.lead, at=NOON)

        case.refresh_from_db()
        assert (case.state, case.report) == (rules.REPORTED, made)
        assert made.name.startswith("STR-110000-")
        assert "快进快出二" in bytes(made.content).decode()


class TestTheDatabase:
    def test_it_refuses_what_the_services_refuse(self, bank, desk):
        row = factory.large(bank.branch)
        factory.filled(row, desk.analyst)
        pass_it = (
            "UPDATE monitoring_largevalue SET state = 'passed', reviewed_by_id = %s,"
            " reviewed_person = %s, reviewed_at = now() WHERE id = %s"
        )
        assert breaks(pass_it, desk.analyst.pk, desk.analyst.person, row.pk) == "OP065"
        assert breaks(pass_it, desk.analyst.pk, desk.reviewer.person, row.pk) == "OP065"
        for change in (
            "UPDATE monitoring_largevalue SET state = 'reported' WHERE id = %s",
            "UPDATE monitoring_largevalue SET due_on = due_on + 1 WHERE id = %s",
            "UPDATE monitoring_largevalue SET purpose = 'x' WHERE id = %s",
            "DELETE FROM monitoring_largevalue WHERE id = %s",
        ):
            assert breaks(change, row.pk) == "OP065"
        with pytest.raises(DatabaseError), transaction.atomic():
            factory.large(bank.branch)

    def test_reports_exemptions_and_cases_stay(self, bank, desk):
        factory.passed(bank.branch, desk)
        made = aml.report_large(branch_id=bank.branch.pk, by=desk.reviewer, at=NOON)
        change = "UPDATE monitoring_amlreport SET sha256 = '' WHERE id = %s"
        assert breaks(change, made.pk) == "OP065"
        row = exempt(desk, desk.reviewer)
        again = "UPDATE monitoring_amlexemption SET valid_until = valid_until + 9 WHERE id = %s"
        assert breaks(again, row.pk) == "OP065"
        assert AmlExemption.objects.get().state == rules.ACTIVE
        case = TestCases().opened(bank, desk)
        suspicious.submit(case_id=case.pk, narrative="x", by=desk.analyst, at=NOON)
        back = "UPDATE monitoring_suspiciouscase SET narrative = '' WHERE id = %s"
        assert breaks(back, case.pk) == "OP065"


class TestJoining:
    def split(self, bank, till, account, times=3):
        for _ in range(times):
            factory.move(account, till, 1_900_000)
        aml.build_day(on=DAY, at=NOON)

    def joined(self, case):
        return [
            event.detail
            for event in trail.timeline(subject=case.subject)
            if event.action == "monitoring.aml.join_case"
        ]

    @pytest.mark.parametrize("state", ["draft", "submitted", "supported"])
    def test_what_a_rule_finds_joins_the_open_case_once(self, bank, desk, till, state):
        account = factory.customer(bank.outlet)
        case = suspicious.open_by_hand(
            customer="110101199001011237", customer_name="王大额", branch=bank.branch,
            by=desk.analyst, at=NOON,
        )  # fmt: skip
        if state != "draft":
            suspicious.submit(case_id=case.pk, narrative="x", by=desk.analyst, at=NOON)
        if state == "supported":
            suspicious.review(case_id=case.pk, step="support", remark="", by=desk.reviewer, at=NOON)

        for _ in range(2):
            self.split(bank, till, account, times=3)

        case = SuspiciousCase.objects.get()
        assert (case.state, len(case.evidence)) == (state, 3)
        assert [(one["origin"], one["lines"]) for one in self.joined(case)] == [("rule", 3)]

    def test_what_joined_a_case_opens_none_when_that_is_over(self, bank, desk, till):
        case = TestCases().opened(bank, desk, customer="110101199001011237")
        account = factory.customer(bank.outlet)
        self.split(bank, till, account)
        suspicious.submit(case_id=case.pk, narrative="x", by=desk.analyst, at=NOON)
        suspicious.review(case_id=case.pk, step="dismiss", remark="", by=desk.reviewer, at=NOON)

        aml.build_day(on=DAY, at=NOON)

        assert SuspiciousCase.objects.count() == 1

    def test_a_hit_joins_the_open_case_and_opens_another_after_it(self, bank, desk):
        factory.in_force(desk)
        hit = factory.hit(bank.branch)
        case = TestCases().opened(bank, desk, customer=hit.customer)
        for _ in range(2):
            assert suspicious.open_by_hit(hit=hit, actor="t", at=NOON) is None
        assert [one["origin"] for one in self.joined(case)] == ["hit"]

        for _ in range(2):
            suspicious.submit(case_id=case.pk, narrative="x", by=desk.analyst, at=NOON)
            suspicious.review(case_id=case.pk, step="dismiss", remark="", by=desk.reviewer, at=NOON)
            case = suspicious.open_by_hit(hit=hit, actor="t", at=NOON)
            assert suspicious.open_by_hit(hit=hit, actor="t", at=NOON) is None

        assert SuspiciousCase.objects.count() == 3

    def test_the_database_lets_evidence_grow_and_nothing_else(self, bank, desk, till):
        self.split(bank, till, factory.customer(bank.outlet))
        case = SuspiciousCase.objects.get()
        suspicious.submit(case_id=case.pk, narrative="x", by=desk.analyst, at=NOON)
        suspicious.review(case_id=case.pk, step="dismiss", remark="", by=desk.reviewer, at=NOON)
        grow = "UPDATE monitoring_suspiciouscase SET joined = joined || '\"a\"' WHERE id = %s"
        assert breaks(grow, case.pk) == "OP065"
        other = TestCases().opened(bank, desk)
        with connection.cursor() as cursor:
            cursor.execute(grow, [other.pk])
        change = "UPDATE monitoring_suspiciouscase SET joined = %s WHERE id = %s"
        for kept in ("[]", '["b"]', '["b", "a"]'):
            assert breaks(change, kept, other.pk) == "OP065"
