"""The AML desk for tests: its people, customers who moved much, a list in force, a hit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from foundation.ledger import services as books
from foundation.ledger.models import Account
from foundation.ledger.rules import Leg
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from monitoring.models import (
    AmlExemption,
    CustomerRating,
    FreezeRequest,
    LargeValue,
    ScreeningHit,
    WatchList,
)
from monitoring.selectors import aml as selected
from monitoring.selectors.screening import Customer
from monitoring.services import aml, screening, suspicious
from tests.factories import ledger as ledger_factory
from tests.factories import people as people_factory
from tests.factories.people import DAY, NOON

LIST = """entry,name,id_number,birth_date,remark
P001,Vladislav KOROLENKO,,1970-05-01,test
P001,弗拉迪斯拉夫,,1970-05-01,test
C002,北京远影商贸有限公司,91119999MA0000000X,,test
"""
_keys = count(1)


@dataclass(frozen=True)
class Desk:
    """An analyst, two reviewers and a lead of a branch."""

    analyst: Staff
    reviewer: Staff
    second: Staff
    lead: Staff


def desk(bank: people_factory.Branch) -> Desk:
    """Hire the people of the desk."""
    hire = people_factory.staff
    return Desk(
        hire(bank.centre, "aml_analyst", name="方析"),
        hire(bank.centre, "aml_reviewer", name="严核"),
        hire(bank.centre, "aml_reviewer", name="钟审"),
        hire(bank.branch, "aml_lead", name="洪领"),
    )


def customer(
    place: Institution,
    name: str = "王大额",
    number: str = "110101199001011237",
    **more: object,
) -> Account:
    """Open an account of a customer whose number is known."""
    return ledger_factory.account(place, "2011", name, customer_number=number, **more)


def move(
    account: Account, till: Account, fen: int, *, trade_code: str = "1001", on: object = DAY
) -> str:
    """Bring money in, or below nothing take it out, and return the journal number."""
    posted = books.post(
        key=f"aml-{next(_keys)}",
        institution_id=account.institution_id,
        legs=[Leg(till.number, fen), Leg(account.number, -fen)],
        trade_code=trade_code,
        teller="000000",
        business_date=on,
        at=NOON,
    )
    return str(posted.journal_no)


def in_force(desk: Desk, *, version: str = "1", content: str = LIST) -> WatchList:
    """Import a list by one person and put it in force by another."""
    made = imported(desk.analyst, version=version, content=content)
    return screening.decide_list(list_id=made.pk, step="enforce", by=desk.reviewer, at=NOON)


def watch_list(by: Staff, other: Staff) -> WatchList:
    """Put a list in force by two people, whoever they are."""
    made = imported(by)
    return screening.decide_list(list_id=made.pk, step="enforce", by=other, at=NOON)


def imported(by: Staff, *, version: str = "1", content: str = LIST) -> WatchList:
    """Import a list, which waits for a second person."""
    return screening.import_list(
        code="TEST", version=version, source="测试", content=content.encode(), by=by, at=NOON
    )


def large(branch: Institution, *, number: str = "110101199001011237") -> LargeValue:
    """Keep a large value of a branch, as the job of the night does."""
    row: LargeValue = LargeValue.objects.create(
        institution=branch,
        business_date=DAY,
        customer=number,
        customer_name="王大额",
        side="in",
        kind="cash",
        amount_fen=6_000_000,
        threshold_fen=5_000_000,
        evidence=[],
        due_on=DAY,
        built_at=NOON,
    )
    return row


def passed(branch: Institution, desk: Desk) -> LargeValue:
    """Keep a large value that was filled and reviewed."""
    row = large(branch)
    filled(row, desk.analyst)
    return aml.review(large_id=row.pk, passed=True, remark="", by=desk.reviewer, at=NOON)


def filled(row: LargeValue, by: Staff) -> LargeValue:
    """Fill the gaps of a large value."""
    return aml.fill(
        large_id=row.pk,
        id_number="110101199001011237",
        counterparty="现金",
        purpose="货款",
        by=by,
        at=NOON,
    )


def hit(branch: Institution, *, name: str = "Korolenko Vladislav") -> ScreeningHit:
    """Screen a customer of a branch who is on the list in force."""
    with people.acting_as_system(reason="factory"):
        screening.screen_customer(branch_id=branch.pk, customer=Customer("C9", name, ""), at=NOON)
        found: ScreeningHit = ScreeningHit.objects.filter(institution=branch).latest("id")
    return found


def one_of_each(outlet: Institution, one: Staff, other: Staff) -> dict[str, int]:
    """Keep one of everything that a page of the desk is about, for the branch of an outlet.

    The two only have to be two humans: who may is not asked here.
    """
    branch = selected.branch_of(institution=outlet) or outlet
    number = f"T{next(_keys)}"
    row = large(branch, number=number)
    told = large(branch, number=f"{number}R")
    filled(told, one)
    aml.review(large_id=told.pk, passed=True, remark="", by=other, at=NOON)
    made = aml.report_large(branch_id=branch.pk, by=other, at=NOON)
    spared: AmlExemption = AmlExemption.objects.create(
        institution=branch, customer=number, reason="党政机关", valid_from=DAY, valid_until=DAY,
        proposed_by=one, proposed_person=one.person, proposed_at=NOON,
    )  # fmt: skip
    listed = imported(one, version=number)
    case = suspicious.open_by_hand(
        customer=number, customer_name="王大额", branch=branch, by=one, at=NOON
    )
    name = listed.names.order_by("id")[0]
    found: ScreeningHit = ScreeningHit.objects.create(
        institution=branch, customer=number, customer_name="王大额", customer_print="-",
        watch_list=listed, watch_name=name, entry=name.entry, entry_print="-", score=90,
        reasons=["x"], raised_at=NOON,
    )  # fmt: skip
    rating: CustomerRating = CustomerRating.objects.create(
        institution=branch, customer=number, customer_name="王大额", level=1, by_rules=1, score=0,
        proposed_by=one, proposed_person=one.person, proposed_at=NOON,
    )  # fmt: skip
    freeze: FreezeRequest = FreezeRequest.objects.create(
        institution=branch, account=number, account_name="王大额", document_no="D1", reason="x",
        proposed_by=one, proposed_person=one.person, proposed_at=NOON,
    )  # fmt: skip
    return {
        "rating": rating.pk, "freeze": freeze.pk,
        "large": row.pk, "exemption": spared.pk, "report": made.pk if made else 0,
        "list": listed.pk, "hit": found.pk, "case": case.pk,
    }  # fmt: skip
