"""What the bulletin of a month tells, computed from rows; and the bulletins that were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from foundation.people import selectors as people
from foundation.people.models import Institution
from monitoring.models import Bulletin, Slip
from monitoring.rules import bulletin as rules
from monitoring.rules import points as grading
from monitoring.selectors import points
from monitoring.selectors.points import OutletMonth
from monitoring.selectors.slips import STANDING

PAGE = 24
REPEATED_MOST = 100


@dataclass(frozen=True)
class OfCode:
    """How often one error of the dictionary came up, in the month and the one before."""

    code: str
    error_class: int
    errors: int
    repeated: int
    before: int

    @property
    def name(self) -> str:
        """Return the error's name as a message id."""
        return grading.CODES[self.code].name


@dataclass(frozen=True)
class Sums:
    """The figures of a month together."""

    counted: grading.Counted
    rate: Decimal | None
    on_time: Decimal | None


@dataclass(frozen=True)
class Facts:
    """Everything that a bulletin tells."""

    month: rules.Month
    upto: date
    now: Sums
    before: Sums
    outlets: Sequence[OutletMonth]
    errors_before: Mapping[int, int]
    codes: Sequence[OfCode]
    classes: Mapping[int, int]
    repeated: Sequence[Slip]

    @property
    def by_outlet(self) -> Sequence[tuple[OutletMonth, int]]:
        """Return each outlet with its errors of the month before."""
        return [(row, self.errors_before.get(row.institution.pk, 0)) for row in self.outlets]

    @property
    def rate_change(self) -> Decimal | None:
        """Return by how much the error rate rose; below nothing it fell."""
        return rules.change(self.now.rate, self.before.rate)


def facts(*, month: rules.Month, upto: date, under: int) -> Facts:
    """Return what the bulletin of a month tells of everything below an institution."""
    outlets = points.month(month=month, under=under)
    before = points.counts(month=month.before, under=under)
    codes = _codes(month, under)
    return Facts(
        month=month,
        upto=upto,
        now=sums(rows=[row.counted for row in outlets]),
        before=sums(rows=list(before.values())),
        outlets=outlets,
        errors_before={place: counted.errors for place, counted in before.items()},
        codes=codes,
        classes={
            one: sum(row.errors for row in codes if row.error_class == one)
            for one in grading.CLASSES
        },
        repeated=tuple(
            _errors(month, under).filter(repeated=True).select_related("institution")
            .order_by("institution__number", "at_fault_label", "id")[:REPEATED_MOST]
        ),
    )  # fmt: skip


def sums(*, rows: Sequence[grading.Counted]) -> Sums:
    """Return the figures of several institutions together."""
    counted = points.together(rows=rows)
    return Sums(
        counted=counted,
        rate=grading.error_rate(errors=counted.errors, audited=counted.audited),
        on_time=grading.percent(part=counted.clocked - counted.late, whole=counted.clocked),
    )


def bulletins() -> Sequence[Bulletin]:
    """Return the bulletins in sight without their files, the latest first; a page at most."""
    rows: QuerySet[Bulletin] = Bulletin.objects.defer("pdf", "xlsx")
    return tuple(rows.select_related("institution").order_by("-month", "-version", "-id")[:PAGE])


def bulletin(*, bulletin_id: int) -> Bulletin | None:
    """Return a bulletin among those that the person may see, or None."""
    rows = Bulletin.objects.select_related("institution").filter(id=bulletin_id)
    found: Bulletin | None = rows.first()
    return found


def last_version(*, institution_id: int, month: rules.Month) -> int:
    """Return how often a month's bulletin was made."""
    rows = Bulletin.objects.filter(institution_id=institution_id, month=month.first)
    return int(rows.count())


def branches() -> Sequence[Institution]:
    """Return the branches in scope, each of which has a bulletin of its own."""
    return tuple(people.institutions_in_scope().filter(kind="branch", active=True))


def _errors(month: rules.Month, under: int) -> QuerySet[Slip]:
    rows: QuerySet[Slip] = Slip.objects.filter(
        STANDING,
        institution__path__contains=f"/{under}/",
        issued_on__range=(month.first, month.last),
    )
    return rows


def _codes(month: rules.Month, under: int) -> Sequence[OfCode]:
    """Return every error that came up in one of the two months, the most frequent first.

    An error whose class changed within the month has a line for each.
    """
    then = _errors(month.before, under).order_by().values_list("code", "error_class")
    before = {(code, grade): n for code, grade, n in then.annotate(n=Count("*"))}
    rows = _errors(month, under).order_by().values_list("code", "error_class")
    found = {
        (code, grade): (n, again)
        for code, grade, n, again in rows.annotate(
            n=Count("*"), again=Count("id", filter=Q(repeated=True))
        )
    }
    lines = [
        OfCode(code, grade, *found.get((code, grade), (0, 0)), before.get((code, grade), 0))
        for code, grade in {*found, *before}
    ]
    return sorted(lines, key=lambda line: (-line.errors, line.code, line.error_class))
