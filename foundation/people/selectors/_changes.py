"""Changes of institutions that were proposed."""

from __future__ import annotations

from collections.abc import Sequence

from foundation.people.models import InstitutionProposal


def institution_proposals(*, state: str, limit: int = 50) -> Sequence[InstitutionProposal]:
    """Return proposals about institutions in scope, newest first."""
    rows = InstitutionProposal.objects.filter(state=state).order_by("-id")
    return tuple(rows.select_related("institution", "parent", "proposed_by", "decided_by")[:limit])


def institution_proposal(*, proposal_id: int) -> InstitutionProposal | None:
    """Return one proposal about an institution in scope, or None."""
    found: InstitutionProposal | None = InstitutionProposal.objects.filter(id=proposal_id).first()
    return found
