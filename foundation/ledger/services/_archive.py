"""Taking months that are closed for good off the books."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from foundation.kernel.errors import Refused
from foundation.ledger import rules, selectors
from foundation.ledger.models import ArchivedMonth
from foundation.people import selectors as people
from foundation.policy import selectors as policy
from foundation.trail import services as trail

KEPT = "ledger.kept_months"


@transaction.atomic
def archive_month(*, month: date, at: datetime, by: str) -> ArchivedMonth:
    """Take the earliest month off the books; needs a scope over every institution.

    What its postings came to is carried, its tables stand aside under the guards against change,
    and the trail tells of it. Refused for any other month, and while a day of it may still be
    opened again. It is counted while others post; a lock that is not free within two seconds after
    that is given up (`OperationalError`), so that nobody who posts waits for it.
    """
    rules.check_archivable(
        month=month, earliest=min(selectors.months(), default=None), closed=selectors.closed_until()
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_archive_month(%s, %s, %s)", [month, at, by])
    archived = ArchivedMonth.objects.get(month=month)
    trail.record(
        institution_id=people.root_id(),
        actor=by,
        action="ledger.archive_month",
        subject=f"ledger.month:{month:%Y-%m}",
        at=at,
        detail={"lines": archived.lines, "legs": archived.legs, "checksum": archived.checksum},
    )
    return archived


@transaction.atomic
def archive_due(*, on: date, at: datetime, by: str) -> int:
    """Archive the earliest month if it is older than the months to be kept; return how many were.

    One a night, so that a night's work stays bounded. Where `ledger.kept_months` is not set for the
    head office, every month is kept.
    """
    earliest = min(selectors.months(), default=None)
    try:
        kept = policy.whole(code=KEPT, on=on, institution_id=people.root_id())
        if earliest is None or rules.months_from(earliest, kept + 1)[-1] > on.replace(day=1):
            return 0
        archive_month(month=earliest, at=at, by=by)
    except Refused:
        return 0
    return 1
