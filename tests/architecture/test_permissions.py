"""Every address, with every method, by every role, about every institution: no surprise.

Expected of each answer: a stranger is sent to the sign-in page; a method that a page does not take
is 405; a role without the permission gets 403; what belongs to an institution out of sight is 404;
all else is answered, and nothing ever fails with 5xx. A new address with an argument fails here
until SAMPLES says what to put there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from authorization.models import Request
from foundation.imaging import selectors as imaging
from foundation.ledger import selectors as ledger
from foundation.ledger.models import DayClosing
from foundation.people import selectors as people_selectors
from foundation.people import services as people_services
from foundation.people.models import Institution, Staff
from foundation.people.roles import ROLES, permissions_of
from monitoring import services as monitoring
from monitoring.models import Match
from tests.architecture.test_urls import pages
from tests.factories import authorization as factory
from tests.factories import ledger as books
from tests.factories import people

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
HOME_OF = {"outlet": "outlet", "centre": "centre", "branch": "branch", "sub_branch": "sub_branch",
           "head": "head"}  # fmt: skip
# Signing out ends the session that the other calls need, locking shuts it; each has its own test.
LEFT_OUT = {"people:sign_out", "people:lock"}


@dataclass(frozen=True)
class Place:
    """An outlet with one of everything that an address can be about."""

    name: str
    institution: Institution
    request: Request
    account: str
    entry_id: int
    page_id: int
    match: Match
    teller: Staff
    proposal_id: int
    post_proposal_id: int
    closing: DayClosing
    hold_id: int

    @property
    def work_item(self) -> int:
        return self.request.work_item_id or 0


SAMPLES: dict[tuple[str, str], Callable[[Place], object]] = {
    ("authorization", "trade_code"): lambda _place: "1002",
    ("authorization", "key"): lambda _place: uuid4(),
    ("authorization", "number"): lambda place: place.request.number,
    ("authorization", "item_id"): lambda place: place.work_item,
    ("imaging", "page_id"): lambda place: place.page_id,
    ("ledger", "number"): lambda place: place.account,
    ("policy", "code"): lambda _place: "security.idle_minutes",
    ("policy", "policy_id"): lambda _place: 1,
    ("policy", "day_id"): lambda _place: 1,
    ("people", "number"): lambda place: place.teller.number,
    ("people", "place"): lambda place: place.institution.number,
    ("people", "proposal_id"): lambda place: place.proposal_id,
    ("people", "post_proposal_id"): lambda place: place.post_proposal_id,
    ("worklist", "queue"): lambda _place: "authorization",
    ("ledger", "entry_id"): lambda place: place.entry_id,
    ("ledger", "day_id"): lambda place: place.closing.day_id,
    ("ledger", "closing_id"): lambda place: place.closing.pk,
    ("ledger", "hold_id"): lambda place: place.hold_id,
    ("ledger", "run_key"): lambda _place: uuid4(),
    ("ledger", "export_key"): lambda _place: uuid4(),
    ("ledger", "part_no"): lambda _place: 1,
    ("trail", "look_id"): lambda _place: 1,
    ("ledger", "code"): lambda _place: "2011",
    ("ui", "slug"): lambda _place: "teller",
    ("monitoring", "match_id"): lambda place: place.match.pk,
    ("monitoring", "item_id"): lambda place: place.match.work_item_id,
    ("worklist", "code"): lambda _place: "authorization",
    ("worklist", "item_id"): lambda place: place.work_item,
    ("worklist", "job_id"): lambda _place: 1,
}
# Arguments that name no row of an institution.
EVERYWHERE = {
    ("authorization", "trade_code"), ("authorization", "key"), ("worklist", "code"),
    ("ledger", "run_key"), ("ledger", "export_key"), ("ledger", "part_no"),
    ("ledger", "code"), ("trail", "look_id"),
    ("worklist", "job_id"), ("worklist", "queue"), ("ui", "slug"),
    ("policy", "code"), ("policy", "policy_id"), ("policy", "day_id"),
}  # fmt: skip


def place(bank: people.Branch, outlet: Institution, name: str) -> Place:
    teller = people.staff(outlet, "teller")
    till = factory.account(outlet, "1001", "现金")
    payer = factory.account(outlet, "2011", f"客户{name}")
    counter = factory.Counter(outlet=outlet, till=till, payer=payer, payee=payer)
    factory.fund(counter)
    request = factory.sent(teller, factory.withdrawal(counter))
    pages_of = imaging.pages(document_id=request.document_id)
    alone = monitoring.match_day(institution_id=outlet.pk, business_date=people.DAY, at=people.NOON)
    proposal = people.proposal(teller, bank)
    post_proposal = people.post_proposal(teller, bank)
    (posting, *_) = ledger.statement(account_id=payer.pk)
    return Place(
        name, outlet, request, payer.number, posting.entry_id, pages_of[0].pk, alone[0], teller,
        proposal.pk, post_proposal.pk, books.sealed_and_reopened(outlet),
        books.judicial_hold(payer).pk,
    )  # fmt: skip


@pytest.fixture
def places(bank: people.Branch) -> list[Place]:
    """Open an own outlet, one beside it, and one of another branch, out of sight of this one."""
    branch = people_services.open_institution(
        number="310000", name="上海分行", kind="branch", parent=bank.head
    )
    foreign = people_services.open_institution(
        number="310801", name="外滩", kind="outlet", parent=branch
    )
    factory.counter(bank)
    factory.open_day(foreign)
    return [
        place(bank, bank.outlet, "own"),
        place(bank, bank.sibling, "sibling"),
        place(bank, foreign, "another branch's"),
    ]


@pytest.fixture
def person(bank: people.Branch, request: pytest.FixtureRequest) -> Staff:
    role = request.param
    kind = min(ROLES[role].institution_kinds) if role else "outlet"
    where = getattr(bank, HOME_OF[kind])
    return people.staff(where, *([role] if role else []), grade=5)


def addresses(where: Place) -> Iterator[tuple[str, URLPattern, str, bool]]:
    for app, page in pages():
        if f"{app}:{page.name}" in LEFT_OUT:
            continue
        wanted, room = list(page.pattern.converters), app.removeprefix("api_")
        unknown = [arg for arg in wanted if (room, arg) not in SAMPLES]
        assert not unknown, f"{app}:{page.name}: say in SAMPLES what {unknown} may be"
        values = {arg: SAMPLES[room, arg](where) for arg in wanted}
        bound = any((room, arg) not in EVERYWHERE for arg in wanted)
        yield f"{app}:{page.name}", page, reverse(f"{app}:{page.name}", kwargs=values), bound


def verdict(status: int, permission: str | None, held: frozenset[str], in_sight: bool) -> bool:
    if status >= 500:
        return False
    if status == 405 or permission is None:
        return True
    if permission not in held:
        return status == 403
    if not in_sight:
        return status == 404
    return status not in {401, 403}


@pytest.fixture
def unlogged() -> Iterator[None]:
    """Write no line a request: 2,000 of them a role are kept for nobody."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("person", ["", *ROLES], indirect=True, ids=lambda role: role or "nobody")
