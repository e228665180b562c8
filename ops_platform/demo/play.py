"""Plays planned cases through the services of the platform, each person acting in their own scope.

Nothing is written past the services. Two things stand in for what is not there: the time is the
case's own (`at`), and what a reader would read is taken from the drawing (`readings.as_read`), so
that history needs no minutes of recognition; pages of items still waiting are read for real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction

from authorization import rules
from authorization import services as authorization
from authorization.models import Request
from authorization.rules import CALL, RESCAN
from authorization.selectors import publishing
from authorization.services import Order, tier
from foundation.imaging import tasks as imaging_tasks
from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.ledger import services as ledger
from foundation.ledger.rules import Leg
from foundation.people import services as people
from foundation.people.models import Staff
from foundation.people.rules import GRANT
from foundation.trail import services as trail
from monitoring import services as monitoring
from ops_platform.demo import afterwards, asking, cases, papers, readings
from ops_platform.demo.books import Books
from ops_platform.demo.cases import PLANTS, Case
from ops_platform.demo.papers import Paper, Registry

MATCHED_AFTER = timedelta(seconds=4)
STEPS = {
    "approve": "approve", "reject": "reject", "return": "return", "mend": "return",
    "rescan": "approve", "consult": "approve", "late": "approve",
}  # fmt: skip
STANDS_AFTER = timedelta(seconds=5)  # as the demo's authorization.undo_seconds say
SEEN_AFTER = timedelta(milliseconds=1_400)
JUDGED_AFTER = timedelta(milliseconds=2_600)


def _now(effect: Callable[[], object] | None) -> None:
    """Do at once what a task would have a worker commit."""
    if effect is not None:
        effect()


def judge_in_shadow(*, at: datetime) -> None:
    """Let the automatic tier judge the rounds that are due, as its job would."""
    with people.acting_as_system(reason="demo tier"):
        while tier.judge_due(at=at):
            pass


def judged(case: Case, request: Request) -> Request:
    """Let the automatic tier judge what it may decide some seconds after it came.

    What waits to the end of the day has images that nobody read yet; what its own teller tries
    to decide is on a desk by then.
    """
    if request.state != rules.QUEUED or case.ending == "wait" or case.plant == "own_item":
        return request
    with people.acting_as_system(reason="demo tier"):
        if request.trade_code in publishing.published_codes():
            at = (request.queued_at or case.at) + JUDGED_AFTER
            tier.judge(number=request.number, at=at)
            request.refresh_from_db()
    return request


@dataclass(frozen=True)
class Crew:
    """Who works on the day: tellers by outlet, authorizers and their leads, and others."""

    tellers: dict[str, list[Staff]]
    authorizers: list[Staff]
    leads: list[Staff]
    secadmins: list[Staff]
    auditors: list[Staff]


@dataclass
class Day:
    """One day being played: who, what is on paper, and what was planted so far."""

    on: date
    seed: int
    crew: Crew
    books: Books
    registry: Registry
    drawn: dict[int, list[Paper]]
    planted: list[dict[str, object]] = field(default_factory=list)
    vouchers: list[tuple[str, Paper]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(f"play|{self.seed}|{self.on}")

    def play(self, case: Case) -> None:
        """Let one case happen."""
        if case.ending == "book":
            self._book(case)
        elif case.ending == "attempt":
            self._attempt_role(case)
        else:
            self._counter(case)

    def _counter(self, case: Case) -> None:
        """Let a teller take the voucher in, and a second person look where the rule says so."""
        teller, key = self._teller(case), UUID(int=self.random.getrandbits(128), version=4)
        sheets = self._sheets(case)
        second = sheets[1:] if case.ending in ("mend", "rescan") else []
        self._attach(case, teller, key, [paper for paper in sheets if paper not in second])
        if case.ending == "stray":
            self._note(case, teller, subject=f"authorization.draft:{key}")
            return
        with people.acting(staff=teller):
            request = authorization.submit(
                key=key, order=self._order(case), teller=teller, at=case.at
            )
        request = judged(case, request)
        if case.ending == "pass" and request.state == rules.QUEUED:
            case = replace(case, ending="approve")  # held all the same, as a possible hit is
        if request.posted_at:  # at once, or by the automatic tier
            self._seen(request, teller)
        elif case.ending in STEPS:
            request = self.decided(case, request, teller, second)
            self._seen(request, teller)
        if case.ending == "mend" and not request.posted_at:
            request = self._mended(case, request, teller, second)
        if case.ending == "withdraw" and not request.posted_at:
            with people.acting(staff=teller):
                at = case.at + timedelta(seconds=40)
                request = authorization.withdraw(number=request.number, teller=teller, at=at)
        self.matched(request)
        if case.plant:
            self._note(case, teller, subject=request.subject, journal_no=request.journal_no)

    def matched(self, request: Request) -> None:
        """Let a posted item's voucher be compared: history is not to wait for the worker."""
        if request.posted_at:
            with people.acting_as_system(reason="demo matching"):
                monitoring.match_document(
                    document_id=request.document_id, at=request.posted_at + MATCHED_AFTER
                )

    def _seen(self, request: Request, teller: Staff) -> None:
        """Let the teller see what was decided."""
        if request.decided_at is not None:
            told = SEEN_AFTER + (timedelta() if request.posted_at else STANDS_AFTER)
            with people.acting(staff=teller):
                authorization.seen_by_teller(
                    teller=teller, numbers=[request.number], at=request.decided_at + told
                )

    def _attach(self, case: Case, teller: Staff, key: UUID, sheets: Sequence[Paper]) -> None:
        for place, paper in enumerate(sheets):
            with people.acting(staff=teller):
                page = authorization.attach(
                    key=key,
                    teller=teller,
                    data=paper.data,
                    name=f"{paper.sheet.kind}-{case.serial}-{place}.jpg",
                    image_class=paper.sheet.image_class,
                    at=case.at - timedelta(seconds=30 - 5 * place),
                )
            with people.acting_as_system(reason="demo reading"):
                if case.ending == "wait":
                    # Whoever signs in first looks at these: their copies are not to be waited for.
                    _now(imaging_tasks.make_copies(page_id=page.pk))
                else:
                    readings.record(page_id=page.pk, paper=paper, at=case.at)

    def decided(
        self, case: Case, request: Request, teller: Staff, second: Sequence[Paper] = ()
    ) -> Request:
        """Let authorizers work the queue, asking what is to be asked, until the item is decided."""
        start = (request.queued_at or case.at) + case.queue
        while True:
            authorizer, opened = self._opened(request.grade_needed, start)
            mine = opened.pk == request.pk
            with people.acting(staff=authorizer):
                if case.plant == "own_item" and opened.level == 1 and not opened.viewed_ms:
                    self._try_own(opened, teller, start)
                asks = asking.wanted(case, opened) if mine else asking.of_rule(opened)
            if asks:
                start = self._asked(asks, opened, authorizer, at=start, second=second)
                continue
            if mine and case.ending == "late" and opened.escalated_at is None:
                start, up = asking.too_late(opened, start)
                case = case if up else replace(case, ending="approve")
                continue
            step = STEPS[case.ending] if mine and request.attempt == 1 else "approve"
            with people.acting(staff=authorizer):
                decided = authorization.decide(
                    number=opened.number,
                    step=step,
                    shown=opened.content_hash,
                    fence=opened.opened_fence,
                    decider=authorizer,
                    at=start + case.view,
                    reasons=[case.reason] if step != "approve" else [],
                )
                if decided.state == rules.SETTLING:
                    start += STANDS_AFTER
                    decided = authorization.settle(number=opened.number, at=start + case.view)
            if mine and decided.state == rules.RETURNED:
                judge_in_shadow(at=start + case.view)  # before it is another round
            if mine and decided.state != rules.QUEUED:
                return decided
            start += case.view + case.queue

    def _asked(
        self,
        asks: str,
        opened: Request,
        authorizer: Staff,
        *,
        at: datetime,
        second: Sequence[Paper],
    ) -> datetime:
        """Let an item be on hold until it is answered; return when its authorizer takes it up."""
        answered = asking.ask(asks, opened, authorizer, at)
        if asks == RESCAN:
            self._attach_again(opened, opened.teller, second, answered)
        others = (one for one in (*self.crew.leads, *self.crew.authorizers) if one != authorizer)
        by = {RESCAN: opened.teller, CALL: authorizer}.get(asks) or next(others)
        asking.answer(asks, opened, by, answered)
        return answered + asking.TAKEN_UP

    def _opened(self, grade: int, at: datetime) -> tuple[Staff, Request]:
        """Let whoever is offered an item have it: of the authorizers first, then of the leads."""
        fit = [one for one in self.crew.authorizers if one.grade >= grade]
        for one in (*self.random.sample(fit, len(fit)), *self.crew.leads):
            with people.acting(staff=one):
                opened = authorization.open_next(authorizer=one, at=at)
                if opened is not None:
                    shown = at + timedelta(milliseconds=self.random.randrange(300, 900))
                    opened = authorization.shown_on_screen(
                        number=opened.number, fence=opened.opened_fence, at=shown
                    )
                    return one, opened
        raise AssertionError("the item that was just queued is there")

    def _mended(
        self, case: Case, request: Request, teller: Staff, second: Sequence[Paper]
    ) -> Request:
        """Let the teller add what was missing and send the item again."""
        assert request.decided_at is not None
        again = request.decided_at + timedelta(seconds=95)
        self._attach_again(request, teller, second, again)
        with people.acting(staff=teller):
            request = authorization.resubmit(
                number=request.number, order=self._order(case), teller=teller, at=again
            )
        return self.decided(case, request, teller)

    def _attach_again(
        self, request: Request, teller: Staff, sheets: Sequence[Paper], at: datetime
    ) -> None:
        for paper in sheets:
            with people.acting(staff=teller):
                page = authorization.attach(
                    key=request.key,
                    teller=teller,
                    data=paper.data,
                    name=f"{paper.sheet.kind}-again.jpg",
                    image_class=paper.sheet.image_class,
                    at=at,
                )
            with people.acting_as_system(reason="demo reading"):
                readings.record(page_id=page.pk, paper=paper, at=at)

    def _book(self, case: Case) -> None:
        """Let the core book a transaction that no second person sees."""
        teller = self._teller(case)
        customer = self.books.accounts[case.payer]
        till = self.books.tills[self.registry.customers[case.payer].outlet]
        inward = case.trade_code in (cases.DEPOSIT, cases.PAYROLL)
        other = self.books.accounts[case.payee] if case.payee >= 0 else till
        fen = -case.amount_fen if inward else case.amount_fen
        with people.acting(staff=teller):
            entry = ledger.post(
                key=f"demo:{self.seed}:{self.on}:{case.serial}",
                institution_id=teller.institution_id,
                legs=[Leg(customer, fen), Leg(other, -fen)],
                trade_code=case.trade_code,
                teller=teller.number,
                business_date=self.on,
                at=case.at,
                voucher_no=papers.voucher_no(case, self.on),
            )
        if case.plant:
            self._note(case, teller, journal_no=entry.journal_no)
        if case.plant in afterwards.SCANNED:
            batch = afterwards.scan(self, case, journal_no=entry.journal_no, teller=teller)
            if case.plant == "voucher_apart":
                self._note(case, teller, subject=batch, expected="journal_missing")

    def _try_own(self, request: Request, teller: Staff, at: datetime) -> None:
        """Let the teller try to decide the own item; the trail keeps the refusal."""
        with self._refused_on_trail(teller, "authorization.decide", request.subject, at):
            authorization.decide(
                number=request.number,
                step="approve",
                shown=request.content_hash,
                fence=request.opened_fence,
                decider=teller,
                at=at,
            )

    def _attempt_role(self, case: Case) -> None:
        """Let a security administrator try to make a teller the own supervisor."""
        teller = self._teller(case)
        proposer = self.crew.secadmins[0]
        subject = f"people.staff:{teller.number}"
        with (
            people.acting_as_system(reason="demo attempt"),
            self._refused_on_trail(proposer, "people.propose_role", subject, case.at),
        ):
            people.propose_role(
                staff=teller,
                role="outlet_supervisor",
                kind=GRANT,
                valid_from=self.on,
                valid_until=None,
                reason="临时顶岗",
                by=proposer,
                at=case.at,
            )
        self._note(case, teller, subject=subject)

    @contextmanager
    def _refused_on_trail(
        self, by: Staff, action: str, subject: str, at: datetime
    ) -> Iterator[None]:
        """Expect a refusal and keep it on the trail; that nothing was refused is a fault."""
        try:
            with transaction.atomic():
                yield
        except Refused as refusal:
            trail.record(
                institution_id=by.institution_id,
                actor=by.label,
                action=action,
                subject=subject,
                at=at,
                result=refusal.code,
            )
            return
        raise AssertionError(f"{action} of {subject} was not refused")

    def _sheets(self, case: Case) -> list[Paper]:
        """Return the papers of a case; a duplicate brings an earlier one of another outlet."""
        outlet = self.registry.customers[case.payer].outlet
        own = self.drawn[case.serial]
        if case.plant == "duplicate_voucher":
            kind = own[0].sheet.kind
            used = [p for place, p in self.vouchers if place != outlet and p.sheet.kind == kind]
            return [used[-1], *own[1:]]
        self.vouchers.append((outlet, own[0]))
        return own

    def _order(self, case: Case) -> Order:
        payee = case.payee
        return Order(
            trade_code=case.trade_code,
            amount=Money(case.amount_fen),
            payer_account=self.books.accounts[case.payer],
            voucher_no=papers.voucher_no(case, self.on),
            payee_account=self.books.accounts[payee] if payee >= 0 else "",
            payee_name=self.registry.customers[payee].name if payee >= 0 else "",
            purpose=case.purpose,
        )

    def _teller(self, case: Case) -> Staff:
        tellers = self.crew.tellers[self.registry.customers[case.payer].outlet]
        return tellers[case.teller % len(tellers)]

    def _note(self, case: Case, teller: Staff, **known: str) -> None:
        """Write a planted case down for the truth file, with what is known of it besides."""
        self.planted.append(
            {
                "plant": case.plant,
                "expected": PLANTS[case.plant],
                "at": case.at.isoformat(timespec="seconds"),
                "outlet": teller.institution.number,
                "teller": teller.number,
                "voucher_no": papers.voucher_no(case, self.on),
                "amount_fen": case.amount_fen,
            }
            | {"subject": "", "journal_no": "", **known}
        )
