"""Taking in the journal of a foreign core."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from foundation.ledger import rules
from foundation.ledger.rules import ForeignLine, RowError
from foundation.trail import services as trail

_WHY = {
    "institution": ("institution", rules.UNKNOWN_INSTITUTION),
    "taken": ("journal_no", rules.TAKEN),
    "archived": ("business_date", rules.LEFT),
}


@dataclass(frozen=True)
class ImportReport:
    """What is in a file: how many rows would be taken in, of which days, or what is wrong."""

    rows: int
    days: Sequence[date]
    total_fen: int
    errors: Sequence[RowError]


def check_import(*, data: bytes) -> ImportReport:
    """Look at a file as `import_journal` would, and write nothing; refuse what is no journal."""
    lines, errors = rules.read_journal(data, zone=timezone.get_default_timezone())
    if not errors:
        errors = _import(lines, dry=True)
    days = sorted({line.business_date for line in lines})
    return ImportReport(len(lines), days, sum(line.amount_fen for line in lines), errors)


@transaction.atomic
def import_journal(
    *, data: bytes, name: str, institution_id: int, at: datetime, by: str
) -> ImportReport:
    """Take in every row of a file, or refuse it as a whole; a second time every number is taken.

    The trail keeps name and hash of the file with the institution of the person.
    """
    lines, errors = rules.read_journal(data, zone=timezone.get_default_timezone())
    errors = errors or _import(lines, dry=False)
    if errors:
        raise rules.RowsWrong(count=len(errors), line=errors[0].line)
    digest = hashlib.sha256(data).hexdigest()
    trail.record(
        institution_id=institution_id,
        actor=by,
        action="ledger.import_journal",
        subject=f"ledger.import:{digest[:16]}",
        at=at,
        detail={"file": name[:120], "sha256": digest, "rows": len(lines)},
    )
    days = sorted({line.business_date for line in lines})
    return ImportReport(len(lines), days, sum(line.amount_fen for line in lines), ())


def _import(lines: Sequence[ForeignLine], *, dry: bool) -> Sequence[RowError]:
    rows = json.dumps([asdict(line) for line in lines], default=str)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT line, reason FROM ledger_import_journal(%s, %s)", [rows, dry])
            found = cursor.fetchall()
    except IntegrityError:
        # Another import or posting took a number between the look and the writing.
        return [RowError(lines[0].line, "journal_no", rules.TAKEN)]
    return [RowError(line, *_WHY[reason]) for line, reason in found]
