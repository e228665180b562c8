"""Simulates one branch day: plans it, draws its papers, plays it, writes down what was planted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from foundation.kernel.calendar import local
from foundation.people import services as people
from foundation.people.models import Institution, Staff, StaffRole
from ops_platform.demo import books, papers
from ops_platform.demo.books import Books
from ops_platform.demo.cases import Case, Customer, Hours, Planner, Size
from ops_platform.demo.papers import Paper, Registry
from ops_platform.demo.play import Crew, Day, judge_in_shadow
from ops_platform.demo.seat import Seat

Say = Callable[[str], None]
OPENS, CLOSES = time(9), time(17)
EARLY = timedelta(hours=2)
SHORT_DAY = timedelta(hours=6)
EVERY, NOW_AND_THEN = 40, 10


@dataclass(frozen=True)
class Stage:
    """Where the days are played: the customers with their accounts, and who works."""

    customers: Sequence[Customer]
    books: Books
    crew: Crew
    outlets: dict[str, str]
    seed: int
    say: Say

    @property
    def registry(self) -> Registry:
        """Return what papers need to know of customers and outlets."""
        return Registry(self.customers, self.books.accounts, self.outlets)


def hours_of(on: date, *, until: datetime) -> Hours:
    """Return when the day's customers come: nine to five, or up to the moment.

    A demo that is started before business, or in its first hours, would show an empty house;
    then the day is moved to the six hours before the moment, within the same date.
    """
    now = local(until)
    opens = datetime.combine(on, OPENS, now.tzinfo)
    closes = min(datetime.combine(on, CLOSES, now.tzinfo), now)
    if closes - opens < EARLY:
        midnight = datetime.combine(on, time(0, 0, 30), now.tzinfo)
        return Hours(min(max(midnight, now - SHORT_DAY), now - timedelta(minutes=5)), now)
    return Hours(opens, closes)


def simulate(
    stage: Stage,
    *,
    on: date,
    size: Size,
    hours: Hours,
    plant: bool = True,
    now_and_then: Callable[[datetime], None] = lambda _at: None,
) -> Day:
    """Play one open business day and return it; now and then something else happens besides."""
    with people.acting_as_system(reason="simulate_day"):
        balances = books.balances(books=stage.books)
    planner = Planner(stage.customers, balances, seed=f"{stage.seed}|{on}")
    planned = planner.day(size, hours)
    planned = planner.plant(planned) if plant else planned
    day = Day(
        on=on,
        seed=stage.seed,
        crew=stage.crew,
        books=stage.books,
        registry=stage.registry,
        drawn=_drawn(stage, planned, on),
    )
    seat = Seat(day, hours, waiting=size.waiting > 0)
    for done, case in enumerate(planned, start=1):
        seat.until(case.at)
        if done % NOW_AND_THEN == 0:
            now_and_then(case.at)
        day.play(case)
        if done % EVERY == 0 or done == len(planned):
            stage.say(f"{on}: {done}/{len(planned)} transactions")
    seat.until(hours.closes)
    judge_in_shadow(at=hours.closes)
    return day


def crew_of(*, outlets: Sequence[str]) -> Crew:
    """Return who works at the outlets and in the centres, as the roles say."""
    held = StaffRole.objects.filter(valid_until=None).select_related("staff__institution")
    by_role: dict[str, list[Staff]] = {}
    for row in held.order_by("staff__number"):
        by_role.setdefault(row.role, []).append(row.staff)
    tellers: dict[str, list[Staff]] = {outlet: [] for outlet in outlets}
    for teller in by_role.get("teller", []):
        if teller.institution.number in tellers:
            tellers[teller.institution.number].append(teller)
    authorizers, leads, secadmins, auditors = (
        by_role.get(role, []) for role in ("authorizer", "auth_lead", "secadmin", "auditor")
    )
    # Who is in the shadow decides nothing alone.
    authorizers = [one for one in authorizers if one.grade]
    return Crew(tellers, authorizers, leads, secadmins, auditors)


def names_of(places: dict[str, Institution]) -> dict[str, str]:
    """Return the names of the outlets by number."""
    return {number: place.name for number, place in places.items() if place.kind == "outlet"}


def _drawn(stage: Stage, planned: Sequence[Case], on: date) -> dict[int, list[Paper]]:
    """Draw every paper of the day at once, so that the processors share the work."""
    wanted = {
        case.serial: papers.sheets(case, registry=stage.registry, on=on, seed=stage.seed)
        for case in planned
    }
    drawn = iter(papers.draw([sheet for sheets in wanted.values() for sheet in sheets]))
    found = {serial: [next(drawn) for _ in sheets] for serial, sheets in wanted.items()}
    stage.say(f"{on}: {sum(map(len, found.values()))} papers drawn")
    return found
