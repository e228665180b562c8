"""What can be done with rules: draft, try in shadow and on days past, propose, publish, retire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from foundation.kernel import bus, scope
from foundation.people.models import Staff
from foundation.trail import services as trail
from monitoring import events, gateways
from monitoring.models import Backtest, MonitoringRule, RuleVersion
from monitoring.rules import prevention
from monitoring.rules import workshop as rules
from monitoring.selectors import workshop as selectors


@dataclass(frozen=True)
class Header:
    """What stands above a rule: its code, names, and place in the dictionaries."""

    number: str
    title: str
    english: str
    link: str
    business: str
    at_once: bool = False


@dataclass(frozen=True)
class Content:
    """What a version says: the rule as data, its level and score, and why it is so."""

    spec: rules.Spec
    level: str
    score: int
    reason: str
    prevents: bool = False


@transaction.atomic
def draft_rule(*, header: Header, content: Content, by: Staff, at: datetime) -> RuleVersion:
    """Draft the first version of a new rule; refuse a code that is taken and what is not whole."""
    _check(header.number, header.link, header.business, content)
    if header.number in selectors.known_numbers():
        raise rules.RuleCodeTaken(number=header.number, field="number")
    at_once = header.at_once and content.spec.kind == rules.SINGLE
    row = MonitoringRule.objects.create(
        number=header.number,
        title=header.title,
        english=header.english or header.title,
        link=header.link,
        business=header.business,
        kind=content.spec.kind,
        entity=content.spec.entity,
        at_once=at_once,
        created_at=at,
    )
    prevention.check_prevents(prevents=content.prevents, at_once=at_once)
    return _draft(row, content, seq=1, by=by, at=at)


@transaction.atomic
def draft_version(*, rule_id: int, content: Content, by: Staff, at: datetime) -> RuleVersion:
    """Draft another version of a rule, or change the draft there is; refuse one beside another."""
    row = MonitoringRule.objects.select_for_update(of=("self",)).filter(id=rule_id).first()
    if row is None:
        raise rules.NoSuchVersion
    _check(row.number, row.link, row.business, content)
    if (content.spec.kind, content.spec.entity) != (row.kind, row.entity):
        raise rules.RuleNotWhole(what=f"{row.kind} / {row.entity}", field="entity")
    prevention.check_prevents(prevents=content.prevents, at_once=row.at_once)
    newest = row.versions.order_by("-seq").first()
    if newest is not None and newest.state in (rules.SHADOW, rules.PROPOSED):
        raise rules.DraftOpen
    if newest is not None and newest.state == rules.DRAFT and newest.made_by_id == by.pk:
        newest.spec, newest.level = content.spec.kept(), content.level
        newest.score, newest.reason = content.score, content.reason
        newest.prevents = content.prevents
        newest.save(update_fields=["spec", "level", "score", "reason", "prevents"])
        _tell(newest, "draft_rule", by=by, at=at)
        return newest
    if newest is not None and newest.state == rules.DRAFT:
        raise rules.DraftOpen
    return _draft(row, content, seq=(newest.seq if newest else 0) + 1, by=by, at=at)


@transaction.atomic
def run_in_shadow(*, version_id: int, by: Staff, at: datetime) -> RuleVersion:
    """Let a draft run every night without raising anything."""
    return _step(_locked(version_id), "shadow", by=by, at=at)


@transaction.atomic
def propose_version(*, version_id: int, valid_from: date, by: Staff, at: datetime) -> RuleVersion:
    """Propose a version from a day on; refuse a day that has begun."""
    row = _locked(version_id)
    _check_start(valid_from, at)
    row.proposed_by, row.proposed_at, row.valid_from = by, at, valid_from
    return _step(row, "propose", by=by, at=at, more=("proposed_by", "proposed_at", "valid_from"))


@transaction.atomic
def publish_version(*, version_id: int, by: Staff, at: datetime) -> RuleVersion:
    """Put a version in force; refuse who made or proposed it, under any number."""
    row = _locked(version_id)
    _check_other(row, by)
    if row.valid_from is not None:
        _check_start(row.valid_from, at)
    row.published_by, row.published_at = by, at
    return _step(row, "publish", by=by, at=at, more=("published_by", "published_at"))


@transaction.atomic
def decline_version(*, version_id: int, by: Staff, at: datetime) -> RuleVersion:
    """Send a version back to be worked on; refuse who made or proposed it."""
    row = _locked(version_id)
    _check_other(row, by)
    row.proposed_by = row.proposed_at = row.valid_from = None
    return _step(row, "decline", by=by, at=at, more=("proposed_by", "proposed_at", "valid_from"))


@transaction.atomic
def drop_version(*, version_id: int, by: Staff, at: datetime) -> RuleVersion:
    """Give up a version that is not proposed."""
    return _step(_locked(version_id), "drop", by=by, at=at)


@transaction.atomic
def retire_rule(*, version_id: int, by: Staff, at: datetime) -> RuleVersion:
    """Take a rule out of force, with every version of it that was; refuse who made it."""
    row = _locked(version_id)
    _check_other(row, by)
    older = RuleVersion.objects.select_for_update(of=("self",)).filter(
        rule_id=row.rule_id, state=rules.PUBLISHED
    )
    for one in older.exclude(pk=row.pk).order_by("id"):
        _step(one, "retire", by=by, at=at)
    return _step(row, "retire", by=by, at=at)


@transaction.atomic
def propose_shipped(*, valid_from: date, by: Staff, at: datetime) -> Sequence[RuleVersion]:
    """Propose every shipped rule whose code the bank does not have yet; return the versions."""
    known = selectors.known_numbers()
    made = []
    for one in gateways.shipped_rules():
        if one.number in known:
            continue
        header = Header(one.number, one.title, one.english, one.link, one.business, one.at_once)
        content = Content(one.spec, one.level, one.score, one.title)
        row = draft_rule(header=header, content=content, by=by, at=at)
        made.append(propose_version(version_id=row.pk, valid_from=valid_from, by=by, at=at))
    return made


@transaction.atomic
def publish_versions(*, version_ids: Sequence[int], by: Staff, at: datetime) -> int:
    """Publish several versions; refuse all when one is refused. Return how many."""
    for version_id in sorted(version_ids):
        publish_version(version_id=version_id, by=by, at=at)
    return len(version_ids)


@transaction.atomic
def ask_trial(*, version_id: int, first: date, last: date, by: Staff, at: datetime) -> Backtest:
    """Ask that a version be tried on days past, by a job; refuse days that are not over."""
    row = selectors.version(version_id=version_id)
    if row is None or row.state == rules.RETIRED:
        raise rules.NoSuchVersion
    rules.check_span(first=first, last=last, today=localdate(at))
    trial: Backtest = Backtest.objects.create(
        version=row, first=first, last=last, asked_by=by, asked_at=at
    )
    _tell(row, "try_rule", by=by, at=at)
    bus.publish(events.TrialAsked(trial.pk, row.trail_subject))
    return trial


def _draft(
    rule: MonitoringRule, content: Content, *, seq: int, by: Staff, at: datetime
) -> RuleVersion:
    row: RuleVersion = RuleVersion.objects.create(
        rule=rule,
        seq=seq,
        spec=content.spec.kept(),
        level=content.level,
        score=content.score,
        reason=content.reason,
        prevents=content.prevents,
        made_by=by,
        made_at=at,
    )
    _tell(row, "draft_rule", by=by, at=at)
    return row


def _step(
    row: RuleVersion, step: str, *, by: Staff, at: datetime, more: Sequence[str] = ()
) -> RuleVersion:
    row.state = rules.VERSION_FLOW.after(row.state, step)
    row.save(update_fields=["state", *more])
    _tell(row, f"{step}_rule", by=by, at=at)
    return row


def _check(number: str, link: str, business: str, content: Content) -> None:
    rules.check_header(
        number=number, link=link, business=business, level=content.level, score=content.score
    )
    rules.check(content.spec)


def _check_other(row: RuleVersion, by: Staff) -> None:
    makers = [row.made_by.person]
    if row.proposed_by is not None:
        makers.append(row.proposed_by.person)
    rules.check_other_person(made_by=makers, by=by.person)


def _check_start(valid_from: date, at: datetime) -> None:
    """Refuse a day that has begun; at the installation, by the system, the day is not asked."""
    if scope.current() != scope.EVERYTHING:
        rules.check_start(valid_from=valid_from, today=localdate(at))


def _locked(version_id: int) -> RuleVersion:
    rows = RuleVersion.objects.select_for_update(of=("self",))
    people = rows.select_related("rule", "made_by", "proposed_by")
    row: RuleVersion | None = people.filter(id=version_id).first()
    if row is None:
        raise rules.NoSuchVersion
    return row


def _tell(row: RuleVersion, step: str, *, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=f"monitoring.{step}",
        subject=row.trail_subject,
        at=at,
        detail={"rule": row.rule.number, "version": row.seq, "reason": row.reason},
    )
