"""Proofs of automatic passes: their fields go to blind keyers, whose answers prove them or not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from foundation.trail import services as trail
from monitoring.models import Proof
from monitoring.rules import looks
from monitoring.selectors import proofs as selected
from monitoring.services import entry
from monitoring.services import looks as looking

MACHINE = "system monitoring"


@transaction.atomic
def begin(
    *, match_id: int, cuts: Sequence[entry.Cut], institution_id: int | None, at: datetime
) -> None:
    """Put the fields of a drawn pair before keyers; one of which nothing can be cut ends so."""
    made: Sequence[object] = ()
    if cuts and institution_id is not None:
        made = entry.make(match_id=match_id, cuts=cuts, institution_id=institution_id, at=at)
    proof = _locked(match_id)
    if proof is not None and not made and not selected.slices(match_id=match_id):
        _end(proof, "leave", (), at)


@transaction.atomic
def settle(*, match_id: int, at: datetime) -> None:
    """Compare what people keyed of a drawn pair with what was booked, once all is keyed.

    What nobody can read proves nothing. A difference goes to an auditor, and until the auditor
    says otherwise the pair counts as a missed error.
    """
    proof = _locked(match_id)
    if proof is None:
        return
    answers = selected.answers(match=proof.match)
    if answers is None:
        return
    differs = tuple(name for name, one in answers.items() if one is False)
    if differs:
        _end(proof, "miss", differs, at)
        looking.open_look(match=proof.match, kind=looks.PROOF, at=at)
    elif all(answers.values()):
        _end(proof, "prove", (), at)
    else:
        _end(proof, "leave", (), at)


def _end(proof: Proof, step: str, differs: Sequence[str], at: datetime) -> None:
    proof.state, proof.ended_at = looks.PROOF_FLOW.after(proof.state, step), at
    proof.differs = list(differs)
    proof.save(update_fields=["state", "differs", "ended_at"])
    trail.record(
        institution_id=proof.institution_id,
        actor=MACHINE,
        action=f"monitoring.{step}_proof",
        subject=proof.match.trail_subject,
        at=at,
        detail={"names": list(differs)} if differs else None,
    )


def _locked(match_id: int) -> Proof | None:
    rows = Proof.objects.select_for_update(of=("self",)).select_related("match")
    found: Proof | None = rows.filter(match_id=match_id, state=looks.KEYING).first()
    return found
