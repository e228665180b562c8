"""The day after: keyers prove automatic passes blind, auditors look once more at ended pairs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from foundation.people import services as people
from foundation.people.models import Staff
from foundation.worklist import services as worklist
from monitoring import tasks
from monitoring.models import Look, Proof, Slice
from monitoring.rules import DIFFERENCES, entry, looks
from monitoring.selectors import shared_fen
from monitoring.services import entry as entries
from monitoring.services import looks as looking
from monitoring.services import proofs

STEP = timedelta(seconds=9)
# Longer than all that is keyed and looked at takes.
TAKES = timedelta(minutes=45)
LEFT, ROUNDS_MOST = 4, 500
MISREAD, ERRS = 0.03, 0.1
NUMBERS = {
    "monitoring.proof_share": "1000",
    "monitoring.force_second_fen": "50000000",
    "monitoring.key_cash_fen": "50000000",
    "monitoring.key_transfer_fen": "1000000000",
    "monitoring.sample_share": "100",
    "monitoring.sample_large_fen": "100000000",
    "monitoring.sample_large_share": "1000",
    "monitoring.sample_alert_share": "1000",
    "monitoring.sample_rated_share": "500",
    "monitoring.again_share": "1500",
}


def play(*, keyers: Sequence[Staff], auditors: Sequence[Staff], at: datetime, seed: int) -> str:
    """Key what was drawn and look at what waits, but for a few; return what was done in words."""
    random = Random(f"looks|{seed}|{at:%Y%m%d}")
    with people.acting_as_system(reason="seed_demo"):
        drawn = list(Proof.objects.order_by("id").values_list("match_id", flat=True))
    for match_id in drawn:
        put = tasks.cut_proof(match_id=match_id)
        with people.acting_as_system(reason="seed_demo"):
            put()
    keyed = _key(keyers, random, at)
    with people.acting_as_system(reason="seed_demo"):
        for match_id in drawn:
            proofs.settle(match_id=match_id, at=at)
    return f"{len(drawn)} passes drawn, {keyed} slices keyed, {_look(auditors, random, at)} looks"


def _key(keyers: Sequence[Staff], random: Random, at: datetime) -> int:
    """Let the keyers key every slice of a drawn pair; one in some is misread."""
    done = idle = turn = 0
    while idle < len(keyers) and done < ROUNDS_MOST:
        keyer, turn = keyers[turn % len(keyers)], turn + 1
        with people.acting(staff=keyer):
            held = entries.open_next(keyer=keyer, queue=entry.QUEUE, at=at + STEP * done)
        idle = 0 if held else idle + 1
        if held is None:
            continue
        value = _value(held.slice, random)
        with people.acting(staff=keyer):
            entries.key(
                slice_id=held.slice.pk, value=value, strokes=len(value) + 1,
                milliseconds=random.randrange(2_000, 6_000), fence=held.item.fence,
                keyer=keyer, at=at + STEP * done,
            )  # fmt: skip
        done += 1
    return done


def _value(row: Slice, random: Random) -> str:
    """Return what a keyer reads: what was booked, or seldom another number."""
    with people.acting_as_system(reason="seed_demo"):
        match = Slice.objects.select_related("match").get(pk=row.pk).match
        if match is None:
            return entry.shown(row.field, row.known)
        booked = {field.name: field.expected for field in match.compared}[row.field]
        right = entry.expected_value(row.field, booked, shared_fen(match=match))
    if not right:
        return entry.ILLEGIBLE
    read = right if random.random() > MISREAD else f"{right[:-1]}{(int(right[-1]) + 1) % 10}"
    return entry.shown(row.field, read)


def _look(auditors: Sequence[Staff], random: Random, at: datetime) -> int:
    """Let the auditors look down to a few; of what was audited before they seldom find other."""
    done = 0
    with people.acting_as_system(reason="seed_demo"):
        waiting = Look.objects.filter(state=looks.WAITING).count()
    while done < min(waiting - LEFT, ROUNDS_MOST):
        auditor = auditors[done % len(auditors)]
        with people.acting(staff=auditor):
            moment = at + STEP * done
            item = worklist.claim_next(queue=looks.QUEUE, staff=auditor, at=moment)
            if item is None:
                return done
            row = Look.objects.get(pk=int(item.subject.partition(":")[2]))
            looking.look(
                look_id=row.pk, answer=_answer(row, random), fence=item.fence, auditor=auditor,
                at=moment,
            )  # fmt: skip
        done += 1
    return done


def _answer(row: Look, random: Random) -> str:
    right = row.first or looks.AGREES
    if random.random() > ERRS:
        return right
    return DIFFERENCES[0] if right == looks.AGREES else looks.AGREES
