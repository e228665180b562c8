"""A keyer is given a slice while an auditor settles its pair: neither waits for the other."""

import threading

from django.db import connection

from foundation.people import services as people_services
from monitoring.models import Match, Slice
from monitoring.rules import entry as rules
from monitoring.services import entry as services
from tests.factories import entry as factory
from tests.factories import monitoring, people
from tests.factories.people import NOON


def test_a_slice_is_taken_back_or_given_out_and_never_both(committed_db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        keyer = people.staff(bank.centre, "vendor_key")
        teller = people.staff(bank.outlet, "teller")
        match = monitoring.difference(monitoring.counter(bank.outlet), teller)
        factory.cut(match, match.document.pages.get(), "account")
    together, held = threading.Barrier(2), []

    def take():
        with people_services.acting(staff=keyer):
            together.wait()
            held.append(services.open_next(keyer=keyer, queue=rules.QUEUE, at=NOON))
        connection.close()

    def void():
        with people_services.acting_as_system(reason="test"):
            together.wait()
            services.void(match_id=match.pk, at=NOON)
        connection.close()

    threads = [threading.Thread(target=target) for target in (take, void)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with people_services.acting_as_system(reason="test"):
        (row,) = Slice.objects.all()
        assert Match.objects.filter(pk=match.pk).exists()
    assert (row.state == rules.VOID) == (held == [None])
