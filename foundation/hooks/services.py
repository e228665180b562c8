"""Subscriptions that two people agree on, and what is told to them."""

from __future__ import annotations

import secrets as lots
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils.timezone import localdate

from foundation.hooks import gateways, rules, selectors
from foundation.hooks.models import Delivery, Secret, Subscription, Terms
from foundation.kernel import scope
from foundation.kernel.text import clean_text
from foundation.people import gateways as sealing
from foundation.people import services as people_services
from foundation.people.models import Institution, Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.worklist import selectors as jobs
from foundation.worklist import services as worklist

SEND = "foundation.hooks.tasks.send"
SYSTEM = "system"
_PURGED_AT_ONCE = 50_000
_MOVED = (
    "state", "tries", "rounds", "next_at", "tried_at", "last_status", "last_answer", "ended_at",
)  # fmt: skip

# Written with what happened, in the transaction of whom it is told of. Who hears it stands above
# that person's scope, so it is the database that finds them; their rows are read by all.
_TELL = """
INSERT INTO hooks_delivery (key, subscription_id, institution_id, topic, subject, told_state,
    happened_at, state, tries, rounds, next_at, last_answer)
SELECT gen_random_uuid(), heard.id, %(institution)s, %(topic)s, %(subject)s, %(state)s,
    %(at)s, 'waiting', 0, 0, %(at)s, ''
FROM people_institution place
JOIN hooks_subscription heard
  ON heard.institution_id = ANY (string_to_array(trim(BOTH '/' FROM place.path), '/')::bigint[])
CROSS JOIN LATERAL (
    SELECT said.topics, said.approved_at FROM hooks_terms said
    WHERE said.subscription_id = heard.id AND said.approved_at IS NOT NULL
      AND said.valid_from <= %(on)s
    ORDER BY said.valid_from DESC, said.id DESC LIMIT 1
) terms
WHERE place.id = %(institution)s AND %(topic)s = ANY (terms.topics)
  AND (heard.stopped_at IS NULL OR terms.approved_at > heard.stopped_at)
ORDER BY heard.id
RETURNING id
"""


@dataclass(frozen=True)
class Parcel:
    """One call that is to be made: where to, under which headers, for how long."""

    address: str
    headers: dict[str, str]
    content: bytes
    seconds: int


