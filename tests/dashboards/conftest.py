"""A morning of the centre: items decided at known moments, some waiting, one in hand."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from authorization import services as authorization
from authorization.models import Request
from foundation.people import services as acting
from foundation.people.models import Staff
from monitoring import services as monitoring
from tests.factories import authorization as factory
from tests.factories import monitoring as vouchers
from tests.factories import people
from tests.factories.people import NOON


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "images"


@dataclass
class Morning:
    """Who works, and what was done so far."""

    teller: Staff
    far_teller: Staff
    authorizer: Staff
    second: Staff
    supervisor: Staff
    place: factory.Counter
    far: factory.Counter
    now: datetime = NOON + timedelta(hours=2)
    sent: list[Request] = field(default_factory=list)

    def send(self, *, far: bool = False) -> Request:
        """Send an item that needs authorization."""
        teller, place = (self.far_teller, self.far) if far else (self.teller, self.place)
        request = factory.sent(teller, factory.withdrawal(place))
        self.sent.append(request)
        return request

    def decide(self, step: str, *, minutes: int, took: int, by: Staff | None = None, far=False):
        """Decide a new item so many minutes after noon, after so many seconds of looking."""
        self.send(far=far)
        decider = by or self.authorizer
        at = NOON + timedelta(minutes=minutes)
        reasons = {"approve": [], "reject": ["A07"], "return": ["A01", "A06"]}[step]
        with acting.acting(staff=decider):
            opened = authorization.open_next(authorizer=decider, at=at - timedelta(seconds=took))
            return authorization.decide(
                number=opened.number,
                step=step,
                shown=opened.content_hash,
                fence=opened.work_item.fence,
                decider=decider,
                at=at,
                reasons=reasons,
            )


@pytest.fixture
def empty_morning(bank):
    return begun(bank)


def begun(bank) -> Morning:
    """Open the day of two outlets with who works in them and in the centre."""
    place = factory.counter(bank)
    factory.open_day(bank.elsewhere)
    far = factory.Counter(
        outlet=bank.elsewhere,
        till=factory.account(bank.elsewhere, "1001", "现金"),
        payer=factory.account(bank.elsewhere, "2011", "周远"),
        payee=factory.account(bank.elsewhere, "2011", "周近"),
    )
    factory.fund(far)
    return Morning(
        teller=people.staff(bank.outlet, "teller", name="王晓雯"),
        far_teller=people.staff(bank.elsewhere, "teller", name="孙洋"),
        authorizer=people.staff(bank.centre, "authorizer", name="李静"),
        second=people.staff(bank.centre, "authorizer", name="赵志远"),
        supervisor=people.staff(bank.branch, "ops_manager", name="周明"),
        place=place,
        far=far,
    )


@pytest.fixture
def morning(empty_morning):
    day = empty_morning
    day.decide("approve", minutes=1, took=10)
    day.decide("approve", minutes=14, took=20)
    day.decide("reject", minutes=16, took=40)
    day.decide("return", minutes=17, took=30, far=True)
    day.decide("reject", minutes=61, took=25, by=day.second, far=True)
    day.decide("approve", minutes=62, took=5, by=day.second)
    for number in range(3):
        day.send(far=number == 0)
    with acting.acting(staff=day.second):
        authorization.open_next(authorizer=day.second, at=NOON + timedelta(minutes=119))
    monitoring.match_day(
        institution_id=day.place.outlet.pk, business_date=people.DAY, at=NOON + timedelta(hours=1)
    )
    vouchers_read(day)
    return day


def vouchers_read(day):
    """Let the first approved item's voucher agree."""
    first = day.sent[0]
    first.refresh_from_db()
    pages = first.document.pages.order_by("id")
    vouchers.read(
        pages.first(),
        amount="¥60,000.00",
        amount_words="陆万元整",
        account=first.payer_account,
        voucher_no=first.voucher_no,
    )
    monitoring.match_document(document_id=first.document_id, at=NOON)
