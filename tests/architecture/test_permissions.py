"""Every address, by every role at every kind of house, about every institution: no surprise.

Expected of each answer: a stranger is sent to the sign-in page; a method that a page does not take
is 405; a role without the permission gets 403; what belongs to an institution out of sight is 404;
what may be opened and is in sight opens, and a step is taken or refused for what was typed, unless
EXCUSED says why not; nothing ever fails with 5xx. A new address with an argument fails here until
SAMPLES says what to put there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client
from django.urls import URLPattern, resolve, reverse

from authorization.models import Request
from foundation.imaging import selectors as imaging
from foundation.imaging.tasks import make_copies
from foundation.ledger import selectors as ledger
from foundation.ledger.models import DayClosing
from foundation.people import selectors as people_selectors
from foundation.people import services as people_services
from foundation.people.models import Institution, Staff
from foundation.people.roles import ROLES, Permission, permissions_of
from foundation.ui import floor, timed, web
from foundation.ui.context import Shell
from foundation.worklist import services as worklist
from monitoring import services as monitoring
from monitoring.models import Match
from tests.architecture.links import refused_offers
from tests.architecture.test_urls import pages
from tests.factories import (
    alerts,
    aml,
    batches,
    blanks,
    entry,
    hooks,
    layouts,
    looks,
    offline,
    people,
    publishing,
    quality,
    rules,
    slips,
    tier,
)
from tests.factories import authorization as factory
from tests.factories import fallback as emergency
from tests.factories import ledger as books
from tests.factories import trail as trail_factory

# What can be read is read before any step is taken, and there is one of everything in each place.
# What the method alone decides is asked about the first place, by two people.
READS, STEPS, REFUSED = ("get", "head"), ("post",), ("put", "patch", "delete", "options")
ASK_ALL_METHODS = {("", "outlet"), ("ops_manager", "branch")}
# Addresses that a page gives its reader, and that hold for minutes.
TIMED = {f"imaging:{use}" for use in ("view", "ahead", "thumb", "original", "seen")}
# Methods that an address refused before it asked who comes: those who ask all methods ask again.
NEVER_ASKED: set[tuple[str, str]] = set()
HOME_OF = {"outlet": "outlet", "centre": "centre", "branch": "branch", "sub_branch": "sub_branch",
           "head": "head"}  # fmt: skip
# Who holds no role, and every role at every kind of institution where it can be held.
PEOPLE = [("", "outlet"), *((role.code, kind) for role in ROLES.values()
                            for kind in sorted(role.institution_kinds))]  # fmt: skip
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
    change_id: int
    closing: DayClosing
    hold_id: int
    policy_id: int
    rule_id: int
    look_id: int
    job_id: int
    export_key: UUID
    case_id: int
    review_id: int
    subscription_id: int
    terms_id: int
    delivery_id: int
    switch_id: int
    local_id: int
    admission_id: int
    known_id: int
    set_id: int
    publication_id: int
    alert_id: int
    version_id: int
    monitored_id: int
    trial_id: int
    slip_number: str
    bulletin_id: int
    batch_id: int
    rescan_id: int
    explanation_id: int
    blank_id: int
    slice_id: int
    layout_id: int
    looked: dict[str, int]
    aml: dict[str, int]
    book_id: int
    slip_no: str
    period_id: int

    @property
    def work_item(self) -> int:
        return self.request.work_item_id or 0


SAMPLES: dict[tuple[str, str], Callable[[Place], object]] = {
    ("authorization", "trade_code"): lambda _place: "1002",
    ("authorization", "key"): lambda _place: uuid4(),
    ("authorization", "number"): lambda place: place.request.number,
    ("authorization", "item_id"): lambda place: place.work_item,
    ("authorization", "rule_id"): lambda place: place.rule_id,
    ("authorization", "case_id"): lambda place: place.case_id,
    ("authorization", "review_id"): lambda place: place.review_id,
    ("hooks", "subscription_id"): lambda place: place.subscription_id,
    ("hooks", "terms_id"): lambda place: place.terms_id,
    ("hooks", "delivery_id"): lambda place: place.delivery_id,
    ("authorization", "switch_id"): lambda place: place.switch_id,
    ("authorization", "local_id"): lambda place: place.local_id,
    ("authorization", "admission_id"): lambda place: place.admission_id,
    ("authorization", "known_id"): lambda place: place.known_id,
    ("authorization", "set_id"): lambda place: place.set_id,
    ("authorization", "publication_id"): lambda place: place.publication_id,
    ("authorization", "book_id"): lambda place: place.book_id,
    ("authorization", "slip_no"): lambda place: place.slip_no,
    ("authorization", "period_id"): lambda place: place.period_id,
    ("imaging", "page_id"): lambda place: place.page_id,
    ("imaging", "use"): lambda _place: "original",
    ("imaging", "batch_id"): lambda place: place.batch_id,
    ("imaging", "rescan_id"): lambda place: place.rescan_id,
    ("imaging", "layout_id"): lambda place: place.layout_id,
    ("ledger", "number"): lambda place: place.account,
    ("policy", "code"): lambda _place: "security.idle_minutes",
    ("policy", "policy_id"): lambda place: place.policy_id,
    ("policy", "day_id"): lambda _place: 1,
    ("policy", "on"): lambda _place: "2026-10-01",
    ("people", "number"): lambda place: place.teller.number,
    ("people", "place"): lambda place: place.institution.number,
    ("people", "company"): lambda _place: people.vendor().number,
    ("people", "change_id"): lambda place: place.change_id,
    ("people", "proposal_id"): lambda place: place.proposal_id,
    ("people", "post_proposal_id"): lambda place: place.post_proposal_id,
    ("worklist", "queue"): lambda _place: "authorization",
    ("ledger", "entry_id"): lambda place: place.entry_id,
    ("ledger", "day_id"): lambda place: place.closing.day_id,
    ("ledger", "closing_id"): lambda place: place.closing.pk,
    ("ledger", "hold_id"): lambda place: place.hold_id,
    ("ledger", "run_key"): lambda _place: uuid4(),
    ("ledger", "export_key"): lambda place: place.export_key,
    ("ledger", "part_no"): lambda _place: 1,
    ("trail", "look_id"): lambda place: place.look_id,
    ("ledger", "code"): lambda _place: "2011",
    ("ui", "slug"): lambda _place: "teller",
    ("monitoring", "match_id"): lambda place: place.match.pk,
    ("monitoring", "outlet_id"): lambda place: place.institution.pk,
    ("monitoring", "explanation_id"): lambda place: place.explanation_id,
    ("monitoring", "range_id"): lambda place: place.blank_id,
    ("monitoring", "slice_id"): lambda place: place.slice_id,
    ("monitoring", "look_id"): lambda place: place.looked["look"],
    ("monitoring", "forcing_id"): lambda place: place.looked["forcing"],
    ("monitoring", "item_id"): lambda place: place.match.work_item_id,
    ("monitoring", "alert_id"): lambda place: place.alert_id,
    ("monitoring", "version_id"): lambda place: place.version_id,
    ("monitoring", "rule_id"): lambda place: place.monitored_id,
    ("monitoring", "backtest_id"): lambda place: place.trial_id,
    ("monitoring", "number"): lambda place: place.slip_number,
    ("monitoring", "bulletin_id"): lambda place: place.bulletin_id,
    ("monitoring", "large_id"): lambda place: place.aml["large"],
    ("monitoring", "exemption_id"): lambda place: place.aml["exemption"],
    ("monitoring", "report_id"): lambda place: place.aml["report"],
    ("monitoring", "list_id"): lambda place: place.aml["list"],
    ("monitoring", "hit_id"): lambda place: place.aml["hit"],
    ("monitoring", "aml_case_id"): lambda place: place.aml["case"],
    ("monitoring", "rating_id"): lambda place: place.aml["rating"],
    ("monitoring", "freeze_id"): lambda place: place.aml["freeze"],
    ("worklist", "code"): lambda _place: "authorization",
    ("worklist", "item_id"): lambda place: place.work_item,
    ("worklist", "job_id"): lambda place: place.job_id,
}
# Arguments that name no row of an institution.
EVERYWHERE = {
    ("authorization", "trade_code"), ("authorization", "key"), ("authorization", "set_id"),
    ("authorization", "publication_id"), ("worklist", "code"),
    ("monitoring", "version_id"), ("monitoring", "rule_id"), ("monitoring", "backtest_id"),
    ("imaging", "layout_id"), ("imaging", "use"),
    ("monitoring", "list_id"),
    ("ledger", "run_key"), ("ledger", "export_key"), ("ledger", "part_no"),
    ("ledger", "code"), ("trail", "look_id"),
    ("worklist", "job_id"), ("worklist", "queue"), ("ui", "slug"),
    ("people", "company"), ("policy", "code"), ("policy", "day_id"), ("policy", "on"),
}  # fmt: skip


def place(bank: people.Branch, outlet: Institution, name: str) -> Place:
    teller = people.staff(outlet, "teller")
    till = factory.account(outlet, "1001", "现金")
    payer = factory.account(outlet, "2011", f"客户{name}")
    counter = factory.Counter(outlet=outlet, till=till, payer=payer, payee=payer)
    factory.fund(counter)
    # An outlet does not decide its own items, whichever house is taken for one here.
    elsewhere = bank.branch if outlet == bank.centre else bank.centre
    decider = people.staff(elsewhere, "authorizer", grade=5)
    doubted = quality.objected(counter, teller, decider)
    drawn = quality.drawn(counter, teller, decider)
    request = factory.sent(teller, factory.withdrawal(counter))
    pages_of = imaging.pages(document_id=request.document_id)
    (make_copies(page_id=pages_of[0].pk) or (lambda: None))()
    alone = monitoring.match_day(institution_id=outlet.pk, business_date=people.DAY, at=people.NOON)
    proposal = people.proposal(teller, bank)
    post_proposal = people.post_proposal(teller, bank)
    (posting, *_) = ledger.statement(account_id=payer.pk)
    again = batches.asked_again(batches.handed_over(outlet, teller), teller)
    hook, waiting = hooks.proposed_again(outlet, teller, decider)
    judged = tier.judged(request, teller, decider)
    alert = alerts.waiting(outlet, teller, decider)
    return Place(
        name, outlet, request, payer.number, posting.entry_id, pages_of[0].pk, alone[0], teller,
        proposal.pk, post_proposal.pk, people.change(outlet, teller).pk,
        books.sealed_and_reopened(outlet),
        books.judicial_hold(payer).pk, people.proposed_number(teller, outlet).pk,
        rules.proposed(teller, outlet).pk, trail_factory.look().pk,
        worklist.enqueue_job(kind="tests.nothing", args={}) or 0,
        books.export(payer, teller).key, doubted.pk, drawn.pk,
        hook.pk, waiting.pk, hooks.told(hook, outlet).pk,
        emergency.waiting(outlet, decider).pk, emergency.candidate(outlet, decider).pk,
        quality.exam(teller, decider).pk, quality.kept(doubted.decision, teller).pk,
        judged.tier_set_id, publishing.proposed(judged.tier_set, teller).pk,
        alert.pk, alert.version_id, alert.rule_id, alert.version.backtests.get().pk,
        slips.slip(outlet, decider).number, slips.bulletin(outlet).pk,
        again.batch_id, again.pk, entry.explained(alone[0], teller).pk,
        blanks.said(outlet, decider).pk,
        entry.cut(alone[0], pages_of[0], place=outlet)[0].pk,
        layouts.draft(decider, code=f"slip_{request.number}").pk,
        looks.one_of_each(alone, decider), aml.one_of_each(outlet, teller, decider),
        *offline.one_of_each(outlet, teller, decider),
    )  # fmt: skip


def three_places(bank: people.Branch) -> list[Place]:
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
def places(standing_places: list[Place], everything: None) -> list[Place]:
    return standing_places[:3]


@pytest.fixture
def person(bank: people.Branch, request: pytest.FixtureRequest) -> Staff:
    role, kind = request.param
    return people.staff(getattr(bank, HOME_OF[kind]), *([role] if role else []), grade=5)


@pytest.fixture
def all_places(standing_places: list[Place], places: list[Place], person: Staff) -> list[Place]:
    """Add the person's own house, if that is not the own outlet anyway."""
    home = person.institution
    return [*places, *(one for one in standing_places[3:] if one.institution == home)]


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


