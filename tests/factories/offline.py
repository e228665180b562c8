"""Slips of paper for tests: a book, an offline time that is over, a slip that was keyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from authorization.models import OfflineBook, OfflinePeriod, OfflineSlip
from authorization.rules import offline as rules
from authorization.services import Order, attach
from authorization.services import offline as services
from foundation.people.models import Institution, Staff
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import people

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Paper:
    """An outlet after an outage: who keys, who decided, who checks, its book and its time."""

    counter: factory.Counter
    keyer: Staff
    decider: Staff
    checker: Staff
    supervisor: Staff
    crew: emergency.Crew
    book: OfflineBook
    period: OfflinePeriod
    signed_at: datetime

    def number(self, place: int = 0) -> str:
        """Return a number of the book."""
        return str(self.book.slips.order_by("number")[place].number)

    def key(self, place: int = 0, order: Order | None = None, **more: object) -> OfflineSlip:
        """Key a slip with its image."""
        number = self.number(place)
        imaged(number, self.keyer)
        given = {"by": self.keyer, "at": timezone.now()} | more
        signed_at = given.pop("signed_at", self.signed_at)
        decider = given.pop("decider", self.decider)
        return services.key(
            number=number, order=order or factory.withdrawal(self.counter),
            paper=rules.Paper(decider.pk, signed_at), **given,
        )  # fmt: skip


def imaged(number: str, by: Staff) -> None:
    """Add the image of a slip."""
    attach(
        key=rules.key_of(number), teller=by, data=factory.image(), name="s.png",
        image_class="voucher", at=people.NOON,
    )  # fmt: skip


def paper(bank: people.Branch, counter: factory.Counter) -> Paper:
    """Let an outlet have been offline, with somebody registered before and a book printed."""
    crew = emergency.crew(bank)
    now = timezone.now()
    decider, local = emergency.registered(crew, bank.outlet)
    supervisor = people.staff(bank.outlet, "outlet_supervisor", name="罗管")
    book = services.issue(count=5, by=supervisor, at=now)
    assert local.decided_at is not None, "it is approved"
    signed_at = local.decided_at + timedelta(microseconds=1)
    period = services.declare(
        institution=bank.branch, began_at=now - HOUR, ended_at=timezone.now(), reason="专线中断",
        by=crew.manager, at=timezone.now(),
    )  # fmt: skip
    period = services.decide_period(
        period_id=period.pk, approve=True, by=crew.risk, at=timezone.now()
    )
    return Paper(
        counter, people.staff(bank.outlet, "teller", name="孙柜"), decider,
        people.staff(bank.outlet, "teller", name="赵核"), supervisor, crew, book, period, signed_at,
    )  # fmt: skip


def one_of_each(outlet: Institution, by: Staff, other: Staff) -> tuple[int, str, int]:
    """Keep a book, a slip of it and a proposed time of a place, whatever kind it is."""
    serial = 1 + OfflineBook.objects.filter(institution=outlet).count()
    book: OfflineBook = OfflineBook.objects.create(
        institution=outlet, first=serial, count=1, issued_by=by, issued_at=people.NOON
    )
    number = rules.number_of(outlet=outlet.number, serial=serial)
    OfflineSlip.objects.create(institution=outlet, book=book, number=number)
    period: OfflinePeriod = OfflinePeriod.objects.create(
        institution=outlet, began_at=people.NOON - HOUR, ended_at=people.NOON, reason="专线中断",
        proposed_by=other, proposed_at=people.NOON,
    )  # fmt: skip
    return book.pk, number, period.pk
