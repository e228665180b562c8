"""Which emergency is in force where, who may decide in it, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import localdate

from authorization import rules as items
from authorization.models import Decision, Fallback, LocalAuthorizer, Review
from authorization.rules import admission
from authorization.rules import fallback as rules
from authorization.rules import quality as quality_rules
from authorization.selectors.quality import sample_alone
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.policy import selectors as policy

PAGE = 50
SUGGEST = "authorization.fallback_suggest_seconds"

# How long the oldest item waits in the queue, and how long ago the centre took one: an item that an
# outlet took itself says nothing of the centre. Within the scope of who asks. The moment is given,
# not reckoned, so that the plan knows how few holdings ended since.
_SIGNS = """
SELECT
    (SELECT extract(epoch FROM clock_timestamp() - min(item.enqueued_at))::int
     FROM worklist_workitem item WHERE item.queue = %(queue)s AND item.state = 'waiting'),
    (SELECT extract(epoch FROM clock_timestamp() - max(taken.at))::int FROM (
        SELECT item.held_at AS at FROM worklist_workitem item
        JOIN people_staff holder ON holder.id = item.holder_id
        WHERE item.queue = %(queue)s AND item.state = 'held'
          AND holder.institution_id <> item.institution_id
        UNION ALL
        SELECT past.began_at FROM worklist_holding past
        JOIN worklist_workitem item ON item.id = past.item_id
        JOIN people_staff holder ON holder.id = past.staff_id
        WHERE item.queue = %(queue)s
          AND past.ended_at > %(since)s
          AND holder.institution_id <> past.institution_id) taken)
"""


@dataclass(frozen=True)
class Standing:
    """An emergency in force at a person's outlet, and what lets the person decide in it."""

    switch: Fallback
    local: LocalAuthorizer


def standing(*, staff: Staff, at: datetime) -> Standing | None:
    """Return by what a person may decide at their own outlet now, or None."""
    rows = LocalAuthorizer.objects.filter(
        staff=staff, institution_id=staff.institution_id, state=rules.ACTIVE
    )
    local: LocalAuthorizer | None = rows.first()
    switch = in_force(institution_id=staff.institution_id, at=at) if local else None
    return Standing(switch, local) if switch and local else None


def in_force(*, institution_id: int, at: datetime) -> Fallback | None:
    """Return the emergency in force over an institution, whoever asks, or None.

    It may be that of an institution above, out of the person's sight: it binds all the same.
    """
    above = people.ancestors(institution_id=institution_id)
    rows = Fallback._base_manager.filter(  # noqa: SLF001  read by all: decision 0183
        institution_id__in=above, state=rules.ACTIVE, until__gt=at
    )
    return rows.select_related("institution").order_by("-epoch").first()


def in_force_since(*, institution_id: int, since: datetime) -> bool:
    """Return whether an emergency was in force over an institution at any time since a moment."""
    above = people.ancestors(institution_id=institution_id)
    rows = Fallback._base_manager.filter(  # noqa: SLF001  read by all: decision 0183
        institution_id__in=above, epoch__isnull=False
    )
    return rows.filter(Q(ended_at=None) | Q(ended_at__gte=since)).exists()


def switch(*, switch_id: int) -> Fallback | None:
    """Return one switch within the scope, or None."""
    return _switches().filter(id=switch_id).first()


def switch_locked(*, switch_id: int) -> Fallback:
    """Return a switch, locked until the transaction ends; refuse one out of sight."""
    found: Fallback | None = (
        _switches().filter(id=switch_id).select_for_update(of=("self",)).first()
    )
    if found is None:
        raise rules.NoSuchRow
    return found


def active() -> Sequence[Fallback]:
    """Return the emergencies in force in the scope, and those whose time is over, not ended yet."""
    return tuple(_switches().filter(state=rules.ACTIVE).order_by("-epoch"))


def proposed() -> Sequence[Fallback]:
    """Return the switches that wait for a second person."""
    return tuple(_switches().filter(state=rules.PROPOSED).order_by("-id")[:PAGE])


def lapsing(*, at: datetime) -> Sequence[int]:
    """Return the emergencies whose time is over."""
    rows = Fallback.objects.filter(state=rules.ACTIVE, until__lte=at).order_by("id")
    return tuple(rows.values_list("id", flat=True))


def paths_in_force() -> Sequence[str]:
    """Return where an emergency is in force, as paths of the tree, in the whole bank."""
    rows = Fallback._base_manager.filter(state=rules.ACTIVE)  # noqa: SLF001  decision 0183
    return tuple(rows.order_by("id").values_list("institution__path", flat=True))


# A figure is one condition: the list of emergencies counts by it, and its link lists by it.
FIGURES: Mapping[str, Q] = {
    "decided": Q(),
    "approved": Q(step="approve"),
    "rejected": Q(step="reject"),
    "returned": Q(step="return"),
    "seen": Q(looks__state=quality_rules.REVIEW_DONE),
    "left": Q(looks__state=quality_rules.REVIEW_WAITING),
}


@dataclass(frozen=True)
class Counted:
    """An emergency with how much was decided in it, and how much of that was seen again."""

    row: Fallback
    approved: int
    rejected: int
    returned: int
    to_see: int
    seen: int

    @property
    def decided(self) -> int:
        """Return how many decisions were made in it."""
        return self.approved + self.rejected + self.returned

    @property
    def left(self) -> int:
        """Return how many decisions still wait to be seen again."""
        return self.to_see - self.seen


def counted(*, before: int | None = None, most: int = PAGE) -> tuple[Sequence[Counted], int | None]:
    """Return a page of the switches that were decided, the latest first, with their figures."""
    rows = _decided_on().order_by("-id")
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows[: most + 1])
    page = found[:most]
    figures = _figures([row.pk for row in page])
    return (
        tuple(_counted(row, figures) for row in page),
        page[-1].pk if len(found) > most else None,
    )


