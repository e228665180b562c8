"""Institutions and staff for tests: a small branch, and people of every role in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from django.contrib.auth.hashers import make_password

from foundation.people import services as people
from foundation.people.models import (
    Institution,
    InstitutionProposal,
    Password,
    Post,
    PostProposal,
    RoleProposal,
    Staff,
    StaffRole,
    Vendor,
)
from foundation.people.roles import ROLES
from foundation.people.rules import VENDOR_DUTY
from foundation.policy.models import Policy
from foundation.policy.rules import NUMBERS
from ops_platform.demo.numbers import POLICIES
from tests.factories import rules

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
# Those of the demo bank, but that nothing is put off, weighed, capped, drawn or sent to a second
# person unless a test says so, and that a limit is reached soon.
NUMBERS_OF_THE_BANK = POLICIES | {
    "authorization.undo_seconds": "0",
    "authorization.pair_hour_most": "100",
    "authorization.fair_seconds": "0",
    "authorization.weight_cash_seconds": "0",
    "authorization.weight_amount_seconds": "0",
    "authorization.weight_customer_seconds": "0",
    "authorization.tier_items_least": "2",
    "authorization.tier_reviews_least": "20",
    "jobs.reading_running_most": "4",
    "jobs.reading_waiting_most": "500",
    "jobs.copying_running_most": "4",
    "jobs.matching_waiting_most": "1000",
    "monitoring.proof_share": "0",
    "monitoring.force_second_fen": "100000000000",
    "monitoring.key_cash_fen": "100000000000",
    "monitoring.key_transfer_fen": "100000000000",
    "monitoring.sample_share": "0",
    "monitoring.sample_large_fen": "100000000000",
    "monitoring.sample_large_share": "0",
    "monitoring.sample_alert_share": "0",
    "monitoring.sample_rated_share": "0",
    "monitoring.again_share": "0",
}
_serial = count(500001)


@dataclass(frozen=True)
class Branch:
    """A branch with two outlets of one sub-branch, an outlet of another, and a centre."""

    head: Institution
    branch: Institution
    sub_branch: Institution
    outlet: Institution
    sibling: Institution
    elsewhere: Institution
    centre: Institution


def branch() -> Branch:
    """Open the institutions of a small branch."""
    head = people.open_institution(number="100000", name="总行", kind="head", parent=None)
    own = people.open_institution(number="110000", name="北京分行", kind="branch", parent=head)
    sub = people.open_institution(number="110800", name="海淀支行", kind="sub_branch", parent=own)
    other = people.open_institution(number="110500", name="朝阳支行", kind="sub_branch", parent=own)
    return Branch(
        head=head,
        branch=own,
        sub_branch=sub,
        outlet=people.open_institution(number="110801", name="中关村", kind="outlet", parent=sub),
        sibling=people.open_institution(number="110802", name="五道口", kind="outlet", parent=sub),
        elsewhere=people.open_institution(
            number="110501", name="国贸", kind="outlet", parent=other
        ),
        centre=people.open_institution(number="110100", name="授权中心", kind="centre", parent=own),
    )


def bank() -> Branch:
    """Open a small branch with the business numbers in force."""
    opened = branch()
    manager = staff(opened.branch, "ops_manager", name="周明")
    numbers(manager, staff(opened.branch, "risk_manager", name="吴芳"))
    return opened


def vendor() -> Vendor:
    """Return the company whose people key slices."""
    return people.open_vendor(number="V001", name="外包公司")


def staff(institution: Institution, *roles: str, grade: int = 3, name: str = "李静") -> Staff:
    """Hire a person with these roles, without a password that works."""
    person = Staff(number=str(next(_serial)), name=name, institution=institution, grade=grade)
    if any(ROLES[role].duty == VENDOR_DUTY for role in roles):
        person.vendor = vendor()
    person.save(force_insert=True)
    # Without the two people who grant it, the database takes a role only from the system.
    with people.acting_as_system(reason="test"):
        for role in roles:
            StaffRole.objects.create(
                staff=person,
                role=role,
                duty=ROLES[role].duty,
                person=person.person,
                valid_from=date(2020, 1, 1),
            )
    return person


def password(of: Staff, text: str) -> None:
    """Let a person have a password that works."""
    with people.acting_as_system(reason="test"):
        Password.objects.keep_hash([of.pk], make_password(text))


def numbers(by: Staff, approved_by: Staff) -> None:
    """Put every business number and authorization rule in force since long ago."""
    missing = set(NUMBERS) - set(NUMBERS_OF_THE_BANK)
    assert not missing, f"give these numbers a value for the tests: {missing}"
    Policy.objects.bulk_create(
        Policy(
            code=code,
            value=value,
            valid_from=date(2020, 1, 1),
            reason="start",
            proposed_by=by,
            proposed_at=NOON,
            approved_by=approved_by,
            approved_at=NOON,
        )
        for code, value in NUMBERS_OF_THE_BANK.items()
    )
    rules.catalogue(by, approved_by)


def proposed_number(by: Staff, place: Institution) -> Policy:
    """Let somebody have proposed a number of a place that waits for a second person."""
    return Policy.objects.create(
        institution=place, code="security.idle_minutes", value="12",
        valid_from=date(2099, 1, 1), reason="试行", proposed_by=by, proposed_at=NOON,
    )  # fmt: skip


def number_of(place: Institution, code: str, value: str) -> None:
    """Put a value of one institution in force beside the bank's."""
    bank = Policy.objects.get(code=code, institution=None)
    Policy.objects.create(
        code=code,
        value=value,
        institution=place,
        valid_from=bank.valid_from,
        reason="start",
        proposed_by=bank.proposed_by,
        proposed_at=NOON,
        approved_by=bank.approved_by,
        approved_at=NOON,
    )


def post(
    of: Staff,
    where: Institution,
    title: str = "柜员",
    *,
    since: date = date(2020, 1, 1),
    until: date | None = None,
) -> Post:
    """Let a person have had a post since a day, without the two people."""
    with people.acting_as_system(reason="test"):
        row: Post = Post.objects.create(
            staff=of, institution=where, title=title, valid_from=since, valid_until=until
        )
    return row


def post_proposal(about: Staff, bank: Branch) -> PostProposal:
    """Let a security administrator propose that the person works on where they are."""
    row: PostProposal = PostProposal.objects.create(
        institution=about.institution,
        staff=about,
        title="大堂",
        valid_from=date(2099, 1, 1),
        reason="轮岗",
        proposed_by=staff(bank.branch, "secadmin", name="陈一"),
        proposed_at=NOON,
    )
    return row


def change(place: Institution, by: Staff) -> InstitutionProposal:
    """Let somebody have proposed to call an institution otherwise, once while that waits."""
    row: InstitutionProposal = InstitutionProposal.objects.get_or_create(
        institution=place, state="waiting",
        defaults={
            "kind": "rename", "name": f"{place.name}新", "reason": "更名", "proposed_by": by,
            "proposed_at": NOON,
        },
    )[0]  # fmt: skip
    return row


def proposal(about: Staff, bank: Branch) -> RoleProposal:
    """Let a security administrator propose to end the person's role as a teller."""
    administrator = staff(bank.branch, "secadmin", name="陈一")
    return RoleProposal.objects.create(
        staff=about,
        role="teller",
        kind="end",
        valid_from=DAY,
        reason="调岗",
        proposed_by=administrator,
        proposed_at=NOON,
    )
