"""Which authorization rules there are: in force, coming, waiting, and what they were."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext

from authorization import rules
from authorization.models import AuthRule
from foundation.kernel import scope
from foundation.people import selectors as people
from foundation.people.models import Institution


def rule_in_force(*, trade_code: str, on: date, institution_id: int) -> AuthRule:
    """Return the rule of the institution, the nearest above it, or the bank; refuse none."""
    places = people.ancestors(institution_id=institution_id)
    row: AuthRule | None = (
        _counting(on)
        .filter(Q(institution=None) | Q(institution_id__in=places), trade_code=trade_code)
        .annotate(depth=Length("institution__path"))
        .order_by(F("depth").desc(nulls_last=True), "-valid_from", "-id")
        .first()
    )
    if row is None:
        raise rules.NoRuleInForce(trade_code=trade_code, on=on)
    return row


def scan_minutes(*, trade_code: str, on: date, institution_id: int) -> int | None:
    """Return within how many minutes of its posting a voucher may follow; None is not at all."""
    with suppress(rules.NoRuleInForce):
        row = rule_in_force(trade_code=trade_code, on=on, institution_id=institution_id)
        return row.scanned_within
    return None


def rules_in_force(*, codes: Sequence[str], on: date) -> Sequence[AuthRule]:
    """Return the rules of some transactions that count on a day, one a place, the bank's too."""
    rows = (
        _counting(on)
        .filter(trade_code__in=codes)
        .select_related("institution")
        .order_by("trade_code", "institution_id", "-valid_from", "-id")
        .distinct("trade_code", "institution_id")
    )
    return tuple(rows)


def rule_before(*, rule: AuthRule) -> AuthRule | None:
    """Return the rule that one would follow: what counts at its place on its first day."""
    own = rule.institution_id
    places = people.ancestors(institution_id=own) if own else ()
    row: AuthRule | None = (
        _counting(rule.valid_from)
        .filter(Q(institution=None) | Q(institution_id__in=places), trade_code=rule.trade_code)
        .filter(Q(valid_from__lt=rule.valid_from) | Q(id__lt=rule.pk))
        .select_related("institution")
        .annotate(depth=Length("institution__path"))
        .order_by(F("depth").desc(nulls_last=True), "-valid_from", "-id")
        .first()
    )
    return row


@dataclass(frozen=True)
class RuleListed:
    """One transaction of the catalogue: the bank's rule, those of others, what comes and waits."""

    trade: rules.TradeCode
    present: AuthRule | None
    own: Sequence[AuthRule]
    later: Sequence[AuthRule]
    waiting: Sequence[AuthRule]


def rules_listed(*, on: date, group: str = "", text: str = "") -> Sequence[RuleListed]:
    """Return the transactions of a group whose code or name has the text, with their rules."""
    wanted = text.strip().lower()
    trades = [
        trade
        for trade in rules.CATALOGUE.values()
        if group in {"", trade.group}
        and (wanted in trade.code or wanted in gettext(trade.name).lower())
    ]
    rows = list(_rows().filter(declined_by=None))
    return tuple(_listed(trade, rows, on) for trade in trades)


def rules_of(*, trade_code: str) -> Sequence[AuthRule]:
    """Return every rule that a transaction has had, has and may have, newest first."""
    return tuple(_rows().filter(trade_code=trade_code))


def rule_in_sight(*, rule_id: int) -> AuthRule | None:
    """Return one rule, or None where it does not exist or belongs to others."""
    row: AuthRule | None = _rows().filter(id=rule_id).first()
    return row if row is not None and rule_ids_in_sight(rows=[row]) else None


def rule_ids_in_sight(*, rows: Sequence[AuthRule]) -> frozenset[int]:
    """Return which rows the person may open: of the places in scope, the bank's at the root."""
    allowed = scope.current()
    if allowed == scope.EVERYTHING:
        return frozenset(row.pk for row in rows)
    root = people.root_id()
    return frozenset(row.pk for row in rows if (row.institution_id or root) in allowed)


def rules_waiting() -> Sequence[AuthRule]:
    """Return the proposals that wait for a second person, of the places in scope, by code."""
    rows = _rows().filter(approved_by=None, declined_by=None).order_by("trade_code", "id")
    allowed = scope.current()
    if allowed != scope.EVERYTHING:
        bank = Q(institution=None) if people.root_id() in allowed else Q(pk__in=[])
        rows = rows.filter(bank | Q(institution_id__in=allowed))
    return tuple(rows)


def codes_without_rule(*, place: Institution | None, on: date) -> Sequence[str]:
    """Return the transactions for which a place has neither a rule nor one that comes or waits."""
    places = people.ancestors(institution_id=place.pk) if place else ()
    rows = AuthRule.objects.filter(Q(institution=None) | Q(institution_id__in=places))
    counts = Q(approved_by__isnull=False) | Q(valid_from__gt=on)
    known = set(rows.filter(counts, declined_by=None).values_list("trade_code", flat=True))
    return tuple(code for code in rules.CATALOGUE if code not in known)


def _counting(on: date) -> QuerySet[AuthRule]:
    rows: QuerySet[AuthRule] = AuthRule.objects.filter(
        valid_from__lte=on, approved_by__isnull=False
    )
    return rows


def _rows() -> QuerySet[AuthRule]:
    rows = AuthRule.objects.select_related(
        "institution", "proposed_by", "approved_by", "declined_by"
    )
    return rows.order_by("-valid_from", "-id")


def _listed(trade: rules.TradeCode, rows: Sequence[AuthRule], on: date) -> RuleListed:
    mine = [row for row in rows if row.trade_code == trade.code]
    approved = [row for row in mine if row.approved_by_id]
    started = [row for row in approved if row.valid_from <= on]
    own: dict[int, AuthRule] = {}
    for row in started:
        if row.institution_id:
            own.setdefault(row.institution_id, row)
    return RuleListed(
        trade=trade,
        present=next((row for row in started if row.institution_id is None), None),
        own=tuple(own.values()),
        later=tuple(row for row in approved if row.valid_from > on),
        waiting=tuple(row for row in mine if not row.approved_by_id),
    )