def turns(
    all_places: list[Place], *, odd: bool
) -> Iterator[tuple[Place, str, URLPattern, str, bool, str]]:
    first = all_places[0]
    for methods, elsewhere in ((READS, READS[:1]), (STEPS, STEPS), (REFUSED if odd else (), ())):
        for where in all_places:
            for name, page, address, bound in addresses(where):
                for method in methods if where is first else elsewhere if bound else ():
                    yield where, name, page, address, bound, method


# What answers just this although it may be opened and is in sight, and why.
EXCUSED = {
    ("get", "authorization:receipt"): (404, "an item that waits has no receipt yet"),
    ("post", "authorization:receipt_file"): (404, "an item that waits has no receipt yet"),
    ("get", "authorization:answer"): (404, "nothing is asked about an item that waits"),
    ("post", "authorization:answer"): (404, "nothing is asked about an item that waits"),
    ("get", "authorization:scan"): (404, "the voucher of an item that waits does not follow"),
    ("get", "authorization:missing"): (404, "a voucher that is not there was to follow"),
    ("post", "authorization:say_missing"): (404, "a voucher that is not there was to follow"),
    ("post", "authorization:decide_missing"): (404, "a voucher that is not there was to follow"),
    ("get", "api_authorization:inquiry"): (404, "nothing is asked about an item that waits"),
    ("get", "api_ledger:journal"): (422, "a span of days must be named"),
    ("get", "ledger:export"): (404, "a long file is for who asked for it alone"),
    ("get", "ledger:export_file"): (404, "a long file is for who asked for it alone"),
    ("post", "ledger:export_ask"): (404, "nothing was sent that a page had offered"),
    ("post", "ui:set_key"): (404, "no action is named"),
}
OPENED, NEVER_TAKEN = {200, 302}, {401, 403, 404}


