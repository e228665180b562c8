"""Pairs whose truth people have established, for the limits by which a form is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from foundation.imaging import selectors as imaging
from foundation.imaging.rules import nearest, proving
from foundation.imaging.rules.nearest import Known
from foundation.imaging.selectors import layouts
from monitoring import rules
from monitoring.models import Match
from monitoring.rules import particulars
from monitoring.selectors import expected_of

MOST = 5_000


def known(*, first: date, last: date) -> Sequence[Known]:
    """Return the pairs of these days that were read by zones and are settled, 5,000 at most.

    A pair agrees unless an auditor has confirmed a difference of its values; pairs that differ in
    another way, such as an image used before, are left out.
    """
    rows = Match.objects.filter(
        business_date__range=(first, last),
        document__isnull=False,
        state__in=(rules.MATCHED, rules.FORCED, rules.CONFIRMED),
    ).order_by("id")[:MOST]
    found = [_known(row) for row in rows if _says_of_values(row)]
    return [one for one in found if one is not None]


def _says_of_values(match: Match) -> bool:
    """Tell whether a settled pair says something of what is weighed here: not of a day alone."""
    if match.state != rules.CONFIRMED:
        return True
    differing = {field.name for field in match.compared if field.verdict == rules.DIFFERS}
    values = {result for _name, result in rules.FIELD_RESULTS}
    return match.result in values and not (differing and differing <= particulars.NAMES)


def _known(match: Match) -> Known | None:
    expected = {name: value for name, value in expected_of(match=match).items() if value}
    strips = {
        row.page_id: layouts.strips_of(reading=row)
        for row in imaging.readings(document_id=match.document_id or 0)
        if row.strips
    }
    if not strips:
        return None
    beside = {"date": match.business_date, **expected}
    own = proving.proofs(expected=expected, strips=strips, beside=beside)
    agrees = match.state != rules.CONFIRMED
    wrong: list[tuple[Mapping[str, object], tuple[proving.Proof, ...]]] = []
    for name, value in nearest.nearest(expected, seed=str(match.pk)) if agrees else ():
        given = {name: value} if name != "amount" else {"amount": value, "amount_words": value}
        changed = proving.proofs(expected=given, strips=strips, beside=beside)
        wrong.append((expected | given, nearest.weighed_wrong(own, name, changed)))
    return Known(expected, agrees, own, tuple(wrong))
