"""Spreading a hot account over several balances: proposed by one, decided by another."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation.ledger import rules
from foundation.ledger.models import Account, ShardRequest
from foundation.ledger.services._accounts import locked, record
from foundation.people.models import Staff


@transaction.atomic
def propose_shards(
    *, number: str, shards: int, reason: str, at: datetime, by: Staff
) -> ShardRequest:
    """Propose that an internal account have so many shards; refuse what could not be approved."""
    account = locked(number=number)
    _check(account, shards)
    if account.shard_requests.filter(approved=None).exists():
        raise rules.ShardsAsked(account=number)
    asked: ShardRequest = ShardRequest.objects.create(
        institution_id=account.institution_id,
        account=account,
        shards=shards,
        reason=reason,
        asked_by=by,
        asked_person=by.person,
        asked_label=by.label,
        asked_at=at,
    )
    told = {"shards": shards, "before": account.shards, "reason": reason}
    record(account=account, action="ledger.propose_shards", by=by.label, at=at, **told)
    return asked


@transaction.atomic
def decide_shards(*, request_id: int, approve: bool, at: datetime, by: Staff) -> ShardRequest:
    """Approve or decline what another proposed; approving waits for whoever is posting there."""
    rows = ShardRequest.objects.filter(id=request_id, approved=None)
    number = rows.values_list("account__number", flat=True).first()
    if number is None:
        raise rules.NoSuchProposal
    account = locked(number=number)
    asked: ShardRequest | None = rows.select_for_update(of=("self",)).first()
    if asked is None:
        raise rules.NoSuchProposal
    if asked.asked_person == by.person:
        raise rules.OnePerson
    if approve:
        _check(account, asked.shards)
    asked.decided_by, asked.decided_person, asked.decided_label = by, by.person, by.label
    asked.decided_at, asked.approved = at, approve
    asked.save(
        update_fields=["decided_by", "decided_person", "decided_label", "decided_at", "approved"]
    )
    action = "ledger.approve_shards" if approve else "ledger.decline_shards"
    told = {"shards": asked.shards, "before": account.shards, "proposal": asked.pk}
    record(account=account, action=action, by=by.label, at=at, **told)
    return asked


def _check(account: Account, shards: int) -> None:
    if account.state == rules.CLOSED:
        raise rules.AccountClosed(account=account.number)
    rules.check_spreadable(
        account=account.number,
        internal=account.kind == rules.INTERNAL,
        overdraft_allowed=account.overdraft_allowed,
        present=account.shards,
        wanted=shards,
    )
