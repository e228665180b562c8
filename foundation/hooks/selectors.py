"""What is known of subscriptions, their terms and what was told to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from foundation.hooks import rules
from foundation.hooks.models import Delivery, Secret, Subscription, Terms
from foundation.policy import selectors as policy

PAGE = 50
COUNTED_MOST = 1000
# Waiting beyond its moment for so long, a delivery has lost its job.
FORGOTTEN = timedelta(minutes=10)
_NUMBERS = ("hooks.tries_most", "hooks.timeout_seconds")


@dataclass(frozen=True)
class Numbers:
    """How often and how long is tried."""

    tries_most: int
    timeout_seconds: int


def numbers(*, on: date) -> Numbers:
    """Return how often and how long is tried; refuse while nobody has said so."""
    tries_most, timeout_seconds = (policy.whole(code=code, on=on) for code in _NUMBERS)
    return Numbers(tries_most=tries_most, timeout_seconds=timeout_seconds)


def numbers_set(*, on: date) -> bool:
    """Return whether the bank has said how often and how long is tried."""
    return len(policy.bank_wholes(codes=_NUMBERS, on=on)) == len(_NUMBERS)


@dataclass(frozen=True)
class Listed:
    """A subscription with the terms in force, and how many proposals wait."""

    row: Subscription
    present: Terms | None
    waiting: int

    @property
    def hears(self) -> bool:
        """Return whether events are told to it now."""
        return self.present is not None


def subscriptions(*, on: date) -> Sequence[Listed]:
    """Return the subscriptions of the institutions in scope, each with its terms in force."""
    rows = list(Subscription.objects.select_related("institution").order_by("name", "id"))
    terms: dict[int, list[Terms]] = {}
    for one in _terms().filter(subscription__in=rows):
        terms.setdefault(one.subscription_id, []).append(one)
    return tuple(
        Listed(
            row,
            _present(row, terms.get(row.pk, []), on),
            sum(one.state == rules.WAITING for one in terms.get(row.pk, [])),
        )
        for row in rows
    )


def subscription(*, subscription_id: int) -> Subscription | None:
    """Return one subscription within the scope, or None."""
    rows = Subscription.objects.select_related("institution", "stopped_by")
    found: Subscription | None = rows.filter(id=subscription_id).first()
    return found


def locked(*, subscription_id: int) -> Subscription:
    """Return a subscription, locked until the transaction ends; refuse one out of sight."""
    rows = Subscription.objects.select_for_update(of=("self",)).filter(id=subscription_id)
    found: Subscription | None = rows.first()
    if found is None:
        raise rules.NotInSight
    return found


def terms_of(*, row: Subscription) -> Sequence[Terms]:
    """Return every terms that a subscription has had, has and may have, the latest first."""
    return tuple(_terms().filter(subscription=row))


def present(*, row: Subscription, on: date) -> Terms | None:
    """Return the terms in force, or None while it hears nothing."""
    return _present(row, terms_of(row=row), on)


def terms_in_sight(*, terms_id: int) -> Terms | None:
    """Return one terms within the scope, or None."""
    return _terms().filter(id=terms_id).first()


def secrets(*, row: Subscription, at: datetime) -> Sequence[Secret]:
    """Return the secrets that calls are signed with now, the present one first."""
    rows = Secret.objects.filter(Q(until=None) | Q(until__gt=at), subscription=row)
    return tuple(rows.select_related("made_by").order_by(F("until").desc(nulls_first=True), "-id"))


@dataclass(frozen=True)
class ListPage:
    """A page of deliveries, the newest first, and where the next begins."""

    rows: Sequence[Delivery]
    next_before: int | None


def deliveries(*, row: Subscription, state: str = "", before: int | None = None) -> ListPage:
    """Return what was or is to be told to a subscription, in one state or in all."""
    rows = Delivery.objects.filter(subscription=row)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows.order_by("-id")[: PAGE + 1])
    more = len(found) > PAGE
    return ListPage(tuple(found[:PAGE]), found[PAGE - 1].pk if more else None)


def delivery_counts(*, row: Subscription) -> Mapping[str, int]:
    """Return how many deliveries of a subscription are in each state."""
    rows = Delivery.objects.filter(subscription=row).values("state").order_by("state")
    found = dict(rows.annotate(n=Count("*")).values_list("state", "n"))
    return {state: found.get(state, 0) for state in rules.DELIVERY_FLOW.states}


def delivery(*, delivery_id: int) -> Delivery | None:
    """Return one delivery within the scope, or None."""
    rows = Delivery.objects.select_related("subscription", "institution")
    found: Delivery | None = rows.filter(id=delivery_id).first()
    return found


def delivery_locked(*, delivery_id: int) -> Delivery:
    """Return a delivery, locked until the transaction ends; refuse one out of sight."""
    rows = Delivery.objects.select_for_update(of=("self",)).filter(id=delivery_id)
    found: Delivery | None = rows.select_related("subscription").first()
    if found is None:
        raise rules.NotInSight
    return found


def forgotten(*, at: datetime) -> Sequence[Delivery]:
    """Return deliveries that should have been tried long ago."""
    rows = Delivery.objects.filter(state=rules.WAITING, next_at__lt=at - FORGOTTEN)
    return tuple(rows.order_by("next_at", "id")[:COUNTED_MOST])


def names_by_id(*, ids: Collection[int]) -> Mapping[int, str]:
    """Return what the subscriptions of these ids within the scope are called."""
    return dict(Subscription.objects.filter(id__in=ids).values_list("id", "name"))


def _terms() -> QuerySet[Terms]:
    rows: QuerySet[Terms] = Terms.objects.select_related(
        "proposed_by", "approved_by", "declined_by", "subscription__institution"
    )
    return rows.order_by("-valid_from", "-id")


def _present(row: Subscription, terms: Sequence[Terms], on: date) -> Terms | None:
    begun = (one for one in terms if one.approved_at and one.valid_from <= on)
    latest = next(begun, None)
    if latest and latest.approved_at and row.stopped_at and latest.approved_at <= row.stopped_at:
        return None
    return latest
