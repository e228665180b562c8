"""Authorization rules for tests: the shipped catalogue in force, and rows that say other things."""

from __future__ import annotations

from dataclasses import asdict, astuple, replace
from datetime import UTC, date, datetime
from functools import cache
from itertools import count
from typing import Any
from uuid import uuid4

from authorization.gateways import standard_rules
from authorization.models import AuthRule, Request
from authorization.rules import Rule
from foundation.people.models import Institution, Staff

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
_serial = count(1)


@cache
def shipped(code: str) -> Rule:
    """Return the rule of a transaction as it is shipped."""
    return next(rule for rule in standard_rules() if rule.trade_code == code)


def plain(code: str = "1002", **more: Any) -> Rule:
    """Return a rule that needs nobody, but for what is said."""
    told: dict[str, Any] = {"grade": 2, "manual_id": False, "amount_from_fen": None}
    told |= {"agent_from_fen": None} | more
    return replace(shipped(code), **told)


def row(
    rule: Rule,
    by: Staff,
    approved_by: Staff | None = None,
    *,
    institution: Institution | None = None,
    valid_from: date = LONG_AGO,
) -> AuthRule:
    """Return a row that says the rule, not yet kept."""
    said = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(rule).items()}
    said["bands"] = [list(astuple(band)) for band in rule.bands]
    return AuthRule(
        **said,
        institution=institution,
        valid_from=valid_from,
        reason="起始",
        proposed_by=by,
        proposed_at=AT,
        approved_by=approved_by,
        approved_at=AT if approved_by else None,
    )


def catalogue(by: Staff, approved_by: Staff) -> None:
    """Put the shipped rule of every transaction in force since long ago."""
    AuthRule.objects.bulk_create(row(rule, by, approved_by) for rule in standard_rules())


def in_force(rule: Rule, *, institution: Institution | None = None, **more: Any) -> AuthRule:
    """Put a rule in force by the two people who put the bank's there."""
    first = AuthRule.objects.order_by("id").first()
    assert first is not None, "the catalogue is in force before anything else"
    made = row(rule, first.proposed_by, first.approved_by, institution=institution, **more)
    made.save(force_insert=True)
    return made


def proposed(by: Staff, place: Institution | None, code: str = "1002") -> AuthRule:
    """Let somebody have proposed a rule of a place that waits for a second person."""
    said = plain(code, amount_from_fen=3_000_000)
    made = row(said, by, institution=place, valid_from=date(2089, 1, 1))
    made.save(force_insert=True)
    return made


def copied(item: Request, *told: dict[str, Any]) -> list[Request]:
    """Lay items like one, but for what is told of each: for figures over many of them."""
    made = []
    for more in told:
        copy = Request.objects.get(pk=item.pk)
        copy.pk, copy.key, copy.work_item = None, uuid4(), None
        copy.number = f"9{next(_serial):011}"
        for name, value in more.items():
            setattr(copy, name, value)
        made.append(copy)
    return Request.objects.bulk_create(made)
