"""What the ledger does by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from foundation.ledger import services


def close_one(*, run_id: int) -> Callable[[], object]:
    """Close one institution's day up to its seal."""
    return partial(services.close_one, run_id=run_id, at=timezone.now())


def follow_person(*, former: str, person: str) -> Callable[[], object]:
    """Let the accounts of a human whose numbers joined another's be that human's."""
    return partial(services.follow_person, former=UUID(former), person=UUID(person))


def ask_openings() -> Callable[[], object]:
    """Ask for the business days that are due to be opened."""
    return partial(services.ask_openings, at=timezone.now())


def open_one(*, institution_id: int, business_date: str) -> Callable[[], object]:
    """Open one institution's business day."""
    on = date.fromisoformat(business_date)
    return partial(services.open_one, institution_id=institution_id, on=on, at=timezone.now())


def make_export(*, export_id: int) -> Callable[[], object]:
    """Make a long file part by part, each in a transaction of its own."""
    while services.make_part(export_id=export_id, at=timezone.now()):
        pass
    return partial(services.finish_export, export_id=export_id, at=timezone.now())


def purge_exports() -> Callable[[], object]:
    """Forget long files that have expired."""
    return partial(services.purge_exports, at=timezone.now())


def drop_anchor() -> Callable[[], object]:
    """Copy the heads of the chains of day seals to the file outside the database."""
    return partial(services.drop_anchor, at=timezone.now())


def close_dates(**_day: Any) -> Callable[[], object]:
    """Close for the whole bank what every institution has closed; of whatever day it was rung."""
    return services.close_dates


def make_months() -> Callable[[], object]:
    """Make the tables of the coming months before anybody posts into them."""
    return partial(services.make_months, on=timezone.localdate())


def archive_due() -> Callable[[], object]:
    """Take the earliest month off the books, if it is older than what is kept."""
    now = timezone.now()
    return partial(services.archive_due, on=timezone.localdate(), at=now, by="system")


def expire_holds() -> Callable[[], object]:
    """Release what is held no more from today on."""
    return partial(services.expire_holds, on=timezone.localdate(), at=timezone.now())