def tell(*, topic: str, subject: str, state: str, institution_id: int, at: datetime) -> int:
    """Write down what happened for each who hears of it, with a job each; return how many.

    `subject` is the number of the item: nothing of a person is ever told. Runs in the transaction
    of what happened, so that nothing is told of what was taken back, and nothing is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _TELL,
            {
                "topic": topic,
                "subject": subject,
                "state": state,
                "institution": institution_id,
                "at": at,
                "on": localdate(at),
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    for one in ids:
        _enqueue(one, rounds=0, tries=0)
    return len(ids)


@transaction.atomic
def propose(
    *,
    name: str,
    institution: Institution,
    address: str,
    topics: Sequence[str],
    valid_from: date,
    reason: str,
    by: Staff,
    at: datetime,
) -> tuple[Subscription, str]:
    """Propose a subscription; return it with its secret, which is shown this once.

    Refuses an address that is no plain https one or leads inside, no event, a day that is over, a
    name that the institution has, and an institution of others.
    """
    allowed = scope.current()
    if allowed != scope.EVERYTHING and institution.pk not in allowed:
        raise rules.NotInSight(field="institution")
    called = clean_text(name, 60, field="name")
    if Subscription.objects.filter(institution=institution, name=called).exists():
        raise rules.NameTaken(field="name")
    row: Subscription = Subscription.objects.create(
        institution=institution, name=called, made_at=at
    )
    _propose(
        row, address=address, topics=topics, valid_from=valid_from, reason=reason, by=by, at=at
    )
    text = _make_secret(row, by, at)
    _told(row, "propose", by.label, at, reason=reason, about=called)
    return row, text


@transaction.atomic
def change(
    *,
    subscription_id: int,
    address: str,
    topics: Sequence[str],
    valid_from: date,
    reason: str,
    by: Staff,
    at: datetime,
) -> Terms:
    """Propose other terms of a subscription; they count once another person has approved them."""
    row = selectors.locked(subscription_id=subscription_id)
    made = _propose(
        row, address=address, topics=topics, valid_from=valid_from, reason=reason, by=by, at=at
    )
    _told(row, "change", by.label, at, reason=reason, valid_from=str(valid_from))
    return made


@transaction.atomic
def approve(*, terms_id: int, by: Staff, at: datetime) -> Terms:
    """Put proposed terms in force; refuse their proposer, under any number of the same human."""
    terms = _waiting(terms_id, by)
    rules.check_address(terms.address, gateways.allowed_networks())
    terms.approved_by, terms.approved_at = by, at
    terms.save(update_fields=["approved_by", "approved_at"])
    _told(terms.subscription, "approve", by.label, at, valid_from=str(terms.valid_from))
    return terms


@transaction.atomic
def decline(*, terms_id: int, by: Staff, at: datetime) -> Terms:
    """Decline proposed terms; refuse their proposer."""
    terms = _waiting(terms_id, by)
    terms.declined_by, terms.declined_at = by, at
    terms.save(update_fields=["declined_by", "declined_at"])
    _told(terms.subscription, "decline", by.label, at, valid_from=str(terms.valid_from))
    return terms


@transaction.atomic
def stop(*, subscription_id: int, reason: str, by: Staff, at: datetime) -> Subscription:
    """Let a subscription hear nothing from now on, until two people agree on new terms.

    What waits for it is given up when its turn comes.
    """
    row = selectors.locked(subscription_id=subscription_id)
    row.stopped_by, row.stopped_at, row.stop_reason = by, at, clean_text(reason, 200)
    row.save(update_fields=["stopped_by", "stopped_at", "stop_reason"])
    _told(row, "stop", by.label, at, reason=row.stop_reason)
    return row


@transaction.atomic
def new_secret(*, subscription_id: int, by: Staff, at: datetime) -> str:
    """Make a new secret and return it this once; the present one is good for some hours yet.

    No more than two are good at any time: one that was on its way out ends now.
    """
    row = selectors.locked(subscription_id=subscription_id)
    Secret.objects.filter(subscription=row, until__gt=at).update(until=at)
    hours = policy.whole(code="hooks.overlap_hours", on=localdate(at))
    Secret.objects.filter(subscription=row, until=None).update(until=at + timedelta(hours=hours))
    text = _make_secret(row, by, at)
    _told(row, "new_secret", by.label, at)
    return text


@transaction.atomic
def send_again(*, delivery_id: int, by: Staff, at: datetime) -> Delivery:
    """Have told once more what was delivered or given up, under the same key; refuse what waits."""
    row = selectors.delivery_locked(delivery_id=delivery_id)
    row.state = rules.DELIVERY_FLOW.after(row.state, "send_again")
    row.rounds, row.tries, row.next_at, row.ended_at = row.rounds + 1, 0, at, None
    row.save(update_fields=_MOVED)
    _enqueue(row.pk, rounds=row.rounds, tries=0)
    _told(row.subscription, "send_again", by.label, at, number=row.subject, key=str(row.key))
    return row


def parcel(*, delivery_id: int, rounds: int, tries: int, at: datetime) -> Parcel | None:
    """Return the call that a job is to make, or None when that try is over.

    Refuses while the bank has not said how often and for how long is tried; the event waits.
    """
    with people_services.acting_as_system(reason=SEND):
        row = selectors.delivery(delivery_id=delivery_id)
        if row is None or (row.state, row.rounds, row.tries) != (rules.WAITING, rounds, tries):
            return None
        numbers = selectors.numbers(on=localdate(at))
        terms = selectors.present(row=row.subscription, on=localdate(at))
        content = row.content
        signed = [opened(row=one) for one in selectors.secrets(row=row.subscription, at=at)]
        return Parcel(
            address=terms.address if terms else "",
            headers=rules.headers(key=str(row.key), at=at, content=content, secrets=signed),
            content=content,
            seconds=numbers.timeout_seconds,
        )


@transaction.atomic
def note(
    *, delivery_id: int, rounds: int, tries: int, answer: rules.Answer, final: bool, at: datetime
) -> Delivery | None:
    """Keep what came of a try: delivered, to be tried again after a pause, or given up.

    `final` says that no other try is wanted. None when the try is over: another job kept it.
    """
    row = selectors.delivery_locked(delivery_id=delivery_id)
    if (row.state, row.rounds, row.tries) != (rules.WAITING, rounds, tries):
        return None
    row.tries, row.tried_at = row.tries + 1, at
    row.last_status, row.last_answer = answer.status, answer.words[: rules.ANSWER_MOST]
    over = final or row.tries >= selectors.numbers(on=localdate(at)).tries_most
    step = "deliver" if answer.heard else "give_up" if over else "fail"
    row.state = rules.DELIVERY_FLOW.after(row.state, step)
    if step == "fail":
        row.next_at = at + rules.pause(row.tries, lots.randbelow(21))
        _enqueue(row.pk, rounds=row.rounds, tries=row.tries, run_after=row.next_at)
    else:
        row.next_at, row.ended_at = None, at
    row.save(update_fields=_MOVED)
    if step == "give_up":
        told = {"number": row.subject, "key": str(row.key), "answer": row.last_answer}
        _told(row.subscription, "give_up", SYSTEM, at, **told)
    return row


@transaction.atomic
def sweep(*, at: datetime) -> int:
    """Ask for a job for each delivery that has lost its own; return how many.

    Of none while the bank has not said how often and for how long is tried: the jobs would fail.
    """
    if not selectors.numbers_set(on=localdate(at)):
        return 0
    due = selectors.forgotten(at=at)
    busy = jobs.with_open_job(kind=SEND, name="delivery_id", ids=[row.pk for row in due])
    rows = [row for row in due if row.pk not in busy]
    for row in rows:
        _enqueue(row.pk, rounds=row.rounds, tries=row.tries, again=f":{at:%Y%m%d%H%M}")
    return len(rows)


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Forget what was delivered or given up so many days ago; return how many."""
    days = policy.whole(code="hooks.kept_days", on=localdate(at))
    old = Delivery.objects.filter(ended_at__lt=at - timedelta(days=days)).order_by("ended_at", "id")
    ids = list(old.values_list("id", flat=True)[:_PURGED_AT_ONCE])
    count, _kinds = Delivery.objects.filter(id__in=ids).delete()
    return count


