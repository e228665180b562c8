"""Making the bulletin of a month: figures from rows, kept as PDF and workbook (DOMAIN §5.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.kernel import bus
from foundation.people import selectors as people
from foundation.people.models import Institution, Staff
from foundation.trail import services as trail
from foundation.ui import live, pdf, sheets
from foundation.ui.sheets import Cell, Sheet
from monitoring.events import BulletinAsked
from monitoring.models import Bulletin
from monitoring.rules import bulletin as rules
from monitoring.rules import slips
from monitoring.selectors import bulletin as selected
from monitoring.selectors.bulletin import Facts
from monitoring.selectors.points import OutletMonth

LANGUAGE = "zh-hans"  # what goes round in the bank is Chinese, whoever asks
SYSTEM = "system monitoring"
SUMS = (_("Figure"), _("Month"), _("Month before"))
OUTLETS = (
    _("Institution number"), _("Institution"), _("Audited"), _("Errors"), _("Month before"),
    _("Points"), _("Repeated"), _("Answers due"), _("Late"), _("Score"),
)  # fmt: skip
CODES = (_("Error"), _("Class"), _("Errors"), _("Repeated"), _("Month before"))
REPEATED = (_("Institution"), _("At fault"), _("Error"), _("Slip number"))


@transaction.atomic
def make(*, institution: Institution, month: rules.Month, by: str, at: datetime) -> Bulletin:
    """Make the bulletin of a month of everything below an institution; again is a new version.

    Of a month that still runs it tells until today. Refuses a month that has not begun.
    """
    on = localdate(at)
    rules.check_month(month, on=on)
    facts = selected.facts(month=month, upto=min(on, month.last), under=institution.pk)
    version = selected.last_version(institution_id=institution.pk, month=month) + 1
    with translation.override(LANGUAGE):
        shown = {"facts": facts, "institution": institution, "version": version, "at": at}
        row: Bulletin = Bulletin.objects.create(
            institution=institution,
            month=month.first,
            version=version,
            upto=facts.upto,
            facts=_sums(facts),
            pdf=pdf.printed("monitoring/_bulletin_pdf.html", shown),
            xlsx=sheets.bound(_sheets(facts, f"{institution.name} {month}")),
            made_at=at,
        )
    trail.record(
        institution_id=institution.pk, actor=by, action="monitoring.make_bulletin",
        subject=row.trail_subject, at=at, detail={"version": version},
    )  # fmt: skip
    live.tell(slips.TOPIC, institution.pk)
    return row


@transaction.atomic
def ask(*, month: rules.Month, by: Staff, at: datetime) -> Institution:
    """Ask a job for the bulletin of a month of all that somebody's house serves."""
    rules.check_month(month, on=localdate(at))
    place = people.served_root(institution=by.institution)
    bus.publish(BulletinAsked(institution_id=place.pk, month=month.first.isoformat(), by=by.label))
    return place


@transaction.atomic
def make_asked(*, institution_id: int, month: date, by: str, at: datetime) -> Bulletin | None:
    """Make a bulletin that somebody asked for; run twice, it is made twice and says the same."""
    place = next(iter(people.institutions_by_id(ids=[institution_id])), None)
    if place is None:
        return None
    return make(institution=place, month=rules.month_of(month), by=by, at=at)


def make_due(*, at: datetime) -> int:
    """Make the bulletin of last month for each branch that has none; return how many were made."""
    month = rules.month_of(localdate(at)).before
    wanted = [
        branch
        for branch in selected.branches()
        if not selected.last_version(institution_id=branch.pk, month=month)
    ]
    for branch in wanted:
        make(institution=branch, month=month, by=SYSTEM, at=at)
    return len(wanted)


@transaction.atomic
def fetch(*, bulletin_id: int, kind: str, by: str, at: datetime) -> Bulletin:
    """Return a bulletin of which a file is taken, which is put on the trail; refuse one unseen."""
    row = selected.bulletin(bulletin_id=bulletin_id)
    if row is None:
        raise rules.NoSuchBulletin
    trail.record(
        institution_id=row.institution_id, actor=by, action="monitoring.fetch_bulletin",
        subject=row.trail_subject, at=at, detail={"kind": kind},
    )  # fmt: skip
    return row


def _sums(facts: Facts) -> dict[str, int | str | None]:
    now, before = facts.now, facts.before
    return {
        "audited": now.counted.audited,
        "errors": now.counted.errors,
        "errors_before": before.counted.errors,
        "repeated": now.counted.repeated,
        "points": now.counted.points,
        "rate": _written(now.rate),
        "rate_before": _written(before.rate),
        "on_time": _written(now.on_time),
        **{f"class_{one}": number for one, number in facts.classes.items()},
    }


def _written(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _sheets(facts: Facts, mark: str) -> Sequence[Sheet]:
    codes: list[list[Cell]] = [
        [f"{row.code} {gettext(row.name)}", row.error_class, row.errors, row.repeated, row.before]
        for row in facts.codes
    ]
    repeated = [
        [row.institution.name, row.at_fault_label, row.code, row.number] for row in facts.repeated
    ]
    outlets = [_outlet(row, before) for row, before in facts.by_outlet]
    return (
        Sheet(gettext("Sums"), _heads(*SUMS), _sum_rows(facts), mark),
        Sheet(gettext("By outlet"), _heads(*OUTLETS), outlets, mark),
        Sheet(gettext("By error"), _heads(*CODES), codes, mark),
        Sheet(gettext("Repeated errors"), _heads(*REPEATED), repeated, mark),
    )


def _heads(*titles: str) -> list[str]:
    return [gettext(title) for title in titles]


def _sum_rows(facts: Facts) -> list[list[Cell]]:
    now, before = facts.now, facts.before
    return [
        [gettext("Audited"), now.counted.audited, before.counted.audited],
        [gettext("Errors"), now.counted.errors, before.counted.errors],
        [gettext("Error rate ‱"), now.rate, before.rate],
        [gettext("Points"), now.counted.points, before.counted.points],
        [gettext("Repeated"), now.counted.repeated, before.counted.repeated],
        [gettext("Answered in time, percent"), now.on_time, before.on_time],
    ]


def _outlet(row: OutletMonth, before: int) -> list[Cell]:
    counted = row.counted
    return [
        row.institution.number, row.institution.name, counted.audited, counted.errors,
        before, counted.points, counted.repeated,
        counted.clocked, counted.late, row.score.total,
    ]  # fmt: skip
