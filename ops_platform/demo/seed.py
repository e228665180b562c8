"""Fills an empty database with the demo bank: house, books, the business day before, and today."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext, override

from authorization import services as authorization
from authorization.gateways import standard_rules, standard_tier
from authorization.rules import Band
from authorization.services import admission, tier
from foundation.kernel.calendar import SHANGHAI, local
from foundation.ledger import selectors as ledger
from foundation.people import services as people
from foundation.people.models import Institution, Password, Post, Staff
from foundation.people.roles import ROLES
from foundation.policy import selectors as policy_rows
from foundation.policy import services as policy
from ops_platform.demo import (
    admissions,
    alerts,
    audit,
    blanks,
    books,
    cases,
    days,
    drill,
    glances,
    holidays,
    house,
    laundering,
    layouts,
    looks,
    on_site,
    outage,
    publishing,
    quality,
    rosters,
    scans,
    sign_ins,
    slips,
    taking_back,
    truth,
)
from ops_platform.demo.cases import Hours, Size
from ops_platform.demo.days import Say, Stage
from ops_platform.demo.numbers import POLICIES
from ops_platform.demo.play import Day

HOUSE_AGE = timedelta(days=400)
LEFT_TO_AUDIT = 3
# From today on nobody sits at the desks, and who tries the demo plays teller and authorizer alone.
UNATTENDED = (
    ("authorization.undecided_seconds", "14400", "演示环境席位无人值守"),
    ("authorization.pair_hour_most", "1000", "演示环境一人兼任柜员和授权员"),
)


def seed(
    *, folder: Path, outlet_count: int, today: Size, seed_number: int, now: datetime, say: Say
) -> list[Day]:
    """Seed an empty database and return the days played; sign-ins and truth go to the folder."""
    secret, founded = people.first_password(), local(now).date() - HOUSE_AGE
    with people.acting_as_system(reason="seed_demo"):
        places = open_places(outlet_count)
        staff = enlist(places=places, outlet_count=outlet_count, secret=secret, on=founded, at=now)
        set_policies(staff=staff, on=founded, at=now)
        set_demo_rules(staff=staff, places=places, founded=founded, now=now)
        sign_ins.write(folder / "demo_sign_ins.txt", secret=secret, outlet_count=outlet_count)
        layouts.publish(by=staff["200010"], second=staff["200011"], at=now)
        say(f"{len(places)} institutions, {len(staff)} staff")
        calendar = policy_rows.calendar(on=local(now).date())
        day_before = calendar.previous_business_day(local(now).date())
        rosters.plan(
            places=places, staff=staff, centre=house.AUTHORIZATION_CENTRE, calendar=calendar,
            since=day_before, founded=founded,
        )  # fmt: skip
        opened = now - (local(now).date() - day_before)
        early = local(opened).replace(hour=8, minute=20)
        drill.play(staff=staff, place=places[house.BRANCH_NUMBER], at=early)
        admissions.plan(staff=staff, now=now)
        alerts.plan(staff=staff, on=founded, at=now)
    stage = _stage(places, seed_number, opened=opened, on=day_before, say=say)
    laundering.list_names(at=early)
    before = _play_before(stage, places, size=_with_images(today), on=day_before)
    with people.acting_as_system(reason="seed_demo"):
        books.open_day(places=places, on=local(now).date(), at=now)
    on = local(now).date()
    letting = publishing.Publishing(by=staff["200010"], second=staff["200011"])
    hours = days.hours_of(on, until=now)
    day = days.simulate(stage, on=on, size=today, hours=hours, now_and_then=letting.attempt)
    _look_again(stage, before, at=now)
    say(outage.play(day=day, before=before, staff=staff, places=places, at=local(now)))
    with people.acting_as_system(reason="seed_demo"):
        say(letting.told())
    keyers, auditors = [row for row in staff.values() if row.vendor_id], stage.crew.auditors
    begun = min(datetime.combine(on, time(9, 5), SHANGHAI), now - looks.TAKES)  # not to come yet
    say(looks.play(keyers=keyers, auditors=auditors, at=begun, seed=seed_number))
    alerts.play(auditors=auditors, on=before.on, at=now, say=say)
    told = slips.play(staff=staff, places=places, auditors=auditors, on=day_before, now=now)
    say(f"{told} slips, 2 bulletins; {on_site.play(day=day, at=now)}")
    say(taking_back.play(day=day, at=now))
    scans.play(places=places, staff=staff, on=on, at=now)
    say(f"{blanks.play(staff=staff, outlets=stocked(places), at=now)} entries of blank vouchers")
    shutil.rmtree(folder / "demo", ignore_errors=True)  # of a database that is gone
    for played in (before, day):
        truth.write(folder, on=played.on, seed=seed_number, planted=played.planted)
    return [before, day]


def one_more_day(
    *,
    folder: Path,
    outlet_count: int,
    size: Size,
    seed_number: int,
    hours: Hours,
    say: Say,
) -> Day:
    """Play another day, or more of the open one, on the bank that an earlier seed opened.

    A day that is still open before the wanted one is closed first.
    """
    on = hours.opens.date()
    with people.acting_as_system(reason="simulate_day"):
        admission.watch(at=hours.opens)
        places = {row.number: row for row in Institution.objects.order_by("id")}
        branch = places[house.BRANCH_NUMBER]
        last = ledger.business_date(institution_id=branch.pk)
        if last < on:
            books.close_day(places=places, on=last, at=hours.opens)
            books.open_day(places=places, on=on, at=hours.opens)
        known = [place.number for place in house.outlets(outlet_count) if place.number in places]
        customers = books.known_customers(outlets=known)
        found = books.known_books(customers=customers)
    outlets = {number: places[number].name for number in known}
    stage = Stage(customers, found, days.crew_of(outlets=known), outlets, seed_number, say)
    day = days.simulate(stage, on=on, size=size, hours=hours)
    truth.write(folder, on=on, seed=seed_number, planted=day.planted)
    return day


def _stage(
    places: dict[str, Institution], seed_number: int, *, opened: datetime, on: date, say: Say
) -> Stage:
    """Open the books on their first day and return everything that playing needs."""
    outlets = days.names_of(places)
    customers = cases.customers(list(outlets), seed=seed_number)
    with people.acting_as_system(reason="seed_demo"):
        books.open_day(places=places, on=on, at=opened)
        opened_books = books.open_books(places=places, customers=customers, on=on, at=opened)
    say(f"{len(customers)} accounts opened")
    crew = days.crew_of(outlets=list(outlets))
    return Stage(customers, opened_books, crew, outlets, seed_number, say)


def _play_before(stage: Stage, places: dict[str, Institution], *, size: Size, on: date) -> Day:
    """Play the business day before and close it, then set its vouchers beside the journal."""
    evening = datetime.combine(on, days.CLOSES, SHANGHAI) + timedelta(hours=1)
    day = days.simulate(stage, on=on, size=size, hours=days.hours_of(on, until=evening))
    with people.acting_as_system(reason="seed_demo"):
        books.close_day(places=places, on=on, at=evening)
    audit.pair_day(places=places, on=on, at=evening)
    audited = audit.audit(
        auditors=stage.crew.auditors, leave=LEFT_TO_AUDIT, at=evening, seed=stage.seed
    )
    stage.say(f"{on}: {audited} differences audited, {LEFT_TO_AUDIT} left")
    return day


def _look_again(stage: Stage, day: Day, *, at: datetime) -> None:
    """Let the centre see again what it decided on a day."""
    lead = Staff.objects.get(number=house.LEAD_NUMBER)
    crew = stage.crew
    quality.play(authorizers=crew.authorizers, lead=lead, on=day.on, at=at, seed=stage.seed)
    night = datetime.combine(day.on + timedelta(days=1), time(2, 40), SHANGHAI)
    admissions.play(night=night, at=at, seed=stage.seed)
    laundering.play(on=day.on, at=at)
    stray = glances.play(auditors=crew.auditors, on=day.on)
    stage.say(f"{day.on}: {stray} images opened without an item")


def stocked(places: dict[str, Institution]) -> list[Institution]:
    """Return the outlets that have blank vouchers in the register."""
    return [places[one.number] for one in house.outlets(2)]


def _with_images(size: Size) -> Size:
    """Return the size of the day before: as every voucher of it is there, only those with one."""
    return Size(transactions=size.images + 2, images=size.images)


def open_places(outlet_count: int) -> dict[str, Institution]:
    """Open every institution of the house and return them by number."""
    opened: dict[str, Institution] = {}
    for place in house.places(outlet_count):
        opened[place.number] = people.open_institution(
            number=place.number,
            name=place.name,
            kind=place.kind,
            parent=opened.get(place.parent),
        )
    return opened


def enlist(
    *, places: dict[str, Institution], outlet_count: int, secret: str, on: date, at: datetime
) -> dict[str, Staff]:
    """Enlist the staff with one password, hashed once because the hash is slow on purpose."""
    posts = house.staff(outlet_count)
    companies = sorted({post.vendor for post in posts if post.vendor})
    vendors = {
        name: people.open_vendor(number=f"V{place:03}", name=name)
        for place, name in enumerate(companies, start=1)
    }
    Staff.objects.bulk_create(
        Staff(
            number=post.number,
            name=post.name,
            institution=places[post.place],
            person=post.human,
            grade=post.grade,
            vendor=vendors.get(post.vendor),
            is_demo=True,
            password_changed_at=at,
            opened_at=at,
        )
        for post in posts
    )
    people.enter_identities(numbers={post.human: post.identity for post in posts}, at=at)
    staff = {row.number: row for row in Staff.objects.select_related("institution").order_by("id")}
    Password.objects.keep_hash([row.pk for row in staff.values()], make_password(secret))
    enter_posts(places=places, staff=staff, outlet_count=outlet_count, on=on)
    first, second = (staff[post.number] for post in posts if post.role == "secadmin")
    for post in posts:
        # The two security administrators are the root of trust; they grant all other roles.
        granter = None if post.role == "secadmin" else first
        people.grant_role(
            staff=staff[post.number],
            role=post.role,
            on=on,
            granted_by=granter,
            approved_by=granter and second,
        )
    return staff


def enter_posts(
    *, places: dict[str, Institution], staff: dict[str, Staff], outlet_count: int, on: date
) -> None:
    """Enter what everybody works as; authorizers and auditors were tellers before."""
    outlets = [place.number for place in house.outlets(outlet_count)]
    rows = []
    with override("zh-hans"):
        for turn, person in enumerate(house.staff(outlet_count)):
            who, title = staff[person.number], gettext(ROLES[person.role].name)
            if person.role in {"authorizer", "auditor"}:
                before, teller = outlets[turn % len(outlets)], gettext(ROLES["teller"].name)
                rows.append(
                    Post(
                        staff=who,
                        institution=places[before],
                        title=teller,
                        valid_from=on - timedelta(days=900 - turn),
                        valid_until=on - timedelta(days=1),
                    )
                )
            here = places[person.place]
            rows.append(Post(staff=who, institution=here, title=title, valid_from=on))
    Post.objects.bulk_create(rows)


def set_policies(*, staff: dict[str, Staff], on: date, at: datetime) -> None:
    """Put holidays, business numbers and authorization rules in force: proposed, and approved."""
    holidays.enter(by=staff["200010"], second=staff["200011"], at=at)
    for code, text in POLICIES.items():
        row = policy.propose(
            code=code, value=text, valid_from=on, reason="demo", by=staff["200010"], at=at
        )
        policy.approve(policy_id=row.pk, by=staff["200011"], at=at)
    proposed = authorization.propose_catalogue(
        valid_from=on, reason="demo", by=staff["200010"], at=at
    )
    chosen = [rule.pk for rule in proposed]
    authorization.approve_rules(rule_ids=chosen, by=staff["200011"], at=at)


def set_demo_rules(
    *, staff: dict[str, Staff], places: dict[str, Institution], founded: date, now: datetime
) -> None:
    """Let the branch want two levels and a call for large transfers, and leave the desks time.

    Nobody sits at the desks of a demo that stands open: by the bank's three minutes all that
    waits would be with the leads before anybody has signed in. So today it is four hours.
    """
    proposer, approver = staff["200010"], staff["200011"]
    lines = tier.propose_set(
        lines=standard_tier(), valid_from=founded, reason="影子运行", by=proposer, at=now
    )
    tier.approve_set(set_id=lines.pk, by=approver, at=now)
    shipped = next(rule for rule in standard_rules() if rule.trade_code == cases.TRANSFER)
    large = replace(
        shipped, bands=(Band(cases.LEVELS_FROM_FEN, 3, 2),), call_back_from_fen=cases.CALL_FROM_FEN
    )
    proposed = authorization.propose_rule(
        rule=large,
        valid_from=founded,
        reason="大额转账两级授权并电话核实",
        by=proposer,
        at=now,
        institution=places[house.BRANCH_NUMBER],
    )
    authorization.approve_rules(rule_ids=[proposed.pk], by=approver, at=now)
    on_site.rule(staff=staff, places=places, on=founded, at=now)
    for code, value, reason in UNATTENDED:
        row = policy.propose(
            code=code,
            value=value,
            valid_from=local(now).date(),
            reason=reason,
            by=proposer,
            at=now,
        )
        policy.approve(policy_id=row.pk, by=approver, at=now)
