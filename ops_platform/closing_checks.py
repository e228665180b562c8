"""What may stand in the way of closing an institution for good, asked of every room."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from django.utils.translation import gettext_noop as _

from foundation.ledger import rules as ledger
from foundation.ledger.models import Account, BusinessDay
from foundation.ledger.rules import Found
from foundation.people.rules import ClosingCheck, add_closing_check
from ops_platform import day_checks

EVER = date.max


def accounts(institution_id: int) -> int:
    """Count the institution's accounts that are not closed."""
    rows = Account.objects.filter(institution_id=institution_id)
    return rows.exclude(state=ledger.CLOSED).count()


def days(institution_id: int) -> int:
    """Count the institution's business days that are not closed."""
    rows = BusinessDay.objects.filter(institution_id=institution_id)
    return rows.exclude(state=ledger.DAY_CLOSED).count()


def _ever(find: Callable[[int, date], Found], institution_id: int) -> int:
    """Return what a question about a day finds of any day."""
    return find(institution_id, EVER).count


def connect() -> None:
    """Have every room asked before an institution is closed."""
    for check in (
        ClosingCheck("accounts", _("Accounts not closed"), accounts),
        ClosingCheck("days", _("Business days not closed"), days),
        *(
            ClosingCheck(code, title, partial(_ever, find))
            for code, title, find in (
                ("items", _("Items of the institution in a queue"), day_checks.open_items),
                ("slips", _("Offline slips keyed and not entered"), day_checks.slips),
                ("unposted", _("Counter transactions not posted"), day_checks.unposted),
                ("jobs", _("Jobs of the institution not done"), day_checks.jobs),
                ("unseen", _("Decisions of the outlet not seen again"), day_checks.unseen),
                ("vouchers", _("Vouchers and journal lines not settled"), day_checks.unmatched),
            )
        ),
    ):
        add_closing_check(check)