def count_decided() -> int:
    """Return how many switches were decided in all."""
    return _decided_on().count()


def _decided_on() -> QuerySet[Fallback]:
    return _switches().exclude(state=rules.PROPOSED)


def figures_of(*, row: Fallback) -> Counted:
    """Return one switch with its figures."""
    return _counted(row, _figures([row.pk]))


@dataclass(frozen=True)
class Made:
    """A decision of an outlet, and the review that sees it again, if one does."""

    decision: Decision
    review: Review | None


def made_in(
    *, row: Fallback, figure: str = "decided", before: int | None = None, most: int = PAGE
) -> tuple[Sequence[Made], int | None]:
    """Return a page of what a figure of an emergency counts, the latest first."""
    rows = Decision.objects.filter(fallback=row).annotate(looks=sample_alone())
    rows = rows.filter(FIGURES[figure]).select_related("request__institution")
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows.order_by("-id")[: most + 1])
    page = found[:most]
    looks = Review.objects.filter(decision__in=page, kind=admission.SAMPLE)
    seen = {one.decision_id: one for one in looks}
    return (
        tuple(Made(one, seen.get(one.pk)) for one in page),
        page[-1].pk if len(found) > most else None,
    )


def unseen(*, institution_id: int, before: date) -> int:
    """Return how many decisions that an outlet made on earlier days nobody has seen again yet."""
    rows = Review.objects.filter(
        institution_id=institution_id,
        kind=admission.SAMPLE,
        state=quality_rules.REVIEW_WAITING,
        decision__business_date__lt=before,
    ).filter(Q(decision__fallback__isnull=False) | Q(decision__offline__isnull=False))
    return int(rows.count())


def locals_of(
    *, of: int | None = None, state: str = "", after: int = 0
) -> tuple[Sequence[LocalAuthorizer], int | None]:
    """Return a page of the registrations in scope, by outlet, those that wait first; or one."""
    rows = _locals().filter(id__gt=after).order_by("id")
    rows = rows if of is None else rows.filter(id=of)
    found = list((rows.filter(state=state) if state else rows)[: PAGE + 1])
    return tuple(found[:PAGE]), found[PAGE - 1].pk if len(found) > PAGE else None


def local_locked(*, local_id: int) -> LocalAuthorizer:
    """Return a registration, locked until the transaction ends; refuse one out of sight."""
    rows = _locals().filter(id=local_id).select_for_update(of=("self",))
    found: LocalAuthorizer | None = rows.first()
    if found is None:
        raise rules.NoSuchRow
    return found


def is_registered(*, staff: Staff) -> bool:
    """Return whether a person is registered, or proposed to be."""
    rows = LocalAuthorizer.objects.filter(staff=staff, state__in=(rules.PROPOSED, rules.ACTIVE))
    return bool(rows.exists())


def registered_at(*, institution_id: int) -> Sequence[UUID]:
    """Return the humans who may decide at an outlet in an emergency, or are proposed to."""
    rows = LocalAuthorizer.objects.filter(
        institution_id=institution_id, state__in=(rules.PROPOSED, rules.ACTIVE)
    )
    return tuple(rows.order_by("id").values_list("staff__person", flat=True))


@dataclass(frozen=True)
class Signs:
    """What speaks for a centre that is down: how long the oldest waits, and since when."""

    waits_seconds: int
    claim_seconds: int | None
    after_seconds: int


def suggestion(*, at: datetime) -> Signs | None:
    """Return the signs of a centre that is down, or None; nothing is ever switched by them.

    None too while nobody has said how long is too long, and where an emergency is in force.
    """
    after = policy.bank_wholes(codes=(SUGGEST,), on=localdate(at)).get(SUGGEST)
    if after is None or active():
        return None
    with connection.cursor() as cursor:
        since = at - timedelta(seconds=after)
        cursor.execute(_SIGNS, {"queue": items.QUEUE, "since": since})
        waits, claim = cursor.fetchone()
    waited = None if waits is None else timedelta(seconds=waits)
    claimed = None if claim is None else timedelta(seconds=claim)
    speaks = rules.suggests(oldest_waits=waited, last_claim=claimed, after=timedelta(seconds=after))
    return Signs(waits or 0, claim, after) if speaks else None


def _switches() -> QuerySet[Fallback]:
    rows: QuerySet[Fallback] = Fallback.objects.select_related(
        "institution", "proposed_by", "decided_by", "ended_by"
    )
    return rows


def _locals() -> QuerySet[LocalAuthorizer]:
    rows: QuerySet[LocalAuthorizer] = LocalAuthorizer.objects.select_related(
        "institution", "staff", "proposed_by", "decided_by"
    )
    return rows


def _figures(ids: Sequence[int]) -> Mapping[int, Mapping[str, int]]:
    """Return by switch how many decisions there are of each kind, and how many were seen again."""
    rows = (
        Decision.objects.filter(fallback_id__in=ids)
        .annotate(looks=sample_alone())
        .values("fallback_id")
        .order_by("fallback_id")
        .annotate(
            approved=Count("id", filter=FIGURES["approved"]),
            rejected=Count("id", filter=FIGURES["rejected"]),
            returned=Count("id", filter=FIGURES["returned"]),
            to_see=Count("looks"),
            seen=Count("id", filter=FIGURES["seen"]),
            of=F("fallback_id"),
        )
    )
    return {row["of"]: row for row in rows}


def _counted(row: Fallback, figures: Mapping[int, Mapping[str, int]]) -> Counted:
    found = figures.get(row.pk, {})
    names = ("approved", "rejected", "returned", "to_see", "seen")
    return Counted(row, *(found.get(name, 0) for name in names))