def verdict(
    method: str, name: str, status: int, *, permission: str | None, held: frozenset[str],
    in_sight: bool,
) -> bool:  # fmt: skip
    if status >= 500:
        return False
    if status == 405 or permission is None:
        return True
    if permission not in held:
        return status == 403
    if not in_sight:
        return status == 404
    method = method.replace("head", "get")
    if (method, name) in EXCUSED:
        return status == EXCUSED[method, name][0]
    return status in OPENED if method == "get" else status not in NEVER_TAKEN


def given(address: str, client: Client, person: Staff) -> str:
    """Return an address as a page gives it to this reader."""
    match = resolve(address)
    reader = SimpleNamespace(user=person, session=client.session)
    return timed.address(reader, match.view_name, *match.kwargs.values())


@contextmanager
def frameless() -> Iterator[None]:
    """Answer without menu and counts, and refusals without a page: half of a small page's time."""
    with pytest.MonkeyPatch.context() as patch:
        for at_the_door in (web, floor):
            patch.setattr(at_the_door, "render", _unless_refused)
        patch.setattr(Shell, "through", False)
        patch.setattr(Shell, "entries", [])
        yield


def _unless_refused(request, template, context=None, **more):
    if template in {"ui/forbidden.html", "ui/not_found.html", "ui/wrong_method.html"}:
        return HttpResponse(status=more["status"])
    return render(request, template, context, **more)


