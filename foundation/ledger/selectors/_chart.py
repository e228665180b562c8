"""The chart of accounts, and what was proposed about it."""

from __future__ import annotations

from collections.abc import Sequence

from foundation.ledger import rules
from foundation.ledger.models import ChartAccount, SubjectRequest

SUBJECTS_MAX = 2_000
PROPOSALS_MAX = 100


def subjects() -> Sequence[ChartAccount]:
    """Return the chart of accounts, by code."""
    return tuple(ChartAccount.objects.order_by("code")[:SUBJECTS_MAX])


def subject_requests() -> Sequence[SubjectRequest]:
    """Return the latest proposals of subjects in scope, newest first."""
    return tuple(SubjectRequest.objects.order_by("-id")[:PROPOSALS_MAX])


def own_subjects() -> Sequence[ChartAccount]:
    """Return the subjects under which institutions have accounts of their own, by code."""
    rows = ChartAccount.objects.filter(kind=rules.INTERNAL)
    return tuple(rows.order_by("code")[:SUBJECTS_MAX])
