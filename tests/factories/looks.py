"""Proofs of automatic passes, matches by hand for two, and second looks of the centre."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from foundation.imaging import selectors as imaging
from foundation.imaging.models import Layout, Reading
from foundation.people import services as people_services
from foundation.people.models import Institution, Staff
from foundation.policy.models import Policy
from monitoring import services
from monitoring.models import Forcing, Look, Match, Proof
from monitoring.rules import looks
from monitoring.services import entry, proofs
from tests.factories import entry as cutting
from tests.factories import monitoring, people
from tests.factories.people import NOON


def set_number(code: str, value: str) -> None:
    """Let a number of the bank have another value, on the same day, after the first."""
    before = Policy.objects.filter(code=code, institution=None).latest("id")
    Policy.objects.create(
        code=code, value=value, valid_from=before.valid_from, reason="试行",
        proposed_by=before.proposed_by, proposed_at=NOON, approved_by=before.approved_by,
        approved_at=NOON,
    )  # fmt: skip


def passed(
    place: monitoring.Counter,
    teller: Staff,
    *,
    fen: int = 1200_00,
    layout: Layout | None = None,
    voucher_no: str = "",
) -> Match:
    """Return a pair that the machine matched, its voucher on a layout where one is given."""
    line = monitoring.post(place, teller=teller.number, fen=fen, voucher_no=voucher_no)
    document, page = monitoring.scan(place, teller, subject=f"authorization.draft:{line.pk}")
    match = services.pair(line=line, document_id=document.pk, touched=[teller.person], at=NOON)
    agreeing = monitoring.agreeing(line)
    if not voucher_no:
        agreeing.pop("voucher_no")
    monitoring.read(page, **agreeing)
    Reading.objects.filter(page=page).update(layout=layout)
    services.match_document(document_id=document.pk, at=NOON)
    match.refresh_from_db()
    return match


def cut(match: Match, *fields: str) -> None:
    """Put fields of a drawn pair before the keyers of the centre."""
    page = imaging.pages(document_id=match.document_id)[0]
    cuts = [entry.Cut(field, page.pk, cutting.picture()) for field in fields]
    centre = Institution.objects.get(kind="centre")
    proofs.begin(match_id=match.pk, cuts=cuts, institution_id=centre.pk, at=NOON)


def proof(match: Match) -> Proof:
    """Return the proof of a pair as it is now."""
    found: Proof = Proof.objects.get(match=match)
    return found


def same_human(bank: people.Branch, human: Staff) -> Staff:
    """Return the same human as an auditor under another number."""
    human.roles.update(valid_until=date(2025, 12, 31))
    number = people.staff(bank.centre)
    Staff.objects.filter(pk=number.pk).update(person=human.person)
    number.refresh_from_db()
    people_services.grant_role(
        staff=number, role="auditor", on=date(2026, 1, 1), granted_by=None, approved_by=None
    )
    return number


def one_of_each(alone: Sequence[Match], by: Staff) -> Mapping[str, int]:
    """Return a finding to be seen again and a match by hand for two, each of another pair."""
    first, last = alone[0], alone[-1]
    look = Look.objects.create(
        institution_id=first.institution_id, match=first, kind=looks.AGAIN, first="amount_diff",
        first_by=by, touched=[by.person], opened_at=NOON,
    )  # fmt: skip
    forcing = Forcing.objects.create(
        institution_id=last.institution_id, match=last, reason="金额相符", tries=last.tries,
        author=by, author_person=by.person, proposed_at=NOON,
    )  # fmt: skip
    return {"look": look.pk, "forcing": forcing.pk}
