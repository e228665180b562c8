"""Cases that a night opens: cash just under the threshold, money passed through, graphs."""

from datetime import timedelta

import pytest

from foundation.ledger import services as books
from foundation.ledger.models import JournalLine
from monitoring.models import RuleHit, SuspiciousCase
from monitoring.rules import patterns as rules
from monitoring.rules import workshop
from monitoring.services import patterns, suspicious
from tests.factories import alerts, people
from tests.factories import aml as factory
from tests.factories import ledger as ledger_factory
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


def next_day(bank, days=1):
    ledger_factory.close_day(bank.outlet)
    on = DAY + timedelta(days=days)
    books.open_day(institution_id=bank.outlet.pk, on=on, at=NOON + timedelta(days=days), by="t")
    return on


def look(on=DAY):
    return patterns.look_at_day(on=on, at=NOON)


class TestStructuredCash:
    def test_parts_just_under_the_threshold_on_two_days_open_one_case(self, bank, desk, till):
        account = factory.customer(bank.outlet)
        for fen in (4_500_000, 4_900_000, 3_999_999):
            factory.move(account, till, fen)
        assert look() == 0
        on = next_day(bank)
        factory.move(account, till, 4_000_000, on=on)

        assert [look(on), look(on)] == [1, 0]

        case = SuspiciousCase.objects.get()
        assert (case.origin, len(case.evidence)) == ("days", 3)
        suspicious.submit(case_id=case.pk, narrative="x", by=desk.analyst, at=NOON)
        suspicious.review(case_id=case.pk, step="dismiss", remark="", by=desk.reviewer, at=NOON)
        assert look(on) == 0

    def test_dollars_have_a_band_of_their_own(self, bank, desk, till):
        cash = ledger_factory.account(
            bank.outlet, "1001", "美元现金", overdraft_allowed=True, currency="USD"
        )
        account = factory.customer(bank.outlet, currency="USD")
        for _ in range(2):
            factory.move(account, cash, 950_000)
        on = next_day(bank)
        factory.move(account, cash, 800_000, on=on)

        assert look(on) == 1


class TestPassedThrough:
    def test_in_over_one_account_and_out_over_another(self, bank, desk, till):
        first, second = factory.customer(bank.outlet), factory.customer(bank.outlet)
        factory.move(second, till, 30_000_000, trade_code="1404")
        factory.move(first, till, 30_000_000, trade_code="1101")
        factory.move(second, till, -28_000_000, trade_code="1101")

        assert [look(), look()] == [1, 0]

        case = SuspiciousCase.objects.get()
        assert (case.origin, len(case.evidence)) == ("pass", 2)

    def test_between_own_accounts_nothing_passes(self, bank, desk, till):
        first, second = factory.customer(bank.outlet), factory.customer(bank.outlet)
        factory.move(first, till, 30_000_000, trade_code="1404")
        factory.move(second, first, 30_000_000, trade_code="1101")

        assert look() == 0


class TestGraphs:
    def hit(self, bank, account, *, state=workshop.PUBLISHED, lines=()):
        maker, publisher = (people.staff(bank.branch, "risk_manager") for _ in range(2))
        said = alerts.spec("ring", "account", where="code 1101", days="3", hops="5", share="80")
        version = alerts.published(said, maker, publisher, state=state)
        return RuleHit.objects.create(
            institution=bank.outlet, version=version, day=DAY, entity=account.number,
            found=[1], lines=list(lines), at=NOON,
        )  # fmt: skip

    def test_whom_a_published_ring_names_is_a_case_with_its_lines(self, bank, desk, till):
        account = factory.customer(bank.outlet)
        factory.move(account, till, 100, trade_code="1101")
        lines = JournalLine.objects.filter(account_number=till.number).values_list("id", flat=True)
        self.hit(bank, account, lines=lines)

        assert [look(), look()] == [1, 0]

        case = SuspiciousCase.objects.get()
        assert (case.origin, case.customer, len(case.evidence)) == (
            "graph", "110101199001011237", len(lines),
        )  # fmt: skip

    def test_a_ring_in_the_shadow_and_an_unknown_account_are_none(self, bank, desk, till):
        self.hit(bank, factory.customer(bank.outlet), state=workshop.SHADOW)
        self.hit(bank, till)

        assert look() == 0

    def test_which_rules_look_at_graphs(self):
        fan = alerts.spec("day", "account", tests="partners >= 10")
        other = alerts.spec("day", "account", tests="sum >= 100.00")
        ring = alerts.spec("ring", "account", where="code 1101", days="3", hops="5", share="80")
        assert [rules.is_graph(one) for one in (ring, fan, other)] == [True, True, False]
