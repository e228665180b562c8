"""Who holds an account, and which account the bank itself uses for a purpose."""

from __future__ import annotations

from django.db import connection

from foundation.ledger import rules
from foundation.ledger.models import Account
from foundation.ledger.selectors._accounts import payee_name


def holder_name(*, number: str) -> str:
    """Return the name on an account: whole where it is in scope, masked where it is not."""
    own: Account | None = Account.objects.filter(number=number).first()
    return own.name if own is not None else payee_name(number=number).name


def is_held_by(*, number: str, name: str) -> bool:
    """Tell whether the name is the account holder's; refuse an unknown account."""
    payee_name(number=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_is_held_by(%s, %s)", [number, name])
        found: bool = cursor.fetchone()[0]
    return found


def internal_account(*, institution_id: int, subject_code: str, currency: str = rules.CNY) -> str:
    """Return the number of an institution's own account under a subject, such as its cash."""
    own = Account.objects.filter(
        institution_id=institution_id, chart__code=subject_code, currency=currency, kind="internal"
    )
    number: str | None = own.order_by("id").values_list("number", flat=True).first()
    if number is None:
        raise rules.NoSuchAccount(account=subject_code)
    return number
