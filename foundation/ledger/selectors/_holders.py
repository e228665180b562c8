"""Who holds an account, and which account the bank itself uses for a purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from foundation.ledger import rules
from foundation.ledger.models import Account
from foundation.ledger.selectors._accounts import payee_name

# In force but with amounts held it stands as `held`, as of its holder.
_STANDINGS = """
SELECT a.number, CASE WHEN a.state = 'active' AND a.held_fen > 0 THEN 'held' ELSE a.state END,
    ledger_balance(a.id) - a.held_fen
FROM ledger_account a WHERE a.number = ANY (%s)
"""


@dataclass(frozen=True)
class Holder:
    """Who pays: a name, the account's state, and where in sight the account is kept."""

    name: str
    state: str
    institution_id: int | None = None
    works_here: bool = False
    customer_number: str = ""


@dataclass(frozen=True)
class Standing:
    """The state of an account, and what may be paid out of it where it is in sight."""

    state: str
    available_fen: int | None = None


def holder(*, number: str) -> Holder:
    """Return the holder of an account: whole where it is in scope, masked where it is not.

    An account in force of which amounts are held is in the state `held`. Whether somebody of the
    bank holds it is known of accounts in scope alone.
    """
    own: Account | None = Account.objects.filter(number=number).first()
    if own is None:
        seen = payee_name(number=number)
        return Holder(name=seen.name, state=seen.state)
    held = own.state == rules.ACTIVE and own.held_fen > 0
    return Holder(
        name=own.name,
        state="held" if held else own.state,
        institution_id=own.institution_id,
        works_here=own.holder_person is not None,
        customer_number=own.customer_number,
    )


def standings(*, numbers: Sequence[str]) -> Mapping[str, Standing]:
    """Return how accounts stand now, by their numbers; refuse an unknown one.

    Of an account out of sight only the state is told.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, [list(numbers)])
        found = {number: Standing(state, fen) for number, state, fen in cursor.fetchall()}
    for number in numbers:
        if number not in found:
            found[number] = Standing(payee_name(number=number).state)
    return found


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
    ).exclude(state=rules.CLOSED)
    number: str | None = own.order_by("id").values_list("number", flat=True).first()
    if number is None:
        raise rules.NoOwnAccount(subject=subject_code)
    return number
