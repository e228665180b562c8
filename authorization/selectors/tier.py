"""The automatic tier in shadow: its sets, what it looks at, and how it compares with people.

A figure is one condition (`FIGURES`): the table counts by it, and its link lists by it. Only rounds
that people have ended are counted or listed, so that nobody is told before deciding.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.timezone import localdate

from authorization import rules as items
from authorization.models import Decision, Request, TierSet, TierVerdict
from authorization.rules import tier as rules
from authorization.selectors._checks import of_customer
from authorization.selectors._items import Field, comparison
from foundation.imaging import selectors as imaging
from foundation.imaging.rules import DIFFERS, SAME
from foundation.kernel import chance
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger

PAGE, SETS_MOST = 50, 200
# An item whose images nobody has read by then is judged with what is there.
READ_WITHIN = timedelta(hours=1)
# What was left lying longer, since no worker ran, is not judged any more.
BACK = timedelta(days=3)
_AMOUNTS = frozenset({"amount", "amount_words"})
_NAMES = frozenset({"payer_name", "payee_name"})
_APPROVED = (items.APPROVED, items.POSTED)


def in_force(*, on: date) -> TierSet | None:
    """Return the set that counts on a day, or None."""
    rows = TierSet.objects.filter(valid_from__lte=on, approved_by__isnull=False)
    found: TierSet | None = rows.order_by("-valid_from", "-id").first()
    return found


def sets() -> Sequence[TierSet]:
    """Return the sets that there are, were and may be, the newest first."""
    rows = TierSet.objects.select_related("proposed_by", "approved_by", "declined_by")
    return tuple(rows.order_by("-valid_from", "-id")[:SETS_MOST])


def set_by_id(*, set_id: int) -> TierSet | None:
    """Return one set, or None."""
    rows = TierSet.objects.select_related("proposed_by", "approved_by", "declined_by")
    found: TierSet | None = rows.filter(id=set_id).first()
    return found


def due(*, at: datetime, limit: int) -> Sequence[tuple[str, int, str]]:
    """Return number, attempt and content of items that are not judged in their round.

    Of those whose images are read, or were long waited for. What waits for somebody first, the
    longest waiting at its head; then what was decided meanwhile.
    """
    since = localdate(at - BACK)
    judged = TierVerdict.objects.filter(request=OuterRef("pk"), seq=OuterRef("attempt"))
    known = TierSet.objects.filter(
        approved_by__isnull=False, valid_from__lte=OuterRef("business_date")
    )
    rows = Request.objects.filter(
        ~Exists(judged.order_by()),
        Exists(known.order_by()),
        ~imaging.unread(document=OuterRef("document_id")) | Q(queued_at__lt=at - READ_WITHIN),
        business_date__gte=since,
        queued_at__lte=at,
    )
    # What waits is found by its own small index; the days behind it are read where there is room.
    waits = Q(state__in=items.WAITING_IN)
    found: list[tuple[str, int, str]] = []
    for part in (rows.filter(waits), rows.exclude(waits)):
        in_turn = part.order_by("queued_at", "id").values_list("number", "attempt", "content_hash")
        found += in_turn[: limit - len(found)]
        if len(found) == limit:
            break
    return tuple(found)


def waiting_read(
    *, document_id: int | None, number: str, codes: Collection[str]
) -> tuple[str, int, str] | None:
    """Return number, attempt and content of an item that waits with all its images read.

    It is found by its images, or by its number while it comes to the queue for the first time; None
    where it is of no code that is asked for.
    """
    which = Q(document=document_id) if document_id else Q(number=number)
    rows = Request.objects.filter(
        which,
        ~imaging.unread(document=OuterRef("document_id")),
        state__in=(items.NEW, items.QUEUED),
        trade_code__in=codes,
    )
    found: tuple[str, int, str] | None = rows.values_list(
        "number", "attempt", "content_hash"
    ).first()
    return found


def seen(*, request: Request) -> rules.Seen:
    """Return what the lines look at of an item; of the customer and the teller what was before."""
    fields = comparison(request=request)
    return rules.Seen(
        trade_code=request.trade_code,
        amount_fen=request.amount_fen,
        sure=_sure(fields),
        differs=_otherwise(fields),
        amount_differs=_otherwise([one for one in fields if one.name in _AMOUNTS]),
        names_equal=all(one.verdict == SAME for one in fields if one.name in _NAMES),
        accounts_active=_accounts_active(request),
        voucher_unused=not _uses_of_voucher(request).exists(),
        images_complete=_images_complete(request),
        day_fen=_day_fen(request),
        last_approved=_approved_in_a_row(request),
        teller_refused=Request.objects.filter(
            teller=request.teller_id,
            business_date=request.business_date,
            state__in=(items.RETURNED, items.REJECTED),
            id__lt=request.pk,
        ).count(),
    )


def _sure(fields: Sequence[Field]) -> int | None:
    if any(one.verdict != SAME for one in fields):
        return None
    return min((one.confidence for one in fields), default=None)


def _otherwise(fields: Sequence[Field]) -> int:
    return max((one.confidence for one in fields if one.verdict == DIFFERS), default=0)


def _accounts_active(request: Request) -> bool:
    """Return whether the customer's account was in order when sent, and the payee's is now."""
    states = {request.payer_state}
    if request.payee_account and not request.trade.opens:
        states.add(ledger.holder(number=request.payee_account).state)
    return states == {ledger_rules.ACTIVE}


def _uses_of_voucher(request: Request) -> QuerySet[Request]:
    rows: QuerySet[Request] = Request.objects.filter(
        voucher_no=request.voucher_no, id__lt=request.pk
    )
    return rows.exclude(state__in=(items.WITHDRAWN, items.REJECTED))


def _images_complete(request: Request) -> bool:
    pages = imaging.pages(document_id=request.document_id)
    there = {items.slot_of(page.image_class, page.side) for page in pages}
    return {items.SLOTS["voucher"], *items.slots_needed(request.trade)} <= there


def _day_fen(request: Request) -> int:
    rows = of_customer(request=request).filter(
        business_date=request.business_date, state=items.POSTED, id__lt=request.pk
    )
    return int(rows.aggregate(fen=Sum("amount_fen"))["fen"] or 0)


def _approved_in_a_row(request: Request) -> int:
    rows = of_customer(request=request).filter(id__lt=request.pk).exclude(state=items.WITHDRAWN)
    states = rows.order_by("-id").values_list("state", flat=True)[: rules.LOOKED_BACK]
    return len(list(takewhile(lambda state: state in _APPROVED, states)))


_PASS, _REJECT = Q(outcome=rules.PASS), Q(outcome=rules.REJECT)
_YES = Q(people="approve")
FIGURES: Mapping[str, Q] = {
    "judged": Q(),
    "passed": _PASS,
    "wrong_pass": _PASS & ~_YES,
    "refused": _REJECT,
    "wrong_refusal": _REJECT & _YES,
    "left": Q(outcome=rules.HUMAN),
    "agreed": (_PASS & _YES) | (_REJECT & ~_YES),
}


@dataclass(frozen=True)
class Cut:
    """Of which business days, of which transaction and of which set; empty ones do not narrow."""

    first: date
    last: date
    code: str = ""
    set_id: int | None = None


@dataclass(frozen=True)
class Compared:
    """One transaction, or all: what the tier would have done beside what people did."""

    code: str
    counts: Mapping[str, int]
    saved_ms: int

    @property
    def wrong_passes(self) -> chance.Share:
        """Return the passes that people refused, of all passes: the error that costs money."""
        return chance.share(part=self.counts["wrong_pass"], whole=self.counts["passed"])

    @property
    def agreement(self) -> chance.Share:
        """Return how often the tier, where it said yes or no, said what people said."""
        said = self.counts["passed"] + self.counts["refused"]
        return chance.share(part=self.counts["agreed"], whole=said)

    @property
    def left(self) -> chance.Share:
        """Return the share that is left to people."""
        return chance.share(part=self.counts["left"], whole=self.counts["judged"])

    @property
    def saved_seconds(self) -> int:
        """Return the seconds that people looked at what the tier would have passed."""
        return self.saved_ms // 1000


def compared(*, cut: Cut) -> Sequence[Compared]:
    """Return a row for each transaction, by its code."""
    rows = (
        _ended(cut)
        .values(code=F("request__trade_code"))
        .annotate(
            judged=Count("*"),
            passed=Count("id", filter=FIGURES["passed"]),
            wrong_pass=Count("id", filter=FIGURES["wrong_pass"]),
            refused=Count("id", filter=FIGURES["refused"]),
            wrong_refusal=Count("id", filter=FIGURES["wrong_refusal"]),
            left_over=Count("id", filter=FIGURES["left"]),
            agreed=Count("id", filter=FIGURES["agreed"]),
            saved=Sum("looked_ms", filter=FIGURES["passed"]),
        )
    )
    names = ["left_over" if name == "left" else name for name in FIGURES]
    return [
        Compared(code, dict(zip(FIGURES, counts, strict=True)), int(saved or 0))
        for code, saved, *counts in rows.order_by("code").values_list("code", "saved", *names)
    ]


def together(*, rows: Sequence[Compared]) -> Compared:
    """Return the sum of the rows."""
    counts = {name: sum(row.counts[name] for row in rows) for name in FIGURES}
    return Compared("", counts, sum(row.saved_ms for row in rows))


@dataclass(frozen=True)
class VerdictPage:
    """Some of the verdicts behind a figure, how many there are, and where the next ones begin."""

    rows: Sequence[TierVerdict]
    total: int
    next_before: int | None


def listed(*, figure: str, cut: Cut, before: int | None = None, most: int = PAGE) -> VerdictPage:
    """Return a page of the verdicts that a figure counts, the newest first."""
    rows = _ended(cut).filter(FIGURES[figure])
    shown = rows.filter(id__lt=before) if before else rows
    found = tuple(shown.select_related("request__institution").order_by("-id")[: most + 1])
    more = found[most - 1].pk if len(found) > most else None
    return VerdictPage(found[:most], rows.count(), more)


def _ended(cut: Cut) -> QuerySet[TierVerdict]:
    """Return the verdicts of the cut on rounds that people ended, with what people said.

    Only what was said in shadow: what a published set says decides, or is shown to who decides.
    A round ends with a no at either level, or with the yes after which its item was approved.
    """
    made = Decision.objects.filter(request=OuterRef("request_id"), seq=OuterRef("seq"))
    looked = made.order_by().values("request_id").annotate(ms=Sum("view_ms"))
    rows = TierVerdict.objects.filter(
        request__business_date__range=(cut.first, cut.last), publication=None
    )
    if cut.code:
        rows = rows.filter(request__trade_code=cut.code)
    if cut.set_id:
        rows = rows.filter(tier_set=cut.set_id)
    last = Subquery(made.order_by("-level").values("step")[:1])
    found: QuerySet[TierVerdict] = rows.order_by().annotate(
        people=last, looked_ms=Subquery(looked.values("ms"))
    )
    return found.filter(
        Q(people__in=("reject", "return"))
        | Q(people="approve", request__state__in=_APPROVED, request__attempt=F("seq"))
    )
