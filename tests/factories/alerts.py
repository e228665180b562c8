"""Rules of monitoring for tests, entries for them to find, and alerts that wait."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count

from foundation.ledger import services as books
from foundation.ledger.models import Entry
from foundation.ledger.rules import Leg
from foundation.people.models import Institution, Staff
from monitoring.models import Alert, Backtest, MonitoringRule, RuleHit, RuleRun, RuleVersion
from monitoring.rules import workshop
from monitoring.services import alerts
from tests.factories.monitoring import Counter
from tests.factories.people import DAY, NOON
from tests.factories.rules import LONG_AGO

_serial = count(1)
_keys = count(1)
EMPTY = {"where": "", "tests": "", "steps": "", "days": "1", "minutes": "0", "hops": "0",
         "share": "0"}  # fmt: skip


def spec(kind: str, entity: str, **parts: str) -> workshop.Spec:
    """Return a rule written as the shipped ones are."""
    return workshop.typed({**EMPTY, "kind": kind, "entity": entity, **parts})


def published(
    said: workshop.Spec,
    by: Staff,
    publisher: Staff,
    *,
    level: str = "focus",
    valid_from: date = LONG_AGO,
    state: str = workshop.PUBLISHED,
    prevents: bool = False,
) -> RuleVersion:
    """Put a rule of its own in force since long ago, or only so far as the state says."""
    rule = MonitoringRule.objects.create(
        number=f"T{next(_serial):03}", title="试验规则", english="A rule", link="1",
        kind=said.kind, entity=said.entity, at_once=said.kind == workshop.SINGLE, created_at=NOON,
    )  # fmt: skip
    done = state == workshop.PUBLISHED
    made: RuleVersion = RuleVersion.objects.create(
        rule=rule, seq=1, state=state, spec=said.kept(), level=level, score=40, reason="起始",
        prevents=prevents,
        made_by=by, made_at=NOON, valid_from=valid_from if done else None,
        proposed_by=by if done else None, proposed_at=NOON if done else None,
        published_by=publisher if done else None, published_at=NOON if done else None,
    )  # fmt: skip
    return made


def entry(
    place: Counter,
    *,
    code: str = "1002",
    fen: int = 100_00,
    teller: str = "000000",
    at: datetime = NOON,
    payer: str = "",
    payee: str = "",
    on: date = DAY,
    voucher_no: str = "",
) -> Entry:
    """Book one line; by default a withdrawal of the customer's."""
    return books.post(
        key=f"a{next(_keys)}",
        institution_id=place.outlet.pk,
        legs=[Leg(account=payer or place.customer, fen=fen),
              Leg(account=payee or place.till, fen=-fen)],
        trade_code=code, teller=teller, business_date=on, at=at, voucher_no=voucher_no,
    )  # fmt: skip


def minutes(number: int) -> datetime:
    """Return a moment some minutes after noon."""
    return NOON + timedelta(minutes=number)


def waiting(outlet: Institution, by: Staff, publisher: Staff) -> Alert:
    """Let a rule have found something at an outlet, with one of everything around it."""
    said = spec("single", "account", where="amount_from 1.00")
    version = published(said, by, publisher)
    Backtest.objects.create(version=version, first=DAY, last=DAY, asked_by=by, asked_at=NOON)
    RuleRun.objects.create(
        day=DAY, started_at=NOON, ended_at=NOON, rules=1, lines=1, hits=1, cut=0, raised=1
    )
    return raised(version, outlet, f"A{next(_serial)}")


def raised(version: RuleVersion, outlet: Institution, entity: str, *, day: date = DAY) -> Alert:
    """Let a version have found an entity on a day, and an alert be open about it."""
    hit = RuleHit.objects.create(
        institution=outlet, version=version, day=day, entity=entity, found=[2, 500_00], at=NOON
    )
    alerts.raise_alerts(hits=[hit], at=NOON)
    found: Alert = Alert.objects.get(rule=version.rule, entity=entity)
    return found