@pytest.fixture
def turned_away(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Note who is refused at the door: before the page is asked, whatever it is asked about."""
    found: set[tuple[str, str]] = set()
    plain = web.record_forbidden

    def noted(request: HttpRequest, permission: Permission) -> None:
        found.add((str(request.method).lower(), request.resolver_match.view_name))
        plain(request, permission)

    monkeypatch.setattr(web, "record_forbidden", noted)
    return found


@pytest.fixture
def unlogged() -> Iterator[None]:
    """Write no line a request: 2,000 of them a role are kept for nobody."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("person", PEOPLE, indirect=True, ids=lambda one: "-".join(one) or "-")
@pytest.mark.usefixtures("unlogged", "unprinted", "uncopied")
def test_a_role_gets_what_it_may_and_nothing_else(person, all_places, turned_away):
    client = Client(raise_request_exception=False)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    roles = [row.role for row in person.roles.all()]
    held = frozenset(map(str, permissions_of(roles)))
    scope = people_selectors.scope_of(staff=person)
    surprises, calls = [], 0
    odd = ("".join(roles), person.institution.kind) in ASK_ALL_METHODS
    framed: set[str] = set()
    for where, name, page, address, bound, method in turns(all_places, odd=odd):
        if (method, name) in NEVER_ASKED and not (odd and where is all_places[0]):
            continue
        if where is not all_places[0] and (method, name) in turned_away:
            continue
        permission = getattr(page.callback, "permission", None)
        # Only what opens is looked at for what it offers; the menu over it is that of its room.
        room = address.split("/")[1]
        alone = room in framed and name != "ui:home"
        whole = method == "get" and permission in held and where is all_places[0] and not alone
        asked_at = given(address, client, person) if name in TIMED else address
        with nullcontext() if whole else frameless():
            answer = getattr(client, method)(asked_at, HTTP_USER_AGENT="Chrome/120")
        status = answer.status_code
        if whole and status == 200 and b'class="op-places"' in answer.content:
            framed.add(room)
        calls += 1
        if method == "get" and held:
            surprises += [f"{name} {offer}" for offer in refused_offers(answer, held)]
        asked = None if permission is None else str(permission)
        if status == 405 and asked not in held:
            NEVER_ASKED.add((method, name))
        seen = where.institution.pk in scope or not bound
        if not verdict(method, name, status, permission=asked, held=held, in_sight=seen):
            surprises.append(f"{method} {name} about {where.name}: {status}")

    assert not surprises, f"{len(surprises)} of {calls}\n" + "\n".join(surprises)


def test_nobody_works_nowhere(db):
    """Whoever would see nothing because they belong nowhere cannot be entered."""
    with pytest.raises(IntegrityError, match="institution_id"), transaction.atomic():
        Staff.objects.create(number="999999", name="无处", institution=None)


def test_a_stranger_is_sent_to_the_sign_in_page(places):
    client = Client()
    for name, page, address, _bound in addresses(places[0]):
        answer = client.get(address, HTTP_USER_AGENT="Chrome/120")
        if getattr(page.callback, "permission", None) is not None and answer.status_code != 405:
            assert answer.status_code in {302, 401}, name
            assert answer.status_code == 401 or "/people/sign-in/" in answer["Location"]
