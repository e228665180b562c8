"""Which own accounts institutions have, and what was proposed about accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from foundation.ledger import rules
from foundation.ledger.models import Account, AccountRequest, ChartAccount
from foundation.people import selectors as people
from foundation.people.models import Institution
from foundation.people.rules import OUTLET

PLACES_MAX, PROPOSALS_MAX, OF_AN_ACCOUNT = 500, 100, 20


@dataclass(frozen=True)
class OwnAccounts:
    """An institution with the number of its first own account under each subject."""

    institution: Institution
    numbers: Mapping[str, str] = field(default_factory=dict)

    @property
    def till(self) -> str:
        """Return the number of the account of its cash, if it has one."""
        return self.numbers.get(rules.CASH, "")

    @property
    def between(self) -> str:
        """Return the number of its account with the other institutions, if it has one."""
        return self.numbers.get(rules.INTERBRANCH, "")

    @property
    def lacks_till(self) -> bool:
        """Return whether it is an outlet that could take no cash."""
        return self.institution.kind == OUTLET and not self.till


def own_accounts() -> Sequence[OwnAccounts]:
    """Return every institution in scope with its own accounts, in the order of the tree."""
    places = tuple(people.institutions_in_scope()[:PLACES_MAX])
    found: dict[int, dict[str, str]] = {}
    codes = _ids_of(rules.CASH, rules.INTERBRANCH)
    rows = Account.objects.filter(institution__in=places, chart_id__in=codes)
    rows = rows.exclude(state=rules.CLOSED)
    numbers = rows.order_by("-id").values_list("institution_id", "chart_id", "number")
    for place, chart, number in numbers:
        found.setdefault(place, {})[codes[chart]] = number
    return tuple(OwnAccounts(place, found.get(place.pk, {})) for place in places)


def without_till(*, places: Sequence[Institution]) -> Collection[int]:
    """Return the outlets among institutions that have no till."""
    outlets = {place.pk for place in places if place.kind == OUTLET}
    tills = Account.objects.filter(institution__in=outlets, chart_id__in=_ids_of(rules.CASH))
    return outlets - set(tills.exclude(state=rules.CLOSED).values_list("institution_id", flat=True))


def opening_requests() -> Sequence[AccountRequest]:
    """Return the latest proposals of own accounts in scope, what waits before what is decided."""
    rows = AccountRequest.objects.filter(step=rules.OPEN_ACCOUNT)
    rows = rows.select_related("institution", "chart").order_by("-id")
    waits = tuple(rows.filter(approved=None)[:PROPOSALS_MAX])
    return (*waits, *rows.exclude(approved=None)[:PROPOSALS_MAX])


def account_requests(*, number: str) -> Sequence[AccountRequest]:
    """Return the latest proposals about the state of an account, newest first."""
    rows = AccountRequest.objects.filter(number=number).exclude(step=rules.OPEN_ACCOUNT)
    return tuple(rows.order_by("-id")[:OF_AN_ACCOUNT])


def _ids_of(*codes: str) -> Mapping[int, str]:
    """Return the codes by id: that few accounts are in a subject is known of its id alone."""
    return dict(ChartAccount.objects.filter(code__in=codes).values_list("id", "code"))