def reseal() -> int:
    """Seal every secret with the present key that is not yet; return how many were."""
    with people_services.acting_as_system(reason="reseal"):
        rows = Secret.objects.select_for_update(of=("self",)).order_by("id")
        old = [row for row in rows if not sealing.is_present(row.sealed)]
        for row in old:
            row.sealed = sealing.seal(opened(row=row), about=_about(row.subscription_id))
            row.save(update_fields=["sealed"])
    return len(old)


def opened(*, row: Secret) -> bytes:
    """Return a secret as calls are signed with it."""
    return sealing.unseal(row.sealed, about=_about(row.subscription_id))


def _propose(
    row: Subscription,
    *,
    address: str,
    topics: Sequence[str],
    valid_from: date,
    reason: str,
    by: Staff,
    at: datetime,
) -> Terms:
    rules.check_address(address, gateways.allowed_networks())
    rules.check_topics(topics)
    rules.check_day(valid_from, today=localdate(at))
    made: Terms = Terms.objects.create(
        institution_id=row.institution_id,
        subscription=row,
        address=address,
        topics=sorted(set(topics)),
        valid_from=valid_from,
        reason=clean_text(reason, 200, field="reason"),
        proposed_by=by,
        proposed_at=at,
    )
    return made


def _waiting(terms_id: int, by: Staff) -> Terms:
    rows = Terms.objects.select_for_update(of=("self",))
    rows = rows.select_related("subscription", "proposed_by")
    terms: Terms | None = rows.filter(id=terms_id).first()
    if terms is None:
        raise rules.NotInSight
    if terms.state != rules.WAITING:
        raise rules.TermsDecided
    if terms.proposed_by.person == by.person:
        raise rules.TermsOfSamePerson
    return terms


def _make_secret(row: Subscription, by: Staff, at: datetime) -> str:
    secret = lots.token_bytes(rules.SECRET_BYTES)
    Secret.objects.create(
        institution_id=row.institution_id,
        subscription=row,
        sealed=sealing.seal(secret, about=_about(row.pk)),
        made_by=by,
        made_at=at,
    )
    return rules.shown_secret(secret)


def _about(subscription_id: int) -> str:
    return f"hooks.subscription:{subscription_id}"


def _enqueue(
    delivery_id: int, *, rounds: int, tries: int, run_after: datetime | None = None, again: str = ""
) -> None:
    worklist.enqueue_job(
        kind=SEND,
        args={"delivery_id": delivery_id, "rounds": rounds, "tries": tries},
        dedup_key=f"hooks:{delivery_id}:{rounds}:{tries}{again}",
        run_after=run_after,
    )


def _told(row: Subscription, step: str, actor: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=row.institution_id,
        actor=actor,
        action=f"hooks.{step}",
        subject=row.subject,
        at=at,
        detail=detail,
    )
