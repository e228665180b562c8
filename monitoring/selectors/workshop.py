"""What can be asked about rules: which are in force, what they found, how often they were right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Sum
from django.utils.timezone import localdate

from foundation.kernel.chance import Share, share
from foundation.ledger import selectors as ledger
from foundation.policy import rules as policy_rules
from foundation.policy import selectors as policy
from monitoring.models import (
    Alert,
    Backtest,
    HeldPosting,
    MonitoringRule,
    RuleHit,
    RuleRun,
    RuleVersion,
)
from monitoring.rules import alerts
from monitoring.rules import workshop as rules
from monitoring.selectors._asking import (
    Found,
    Rows,
    ask,
    asked_on,
    find,
    fold_sql,
    found_of,
    gather_sql,
    is_large,
    seen,
    statements,
    whole_days,
    with_lines,
)

__all__ = [
    "Found",
    "Rows",
    "ask",
    "asked_on",
    "find",
    "fold_sql",
    "found_of",
    "gather_sql",
    "is_large",
    "seen",
    "statements",
    "whole_days",
    "with_lines",
]

SPAN = timedelta(days=90)
# How many hits of one rule a day keeps.
HITS_MOST = "monitoring.hits_most"
# So many days back a night that was missed is made up for.
MISSED_MOST = 31
HITS_SHOWN, RULES_MOST, MATRIX_MOST = 50, 500, 15
NO_RULE = -1
_OVERLAP = """
SELECT one.rule_id, other.rule_id, count(DISTINCT (a.entity, a.day))
FROM monitoring_rulehit a JOIN monitoring_ruleversion one ON one.id = a.version_id
JOIN monitoring_rulehit b ON b.day = a.day AND b.entity = a.entity AND b.backtest_id IS NULL
JOIN monitoring_ruleversion other ON other.id = b.version_id AND other.rule_id <> one.rule_id
WHERE a.backtest_id IS NULL AND a.day BETWEEN %(first)s AND %(last)s
  AND one.rule_id = ANY(%(rules)s) AND other.rule_id = ANY(%(rules)s)
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Standing:
    """How a rule stands: its version in force or open, its hits, and how often it was right."""

    rule: MonitoringRule
    version: RuleVersion
    hits: int
    open: int
    true: Share


@dataclass(frozen=True)
class Matrix:
    """How many findings of the rule of a row a rule of a column found as well, on the same day."""

    rules: Sequence[MonitoringRule]
    hits: Mapping[int, int]
    both: Mapping[tuple[int, int], int]


def missed(*, today: date) -> Sequence[date]:
    """Return the days before yesterday that no run has gone through since they were over.

    Of a month at most, the oldest first, and only those with anything in the journal and with the
    bank's number of hits in force: a day from before can be asked nothing.
    """
    first = today - timedelta(days=MISSED_MOST)
    runs = RuleRun.objects.filter(day__gte=first, day__lt=today).values_list("day", "started_at")
    ran = {day for day, at in runs if localdate(at) > day}
    days = (first + timedelta(days=number) for number in range(MISSED_MOST - 1))
    posted = ledger.days_posted(days=[day for day in days if day not in ran])
    return tuple(day for day in posted if _hits_most_on(day))


def _hits_most_on(day: date) -> int:
    try:
        return policy.whole(code=HITS_MOST, on=day)
    except policy_rules.NotSet:
        return 0


def in_force(*, on: date, at_once: bool | None = None) -> Sequence[RuleVersion]:
    """Return the published version of each rule that counts on a day, in the order of rules."""
    rows = RuleVersion.objects.filter(state=rules.PUBLISHED, valid_from__lte=on)
    if at_once is not None:
        rows = rows.filter(rule__at_once=at_once)
    latest = rows.select_related("rule").order_by("rule_id", "-valid_from", "-seq")
    return tuple(latest.distinct("rule_id"))


def in_shadow() -> Sequence[RuleVersion]:
    """Return the versions that run in the shadow: what they find is counted, and raises nothing."""
    rows = RuleVersion.objects.filter(state=rules.SHADOW).select_related("rule")
    return tuple(rows.order_by("rule_id"))


def in_force_of(*, rule_id: int, on: date) -> RuleVersion | None:
    """Return the version of one rule that counts on a day, or None."""
    rows = RuleVersion.objects.filter(rule_id=rule_id, state=rules.PUBLISHED, valid_from__lte=on)
    found: RuleVersion | None = rows.select_related("rule").order_by("-valid_from", "-seq").first()
    return found


def rule_id(*, number: str) -> int:
    """Return the id of a rule by its code; that of none where there is no such rule."""
    rows = MonitoringRule.objects.filter(number=number)
    found: int | None = rows.values_list("id", flat=True).first()
    return NO_RULE if found is None else found


def version(*, version_id: int) -> RuleVersion | None:
    """Return one version with its rule and people, or None."""
    rows = RuleVersion.objects.select_related("rule", "made_by", "proposed_by", "published_by")
    found: RuleVersion | None = rows.filter(id=version_id).first()
    return found


def rule(*, rule_id: int) -> MonitoringRule | None:
    """Return one rule, or None."""
    found: MonitoringRule | None = MonitoringRule.objects.filter(id=rule_id).first()
    return found


def versions(*, rule_id: int) -> Sequence[RuleVersion]:
    """Return the versions of a rule, the newest first."""
    rows = RuleVersion.objects.filter(rule_id=rule_id)
    people = rows.select_related("rule", "made_by", "proposed_by", "published_by")
    return tuple(people.order_by("-seq")[:RULES_MOST])


