"""What the shell shows besides the page: places, waiting counts, search, notices, business date.

The assembly fills it in once at the start: what stands above the shell is never imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from foundation.people.models import Staff
from foundation.people.roles import Permission


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page that the menu leads to, for those who hold its permission.

    One that `lands` is where the day of such a person begins.
    """

    title: str
    url_name: str
    permission: Permission
    icon: str = "chevron-right"
    lands: bool = False

    @property
    def address(self) -> str:
        """Return where the page is; nothing while it is not built."""
        try:
            return reverse(self.url_name)
        except NoReverseMatch:
            return ""


@dataclass(frozen=True, kw_only=True)
class Centre:
    """An entry of the top bar, with its pages; the first that a person may open is its landing."""

    key: str
    title: str
    icon: str
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """One answer of the search: what it is, and where it opens."""

    title: str
    address: str
    kind: str = ""
    icon: str = "search"


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something that a person should know, with the page that shows it.

    What `acts` is told by an address that is posted to: to come there does something already.
    """

    text: str
    address: str
    at: datetime
    urgent: bool = False
    acts: bool = False


# What waits in a centre is counted no farther than one more than this: then it is told as 99+.
MOST = 99
Count = Callable[[Staff], int]
Finder = Callable[[Staff, str], Iterable[Found]]
Notices = Callable[[Staff], Iterable[Notice]]
Day = Callable[[int], date | None]

_centres: list[Centre] = []
_counts: dict[str, list[tuple[Permission, Count]]] = {}
_finders: list[tuple[Permission, Finder]] = []
_notices: list[tuple[Permission, Notices]] = []
_days: list[Day] = []


def show(*centres: Centre) -> None:
    """Put the centres into the top bar, in this order; one shown again takes the older's place."""
    for centre in centres:
        _centres[:] = [shown for shown in _centres if shown.key != centre.key]
        _centres.append(centre)


def forget(key: str) -> None:
    """Take a centre out of the top bar again."""
    _centres[:] = [shown for shown in _centres if shown.key != key]
    _counts.pop(key, None)


def count(key: str, *, permission: Permission, source: Count) -> None:
    """Show on the centre's entry how many items wait, to those who hold the permission.

    Who holds several is shown what was named first: what one can do oneself before what one sees.
    """
    _counts.setdefault(key, []).append((permission, source))


def find_with(finder: Finder, *, permission: Permission) -> None:
    """Let the search ask the finder too, for those who hold the permission."""
    _finders.append((permission, finder))


def notices_from(source: Notices, *, permission: Permission) -> None:
    """Show the notices of the source under the bell, to those who hold the permission."""
    _notices.append((permission, source))


def business_date_from(source: Day) -> None:
    """Take the business date of an institution from the source: the open day, or none."""
    _days[:] = [source]


def centres(held: frozenset[Permission]) -> list[tuple[Centre, list[Place]]]:
    """Return the centres that a person has a page of, each with those pages."""
    open_to = [(centre, places(centre, held)) for centre in _centres]
    return [(centre, pages) for centre, pages in open_to if pages]


def places(centre: Centre, held: frozenset[Permission]) -> list[Place]:
    """Return the pages of a centre that are built and that the person may open."""
    return [place for place in centre.places if place.permission in held and place.address]


def landing(held: frozenset[Permission]) -> str:
    """Return the page on which the person's work is: the first in the menu that is one."""
    own = (place for _centre, pages in centres(held) for place in pages if place.lands)
    return next((place.address for place in own), "")


def every_place() -> Sequence[tuple[Centre, Place]]:
    """Return all pages of the menu, for the tests of it."""
    return [(centre, place) for centre in _centres for place in centre.places]


def waiting(key: str, staff: Staff, held: frozenset[Permission]) -> int:
    """Return how many items wait in a centre, as far as the person may know."""
    own = (source for permission, source in _counts.get(key, ()) if permission in held)
    source = next(own, None)
    return source(staff) if source else 0


def found(staff: Staff, held: frozenset[Permission], text: str) -> list[Found]:
    """Return what the finders know for the text, in the order in which they were added."""
    return [
        answer
        for permission, finder in _finders
        if permission in held
        for answer in finder(staff, text)
    ]


def pages_named(held: frozenset[Permission]) -> list[Found]:
    """Return the pages a person may open, with their names as the person reads them."""
    return [
        Found(
            title=gettext(place.title),
            address=place.address,
            kind=gettext(centre.title),
            icon=place.icon,
        )
        for centre, pages in centres(held)
        for place in pages
    ]


def notices(staff: Staff, held: frozenset[Permission]) -> list[Notice]:
    """Return the notices for a person, the latest first."""
    together = [
        notice for permission, source in _notices if permission in held for notice in source(staff)
    ]
    return sorted(together, key=lambda notice: notice.at, reverse=True)


def business_date(staff: Staff, today: date) -> date:
    """Return a person's business date, which is the calendar's where no ledger tells another."""
    return open_day(staff.institution_id) or today


def open_day(institution_id: int) -> date | None:
    """Return the day that is open at an institution of the scope, or None."""
    return _days[0](institution_id) if _days else None