@pytest.mark.usefixtures("unlogged")
def test_a_role_gets_what_it_may_and_nothing_else(person, places):
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    roles = [row.role for row in person.roles.all()]
    held = frozenset(map(str, permissions_of(roles)))
    scope = people_selectors.scope_of(staff=person)
    surprises, calls = [], 0
    for where in places:
        in_scope = where.institution.pk in scope
        for name, page, address, bound in addresses(where):
            permission = getattr(page.callback, "permission", None)
            for method in METHODS:
                status = getattr(client, method)(address, HTTP_USER_AGENT="Chrome/120").status_code
                calls += 1
                asked = None if permission is None else str(permission)
                if not verdict(status, asked, held, in_scope or not bound):
                    surprises.append(f"{method} {name} about {where.name}: {status}")

    assert not surprises, f"{len(surprises)} of {calls}\n" + "\n".join(surprises)


def test_a_stranger_is_sent_to_the_sign_in_page(places):
    client = Client()
    for name, page, address, _bound in addresses(places[0]):
        answer = client.get(address, HTTP_USER_AGENT="Chrome/120")
        if getattr(page.callback, "permission", None) is not None and answer.status_code != 405:
            assert answer.status_code in {302, 401}, name
            assert answer.status_code == 401 or "/people/sign-in/" in answer["Location"]