def versions_by_id(*, ids: Sequence[int]) -> Sequence[RuleVersion]:
    """Return versions by their ids."""
    rows = RuleVersion.objects.filter(id__in=ids).select_related("rule")
    return tuple(rows.order_by("id"))


def waiting() -> Sequence[RuleVersion]:
    """Return the versions that wait to be published."""
    rows = RuleVersion.objects.filter(state=rules.PROPOSED).select_related("rule", "proposed_by")
    return tuple(rows.order_by("rule__number")[:RULES_MOST])


def known_numbers() -> frozenset[str]:
    """Return the codes of all rules there are."""
    return frozenset(MonitoringRule.objects.values_list("number", flat=True))


def standings(*, last: date, kind: str = "", link: str = "", state: str = "") -> list[Standing]:
    """Return every rule with its newest version, hits of ninety days and rate of true alerts."""
    rows = MonitoringRule.objects.order_by("number")
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(link=link) if link else rows
    newest = RuleVersion.objects.select_related("rule").order_by("rule_id", "-seq")
    by_rule = {row.rule_id: row for row in newest.distinct("rule_id")}
    hits = _hits(last)
    opened, true, false = _outcomes()
    found = [
        Standing(
            row,
            by_rule[row.pk],
            hits[row.pk],
            opened[row.pk],
            share(part=true[row.pk], whole=true[row.pk] + false[row.pk]),
        )
        for row in rows[:RULES_MOST]
        if row.pk in by_rule
    ]
    return [one for one in found if not state or one.version.state == state]


def standing(*, rule_id: int, last: date) -> tuple[int, int, Share]:
    """Return hits of ninety days, open alerts and the rate of true ones, of one rule."""
    opened, true, false = _outcomes(rule_id)
    ended = true[rule_id] + false[rule_id]
    return _hits(last)[rule_id], opened[rule_id], share(part=true[rule_id], whole=ended)


def _hits(last: date) -> Counter[int]:
    rows = RuleHit.objects.filter(backtest=None, day__range=(last - SPAN, last))
    grouped = rows.order_by("version__rule_id").values_list("version__rule_id")
    return Counter(dict(grouped.annotate(n=Count("*"))))


def _outcomes(rule_id: int | None = None) -> tuple[Counter[int], Counter[int], Counter[int]]:
    opened: Counter[int] = Counter()
    true: Counter[int] = Counter()
    false: Counter[int] = Counter()
    rows = Alert.objects.filter(rule_id=rule_id) if rule_id else Alert.objects.all()
    grouped = rows.order_by("rule_id", "state").values_list("rule_id", "state")
    for number, state, count in grouped.annotate(n=Count("*")):
        if state in alerts.OPEN:
            opened[number] += count
        elif state == alerts.CLOSED_FALSE:
            false[number] += count
        else:
            true[number] += count
    return opened, true, false


def hits_by_day(
    *, version_id: int, last: date, backtest: Backtest | None = None
) -> Sequence[tuple[date, int]]:
    """Return how many hits a version, or a trial of it, had each day that had any."""
    rows = RuleHit.objects.filter(version_id=version_id, backtest=backtest)
    if backtest is None:
        rows = rows.filter(day__range=(last - SPAN, last))
    grouped = rows.order_by("day").values_list("day").annotate(n=Count("*"))
    return tuple(grouped)


def latest_hits(*, version_id: int, backtest: Backtest | None = None) -> Sequence[RuleHit]:
    """Return the latest hits of a version, or of a trial of it."""
    rows = RuleHit.objects.filter(version_id=version_id, backtest=backtest)
    return tuple(rows.select_related("institution").order_by("-day", "-id")[:HITS_SHOWN])


def lines_found(*, version_id: int, last: date, backtest: Backtest | None = None) -> int:
    """Return how many lines the hits of a version of one line, or of a trial of it, are of.

    So many postings it would have held back, or did, had it held them.
    """
    rows = RuleHit.objects.filter(version_id=version_id, backtest=backtest)
    if backtest is None:
        rows = rows.filter(day__range=(last - SPAN, last))
    return int(rows.aggregate(n=Sum("found__0"))["n"] or 0)


def held(*, version_id: int) -> int:
    """Return how many postings a version has held back."""
    return HeldPosting.objects.filter(version_id=version_id).count()


def backtest(*, backtest_id: int) -> Backtest | None:
    """Return one trial with its version and rule, or None."""
    rows = Backtest.objects.select_related("version__rule", "asked_by")
    found: Backtest | None = rows.filter(id=backtest_id).first()
    return found


def backtests(*, version_id: int) -> Sequence[Backtest]:
    """Return the trials of a version, the latest first."""
    rows = Backtest.objects.filter(version_id=version_id).select_related("asked_by")
    return tuple(rows.order_by("-id")[:HITS_SHOWN])


def last_run() -> RuleRun | None:
    """Return the latest run of the rules, or None."""
    found: RuleRun | None = RuleRun.objects.order_by("-day", "-id").first()
    return found


def overlap(*, last: date) -> Matrix:
    """Return how the rules with most hits of ninety days overlap: same entity, same day."""
    hits = _hits(last)
    top = [number for number, _count in hits.most_common(MATRIX_MOST)]
    rows = MonitoringRule.objects.filter(id__in=top).order_by("number")
    with connection.cursor() as cursor:
        cursor.execute(_OVERLAP, {"first": last - SPAN, "last": last, "rules": top})
        both = {(one, other): int(count) for one, other, count in cursor.fetchall()}
    return Matrix(tuple(rows), hits, both)
