"""`python -m ops_platform.bench.ledger._ours DATABASE SECONDS CLIENTS random|hot`: our service."""

from __future__ import annotations

import sys
from collections.abc import Callable
from random import Random
from uuid import uuid4

import django


def main(database: str, seconds: str, clients: str, kind: str) -> None:
    """Print how many entries the service posted, each in a transaction of its teller."""
    django.setup()
    from django.db import connections

    from ops_platform.bench.ledger import _crowd

    # The connection is opened in each process, not before.
    connections["default"].settings_dict["NAME"] = database
    done = _crowd.count(
        clients=int(clients),
        seconds=int(seconds),
        begin=lambda place: _teller(place, hot=kind == "hot"),
    )
    _crowd.tell(done)


def _teller(place: int, *, hot: bool) -> Callable[[], None]:
    from django.utils import timezone

    from foundation.ledger import services as ledger
    from foundation.ledger.rules import Leg
    from foundation.people.models import Staff
    from foundation.people.services import acting, acting_as_system
    from ops_platform.bench.ledger._bank import CUSTOMERS, FIRST_NUMBER, HOT

    random = Random(place)
    with acting_as_system(reason="bench"):
        tellers = list(Staff.objects.filter(number__startswith="3").order_by("number"))
    customers = range(FIRST_NUMBER, FIRST_NUMBER + CUSTOMERS)

    def post() -> None:
        teller, at = random.choice(tellers), timezone.now()
        payer, payee = random.sample(customers, 2)
        fen = random.randint(1, 500)
        with acting(staff=teller):
            ledger.post(
                key=str(uuid4()),
                institution_id=teller.institution_id,
                legs=[Leg(str(payer), fen), Leg(str(HOT if hot else payee), -fen)],
                trade_code="1101",
                teller=teller.number,
                business_date=timezone.localtime(at).date(),
                at=at,
            )

    return post


if __name__ == "__main__":
    main(*sys.argv[1:])
