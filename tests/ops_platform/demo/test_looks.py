"""The demo's keyers prove drawn passes, and its auditors look again, as people would."""

import pytest

from monitoring.models import Look, Proof, Slice
from monitoring.rules import entry, looks
from ops_platform import conserving
from ops_platform.demo import looks as demo
from tests.factories import looks as factory
from tests.factories import monitoring, people
from tests.factories.people import NOON


@pytest.fixture
def place(bank, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return monitoring.counter(bank.outlet)


def test_what_was_drawn_is_keyed_and_most_is_looked_at(bank, place, teller):
    auditors = [people.staff(bank.centre, "auditor") for _ in range(2)]
    keyers = [people.staff(bank.centre, "vendor_key") for _ in range(2)]
    factory.set_number(looks.PROOF_SHARE, "10000")
    factory.set_number(looks.CASH_FROM, "10000000")
    for fen in (1200_00, 120_000_00, *range(100_001_00, 100_007_00, 1_00)):
        factory.passed(place, teller, fen=fen)

    said = demo.play(keyers=keyers, auditors=auditors, at=NOON, seed=1)

    assert said.startswith("8 passes drawn")
    assert not Slice.objects.filter(state=entry.KEYING).exists()
    assert Look.objects.filter(state=looks.WAITING).count() == demo.LEFT
    assert set(Proof.objects.values_list("state", flat=True)) <= set(looks.PROOF_FLOW.states)
    assert not conserving.wrong()
