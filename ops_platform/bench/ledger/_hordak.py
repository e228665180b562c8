"""`python -m ops_platform.bench.ledger._hordak DSN SECONDS CLIENTS random|hot|balance|prepare`.

The peer in Python: django-hordak's own transfer, in a process and a database of its own. It has no
key, no overdraft, no business day and no journal; with `balance` it locks the payer and asks for
its balance first, as a bank has to.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import django
from django.conf import settings
from psycopg2.extensions import parse_dsn

ACCOUNTS = 10_000


def main(dsn: str, seconds: str, clients: str, kind: str) -> None:
    """Print how many transfers were made."""
    parts = parse_dsn(dsn)
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts["dbname"],
                "USER": parts["user"],
                "PASSWORD": parts.get("password", ""),
                "HOST": parts["host"],
                "PORT": parts["port"],
                "CONN_MAX_AGE": None,
            }
        },
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "mptt",
            "djmoney",
            "hordak",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_CURRENCY="CNY",
        CURRENCIES=["CNY"],
        HORDAK_CURRENCIES=["CNY"],
        HORDAK_INTERNAL_CURRENCY="CNY",
        USE_TZ=True,
    )
    django.setup()
    if kind == "prepare":
        prepare()
        return
    from ops_platform.bench.ledger import _crowd

    done = _crowd.count(
        clients=int(clients), seconds=int(seconds), begin=lambda place: _transfers(place, kind)
    )
    _crowd.tell(done)


def prepare() -> None:
    """Make its tables and as many accounts as ours."""
    from django.core.management import call_command
    from django.db import connection
    from hordak.models import Account

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        # Its trigger walks the whole tree for every account that is added.
        cursor.execute("ALTER TABLE hordak_account DISABLE TRIGGER USER")
        Account.objects.bulk_create(
            Account(name=str(n), type="LI", lft=1, rght=2, tree_id=n, level=0, currencies=["CNY"])
            for n in range(1, ACCOUNTS + 1)
        )
        cursor.execute("ALTER TABLE hordak_account ENABLE TRIGGER USER")


def _transfers(place: int, kind: str) -> Callable[[], None]:
    from django.db import connection, transaction
    from djmoney.money import Money
    from hordak.models import Account

    random = Random(place)
    accounts: list[Any] = list(Account.objects.filter(type="LI").order_by("id"))
    hot = accounts.pop()

    def transfer() -> None:
        payer, payee = random.sample(accounts, 2)
        amount = Money(Decimal(random.randint(1, 500)) / 100, "CNY")
        with transaction.atomic():
            if kind == "balance":
                Account.objects.select_for_update(of=("self",)).get(pk=payer.pk)
                payer.get_balance()
            # It credits the one and debits the other.
            (hot if kind == "hot" else payee).transfer_to(payer, amount)

    connection.ensure_connection()
    return transfer


if __name__ == "__main__":
    main(*sys.argv[1:])
