"""In whatever state an item stands, work is conserved and the close of the day knows it."""

from datetime import timedelta

import pytest

from authorization import rules, services
from authorization.models import Request
from foundation.ledger import rules as days
from foundation.ledger import services as ledger
from ops_platform import conserving, day_checks
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

AT = people.NOON
# In these an item stands within one transaction alone.
PASSING = (rules.NEW, rules.APPROVED)
ON_DESK = {
    rules.VIEWING: None,
    rules.POSTED: ("approve", ()),
    rules.REJECTED: ("reject", ("A08",)),
    rules.RETURNED: ("return", ("A18",)),
}


@pytest.fixture
def brought(bank, teller, authorizer):
    """Return how an item comes into a state, by the steps of people alone."""

    def come(state):
        counter = factory.counter(bank)
        if state == rules.ON_SITE:
            said = rule_factory.plain(amount_from_fen=1, outlet_levels=1)
            rule_factory.in_force(said, valid_from=people.DAY)
        item = factory.sent(teller, factory.withdrawal(counter))
        if state == rules.WITHDRAWN:
            services.withdraw(number=item.number, teller=teller, at=AT)
        elif state == rules.ESCALATED:
            people.number_of(None, "authorization.undecided_seconds", "180")
            services.send_up(number=item.number, at=AT + timedelta(minutes=4))
        elif state in (rules.ON_HOLD, rules.SETTLING, *ON_DESK):
            _at_desk(services.open_next(authorizer=authorizer, at=AT), authorizer, state)
        found = Request.objects.get(pk=item.pk)
        assert found.state == state, f"the test knows no way into {state}"
        return found

    return come


def _at_desk(item, by, state):
    if state == rules.ON_HOLD:
        services.hold(
            number=item.number, kind=rules.RESCAN, question="背面", fence=item.opened_fence,
            authorizer=by, at=AT,
        )  # fmt: skip
    elif state == rules.SETTLING:
        people.number_of(None, "authorization.undo_seconds", "5")
        _decide(item, by, "reject", ("A08",))
    elif said := ON_DESK[state]:
        _decide(item, by, *said)


def _decide(item, by, step, reasons):
    services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=by, at=AT, reasons=reasons,
    )  # fmt: skip


@pytest.mark.parametrize("state", [one for one in rules.FLOW.states if one not in PASSING])
def test_work_is_conserved(brought, state):
    brought(state)

    assert conserving.wrong() == []
    assert conserving.uncounted() == []


@pytest.mark.parametrize("state", rules.FLOW.states)
def test_the_day_is_closed_over_ends_alone(brought, bank, monkeypatch, state):
    if state in PASSING:
        item = brought(rules.QUEUED)
        Request.objects.filter(pk=item.pk).update(state=rules.WITHDRAWN)
        rule_factory.copied(item, {"state": state})
    else:
        brought(state)
    ended = rules.FLOW.is_terminal(state)
    check = days.DayCheck("unposted", "Counter transactions", day_checks.unposted)
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {"unposted": check})
    by = people.staff(bank.outlet, "outlet_supervisor", name="孙丽")
    day = {"institution_id": bank.outlet.pk, "on": people.DAY, "at": AT, "by": by}
    ledger.begin_close(**day)

    assert day_checks.unposted(bank.outlet.pk, people.DAY).count == (0 if ended else 1)
    if ended:
        assert ledger.seal_day(**day)
    else:
        with pytest.raises(days.Blocked):
            ledger.seal_day(**day)
