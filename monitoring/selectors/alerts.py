"""What can be asked about alerts: the list, one with all about it, and what is kept quiet."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from foundation.trail import selectors as trail
from foundation.trail.models import Event
from monitoring.models import Alert, AlertLine, HeldPosting, Quiet
from monitoring.rules import alerts as rules

PAGE, FILE_MOST, EVIDENCE_SHOWN = 50, 5_000, 100


@dataclass(frozen=True)
class Filter:
    """Which alerts a list shows; empty fields do not narrow. `under` is an institution's subtree.

    `state` may be `open`, or `true` for those closed as true, registered as an error or not.
    """

    state: str = ""
    level: str = ""
    rule_id: int | None = None
    link: str = ""
    entity: str = ""
    under: int | None = None
    first: date | None = None
    last: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class AlertPage:
    """One page of alerts, how many there are in all, and where the next page begins."""

    rows: Sequence[Alert]
    total: int
    next_before: int | None


@dataclass(frozen=True)
class AlertRecord:
    """Everything that is kept about one alert."""

    alert: Alert
    evidence: Sequence[AlertLine]
    held: Sequence[HeldPosting]
    quiet: Quiet | None
    others: Sequence[Alert]
    timeline: Sequence[Event]


def alerts(*, chosen: Filter) -> QuerySet[Alert]:
    """Return the alerts that a list shows, the newest first, unbounded: the page cuts."""
    rows: QuerySet[Alert] = Alert.objects.select_related(
        "rule", "version", "institution", "handled_by"
    )
    asked = (
        (chosen.state == "open", Q(state__in=rules.OPEN)),
        (chosen.state == "true", Q(state__in=rules.TRUE)),
        (chosen.state not in ("", "open", "true"), Q(state=chosen.state)),
        (chosen.level, Q(level=chosen.level)),
        (chosen.rule_id, Q(rule_id=chosen.rule_id)),
        (chosen.link, Q(rule__link=chosen.link)),
        (chosen.entity, Q(entity=chosen.entity)),
        (chosen.under, Q(institution__path__contains=f"/{chosen.under}/")),
        (chosen.first, Q(last_day__gte=chosen.first)),
        (chosen.last, Q(day__lte=chosen.last)),
    )
    for given, condition in asked:
        rows = rows.filter(condition) if given else rows
    return rows.order_by("-id")


def page(*, chosen: Filter) -> AlertPage:
    """Return one page of alerts, and how many the filter finds on all pages."""
    found = alerts(chosen=chosen)
    cut = tuple((found.filter(id__lt=chosen.before) if chosen.before else found)[: PAGE + 1])
    more = cut[PAGE - 1].pk if len(cut) > PAGE else None
    return AlertPage(cut[:PAGE], found.count(), more)


def file_rows(*, chosen: Filter) -> Sequence[Alert]:
    """Return the alerts of a file, the newest first, at most so many."""
    return tuple(alerts(chosen=chosen)[:FILE_MOST])


def count(*, chosen: Filter) -> int:
    """Return how many alerts a list shows on all its pages."""
    return int(alerts(chosen=chosen).count())


def alert(*, alert_id: int) -> Alert | None:
    """Return an alert among those that the person may see, or None."""
    rows = Alert.objects.select_related(
        "rule", "version", "institution", "work_item", "handled_by", "closed_by"
    )
    found: Alert | None = rows.filter(id=alert_id).first()
    return found


def in_sight(*, ids: Sequence[int]) -> frozenset[int]:
    """Return which of these alerts the person may see."""
    return frozenset(Alert.objects.filter(id__in=ids).values_list("id", flat=True))


def record(*, alert: Alert) -> AlertRecord:
    """Return an alert with its lines, whether it is kept quiet, and others about the same."""
    others = Alert.objects.filter(entity=alert.entity).exclude(pk=alert.pk).select_related("rule")
    return AlertRecord(
        alert=alert,
        evidence=tuple(alert.evidence.order_by("-line")[:EVIDENCE_SHOWN]),
        held=tuple(alert.held.order_by("-id")[:EVIDENCE_SHOWN]),
        quiet=quiet_of(rule_id=alert.rule_id, entity=alert.entity),
        others=tuple(others.order_by("-id")[:20]),
        timeline=trail.timeline(subject=alert.trail_subject),
    )


def quiet_of(*, rule_id: int, entity: str) -> Quiet | None:
    """Return the latest word that a rule be quiet about an entity, over or not, or None."""
    rows = Quiet.objects.filter(rule_id=rule_id, entity=entity).select_related("by")
    found: Quiet | None = rows.order_by("-until", "-id").first()
    return found


def kept_quiet(*, on: date, rule_ids: Collection[int]) -> frozenset[tuple[int, str]]:
    """Return about which entities the rules are quiet on a day."""
    rows = Quiet.objects.filter(until__gte=on, rule_id__in=rule_ids)
    return frozenset(rows.values_list("rule_id", "entity"))


def by_state() -> Mapping[str, int]:
    """Return how many alerts stand in each state."""
    rows = Alert.objects.order_by("state").values_list("state").annotate(n=Count("*"))
    return dict(rows)
