"""Slices of vouchers, and breaks that somebody explained, as the centre meets them."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from foundation.imaging import gateways
from foundation.imaging.models import Page
from foundation.people.models import Institution, Staff
from monitoring.models import Explanation, Match, Slice
from monitoring.services import entry, settling
from tests.factories.people import NOON


def picture() -> str:
    """Keep a picture of a slice; return its name in the store."""
    out = io.BytesIO()
    Image.new("L", (200, 40), 240).save(out, "WEBP")
    data = out.getvalue()
    return gateways.keep_copy(data=data, sha256=gateways.fingerprint(data=data), use="slice")


def cut(
    match: Match, page: Page, *fields: str, place: Institution | None = None
) -> Sequence[Slice]:
    """Put fields of a pair before keyers, of the centre unless another place is said."""
    place = place or Institution.objects.get(kind="centre")
    cuts = [entry.Cut(field, page.pk, picture()) for field in fields or ("amount",)]
    return entry.make(match_id=match.pk, cuts=cuts, institution_id=place.pk, at=NOON)


def explained(match: Match, by: Staff) -> Explanation:
    """Let somebody say what became of a break."""
    return settling.explain(match_id=match.pk, text="凭证随下一批补送", by=by, at=NOON)
