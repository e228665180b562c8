"""Changing an authorization rule: one person proposes, another approves or declines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, astuple
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from authorization import gateways, rules, selectors
from authorization.models import AuthRule
from foundation.kernel import scope
from foundation.kernel.money import Money
from foundation.people import selectors as people
from foundation.people.models import Institution, Staff
from foundation.trail import services as trail


@transaction.atomic
def propose_rule(
    *,
    rule: rules.Rule,
    valid_from: date,
    reason: str,
    by: Staff,
    at: datetime,
    institution: Institution | None = None,
) -> AuthRule:
    """Propose a rule; refuse one that is not whole, a day begun and a place of others.

    In the scope of the system, at the installation, the day and the place are not asked.
    """
    rules.check_rule(rule)
    _check(valid_from, institution, at)
    said = asdict(rule) | {"bands": [list(astuple(band)) for band in rule.bands]}
    row: AuthRule = AuthRule.objects.create(
        **{
            name: list(value) if isinstance(value, tuple) else value for name, value in said.items()
        },
        institution=institution,
        valid_from=valid_from,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(row, "authorization.propose_rule", by=by, at=at)
    return row


@transaction.atomic
def propose_catalogue(
    *, valid_from: date, reason: str, by: Staff, at: datetime
) -> Sequence[AuthRule]:
    """Propose the shipped rule of each transaction that has none; refuse when none is left.

    For the whole bank where the head office proposes it, else for the proposer's institution.
    """
    allowed = scope.current()
    bank = allowed == scope.EVERYTHING or people.root_id() in allowed
    place = None if bank else by.institution
    missing = selectors.codes_without_rule(place=place, on=localdate(at))
    if not missing:
        raise rules.NothingToPropose
    return tuple(
        propose_rule(
            rule=rule, valid_from=valid_from, reason=reason, by=by, at=at, institution=place
        )
        for rule in gateways.standard_rules()
        if rule.trade_code in missing
    )


@transaction.atomic
def approve_rule(*, rule_id: int, by: Staff, at: datetime) -> AuthRule:
    """Put a proposed rule in force; refuse its proposer, under any number of the same human."""
    row = _waiting(rule_id, by=by)
    _check(row.valid_from, row.institution, at)
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    _tell(row, "authorization.approve_rule", by=by, at=at)
    return row


@transaction.atomic
def approve_rules(*, rule_ids: Sequence[int], by: Staff, at: datetime) -> Sequence[AuthRule]:
    """Put many proposed rules in force, all or none of them."""
    return tuple(approve_rule(rule_id=rule_id, by=by, at=at) for rule_id in sorted({*rule_ids}))


@transaction.atomic
def decline_rule(*, rule_id: int, by: Staff, at: datetime) -> AuthRule:
    """Decline a proposed rule; refuse its proposer."""
    row = _waiting(rule_id, by=by)
    row.declined_by, row.declined_at = by, at
    row.save(update_fields=["declined_by", "declined_at"])
    _tell(row, "authorization.decline_rule", by=by, at=at)
    return row


def _waiting(rule_id: int, *, by: Staff) -> AuthRule:
    if selectors.rule_in_sight(rule_id=rule_id) is None:
        raise rules.NoSuchRule(number=rule_id)
    row: AuthRule = AuthRule.objects.select_for_update(of=("self",)).get(id=rule_id)
    if row.proposed_by.person == by.person:
        raise rules.RuleOfSamePerson
    if row.approved_by_id is not None or row.declined_by_id is not None:
        raise rules.RuleDecided
    return row


def _check(valid_from: date, institution: Institution | None, at: datetime) -> None:
    allowed = scope.current()
    if allowed == scope.EVERYTHING:
        return
    rules.check_rule_day(valid_from, today=localdate(at))
    if (institution.pk if institution else people.root_id()) not in allowed:
        raise rules.RuleNotYours(field="institution")


def _tell(row: AuthRule, action: str, *, by: Staff, at: datetime) -> None:
    starts = row.amount_from_fen
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=action,
        subject=f"authorization.rule:{row.trade_code}",
        at=at,
        detail={
            "conditions": list(rules.kinds_of(row.says)),
            "amount": "" if starts is None else str(Money(starts)),
            "grade": row.grade,
            "valid_from": str(row.valid_from),
            "institution": row.institution.number if row.institution else "",
            "reason": row.reason,
        },
    )
