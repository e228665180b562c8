"""Work that went every way through a queue is told by the trail as the items tell it."""

from __future__ import annotations

from authorization import services
from foundation.people import services as people_services
from ops_platform import conserving
from tests.factories import authorization as factory
from tests.factories.people import NOON


def test_what_came_in_is_what_ended_and_what_is_open(bank, teller, authorizer):
    counter = factory.counter(bank)

    def opened():
        found = services.open_next(authorizer=authorizer, at=NOON)
        return {
            "number": found.number, "decider": authorizer, "at": NOON,
            "shown": found.content_hash, "fence": found.opened_fence,
        }  # fmt: skip

    def sent(yuan, voucher):
        return factory.sent(teller, factory.withdrawal(counter, yuan, voucher_no=voucher))

    sent("49,999.99", "0744719001")
    back = sent("61,000.00", "0744719002")
    services.decide(step="return", reasons=["A18"], **opened())
    mended = factory.withdrawal(counter, "62,000.00", voucher_no="0744719002")
    services.resubmit(number=back.number, order=mended, teller=teller, at=NOON)
    services.decide(step="approve", **opened())
    gone = sent("63,000.00", "0744719003")
    services.withdraw(number=gone.number, teller=teller, at=NOON)
    sent("64,000.00", "0744719004")

    with people_services.acting_as_system(reason="test"):
        assert conserving.rows() == 4
        assert conserving.uncounted() == []
        assert conserving.wrong() == []
