"""Asking the lists in force about a name, and what was found among the customers.

`screen` is what other rooms ask, by the wiring of the assembly: its answer names no customer, and
the index of the lists in force is kept in memory until another version is in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count

from authorization.rules import screening as at_desk
from foundation.kernel import numbering
from foundation.ledger import selectors as ledger
from foundation.people import selectors as people
from foundation.policy import selectors as policy
from monitoring.models import ScreeningHit, WatchList, WatchName
from monitoring.rules import screening as rules
from monitoring.rules import words
from monitoring.selectors.aml import PAGE, Listing


@dataclass(frozen=True)
class Customer:
    """A customer as screened: the number, the name, and the proof of identity where it is known."""

    number: str
    name: str
    id_no: str

    @property
    def print(self) -> str:
        """Return what changes when the customer does."""
        return rules.fingerprint(words.normalised(self.name), self.id_no)

    @property
    def born(self) -> date | None:
        """Return the birth date that a resident's number says, if it is one."""
        return _born(self.id_no)


def screen(
    *, name: str, id_no: str = "", on: date, birth_date: date | None = None
) -> Sequence[rules.Found]:
    """Return the entries of the lists in force that a name or a number is like, the best first.

    Of nobody's scope: lists are of the whole bank. How like is a business number of the day.
    """
    least = policy.whole(code=rules.LEAST, on=on)
    names = _index(_in_force())
    born_on = birth_date or _born(id_no)
    return rules.screen(names, name=name, least=least, id_no=id_no, born=born_on)


def at_counter(*, parties: Sequence[at_desk.Party], branch_id: int, on: date) -> at_desk.Screened:
    """Return what the lists in force say of who an item names, for the room that asks.

    What two confirmed as another one is no hit, as long as entry and customer stay the same.
    """
    in_force = WatchList.objects.filter(state=rules.ACTIVE).order_by("code")
    lists = tuple(str(one) for one in in_force)
    if not lists:
        return at_desk.Screened(at_desk.UNAVAILABLE)
    hits: list[at_desk.Hit] = []
    for party in parties:
        hits += _hits_of(party, branch_id, on)
    ranked = tuple(sorted(hits, key=lambda one: -one.score))
    return at_desk.Screened(at_desk.POSSIBLE if ranked else at_desk.CLEAR, lists, ranked)


def _hits_of(party: at_desk.Party, branch_id: int, on: date) -> Iterator[at_desk.Hit]:
    found = screen(name=party.name, id_no=party.id_number, on=on)
    if not found:
        return
    customer = customer_of(party=party)
    names = names_by_id(ids=[one.entry.key for one in found])
    false = known_false(branch_id=branch_id, customer=customer)
    for one in found:
        name = names[one.entry.key]
        if entry_key(name=name) not in false:
            yield at_desk.Hit(
                party.role, customer.number, str(name.watch_list), name.entry, one.score,
                tuple(rules.reasons(one)),
            )  # fmt: skip


def customer_of(*, party: at_desk.Party) -> Customer:
    """Return a party of an item as the screening of customers knows it."""
    return Customer(party.id_number or party.account, party.name, party.id_number)


def entry_key(*, name: WatchName) -> tuple[str, str, str]:
    """Return the list, the entry, and what changes when the entry does."""
    parts = (name.entry, name.name, name.id_number, name.birth_date or "")
    return name.watch_list.code, name.entry, rules.fingerprint(*parts)


def _born(number: str) -> date | None:
    """Return the birth date in a resident's number, or None where it is no such number."""
    return numbering.birth_date(number) if len(number) == 18 and number[:17].isdigit() else None


def _in_force() -> tuple[tuple[int, str], ...]:
    rows = WatchList.objects.filter(state=rules.ACTIVE).order_by("id")
    return tuple(rows.values_list("id", "sha256"))


@lru_cache(maxsize=2)
def _index(lists: tuple[tuple[int, str], ...]) -> rules.Index:
    """Return the index of these versions; their names never change, so that it stays right.

    The print of the file is in the key, since a database that was restored counts on from before.
    """
    rows = WatchName.objects.filter(watch_list_id__in=[pk for pk, _file in lists]).order_by("id")
    fields = ("id", "entry", "name", "id_number", "birth_date", "remark")
    return rules.index(tuple(rules.Entry(*row) for row in rows.values_list(*fields)))


def names_by_id(*, ids: Sequence[int]) -> Mapping[int, WatchName]:
    """Return names of lists with their lists, by id."""
    rows = WatchName.objects.select_related("watch_list").filter(id__in=ids)
    return {row.pk: row for row in rows}


def customers(*, branch_id: int, since: date | None = None) -> Iterator[Customer]:
    """Return each customer of a branch once, with the name of the first account, in steps.

    With `since` only those who opened an account from that day on.
    """
    below, after = people.institutions_below(ids=[branch_id]), ""
    known: set[str] = set()
    while some := ledger.customer_accounts(places=below, after=after, since=since):
        for account, number, name in some:
            if (number or account) not in known:
                known.add(number or account)
                yield Customer(number or account, name, number)
        after = some[-1].account


def known_false(*, branch_id: int, customer: Customer) -> set[tuple[str, str, str]]:
    """Return list, entry and its print of what was confirmed as another one, unchanged since."""
    rows = ScreeningHit.objects.filter(
        institution_id=branch_id,
        customer=customer.number,
        customer_print=customer.print,
        state=rules.DISMISSED,
    )
    return set(rows.values_list("watch_list__code", "entry", "entry_print"))


def lists(*, of: int | None = None) -> Sequence[WatchList]:
    """Return the versions of all lists, the latest first, a page at most, or one of them."""
    rows = WatchList.objects.select_related("imported_by", "decided_by").order_by("-id")
    rows = rows if of is None else rows.filter(id=of)
    return tuple(rows[:PAGE])


def watch_list(*, list_id: int, lock: bool = False) -> WatchList:
    """Return a version of a list, locked if asked for; refuse one that is not there."""
    rows = WatchList.objects.select_related("imported_by", "decided_by").filter(id=list_id)
    found: WatchList | None = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise rules.NoSuchList(number=list_id)
    return found


def hits(*, state: str = "", before: int | None = None) -> Listing:
    """Return a page of hits in scope, the latest first."""
    rows = ScreeningHit.objects.select_related("watch_list", "watch_name")
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(id__lt=before) if before else rows
    found = tuple(rows.order_by("-id")[: PAGE + 1])
    return Listing(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def hit_counts() -> Mapping[str, int]:
    """Return how many hits in scope are in each state."""
    return dict(ScreeningHit.objects.order_by().values_list("state").annotate(n=Count("*")))


def hit(*, hit_id: int, lock: bool = False) -> ScreeningHit:
    """Return a hit in scope, locked if asked for; refuse another."""
    rows = ScreeningHit.objects.select_related(
        "institution", "watch_list", "watch_name", "judged_by", "confirmed_by"
    ).filter(id=hit_id)
    found: ScreeningHit | None = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise rules.NoSuchHit(number=hit_id)
    return found
