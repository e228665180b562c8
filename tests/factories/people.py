"""Institutions and staff for tests: a small branch, and people of every role in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from django.contrib.auth.hashers import make_password

from foundation.people import services as people
from foundation.people.models import (
    Institution,
    Password,
    Post,
    PostProposal,
    RoleProposal,
    Staff,
    StaffRole,
)
from foundation.people.roles import ROLES
from foundation.people.rules import VENDOR_DUTY
from foundation.policy.models import Policy
from foundation.policy.rules import NUMBERS
from tests.factories import rules

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NUMBERS_OF_THE_BANK = {
    "authorization.lease_seconds": "180",
    "authorization.target_seconds": "25",
    "authorization.answer_within_seconds": "10",
    "authorization.answer_share_percent": "90",
    "authorization.hold_seconds": "600",
    "authorization.kept_seconds": "20",
    "authorization.undo_seconds": "0",
    "authorization.alarm_seconds": "60",
    "authorization.undecided_seconds": "180",
    "authorization.ring_seconds": "10",
    "authorization.lead_seconds": "30",
    "authorization.own_outlet_months": "6",
    "authorization.pair_hour_most": "100",
    "authorization.fair_seconds": "0",
    "authorization.weight_cash_seconds": "0",
    "authorization.weight_amount_seconds": "0",
    "authorization.weight_from_fen": "50000000",
    "authorization.weight_customer_seconds": "0",
    "authorization.customer_from_fen": "100000000",
    "authorization.strategy": "1",
    "authorization.limit_g1_fen": "50000000",
    "authorization.limit_g2_fen": "100000000",
    "authorization.limit_g3_fen": "500000000",
    "authorization.limit_g4_fen": "1000000000",
    "authorization.limit_g5_fen": "10000000000000",
    "authorization.staffing_days": "10",
    "authorization.relief_months": "6",
    "authorization.relief_items_least": "300",
    "monitoring.lease_seconds": "600",
    "worklist.priority_seconds": "60",
    "worklist.urgent_seconds": "14400",
    "jobs.reading_running_most": "4",
    "jobs.reading_waiting_most": "500",
    "jobs.copying_running_most": "4",
    "jobs.matching_waiting_most": "1000",
    "jobs.day_running_most": "2",
    "jobs.patience_seconds": "1800",
    "imaging.skew_tenths_most": "20",
    "imaging.light_least": "110",
    "imaging.ink_per_mille_least": "3",
    "imaging.side_pixels_least": "1000",
    "imaging.edge_per_mille_most": "350",
    "monitoring.same_confidence_min": "80",
    "monitoring.differs_confidence_min": "60",
    "monitoring.entry_two_from_fen": "5000000",
    "monitoring.entry_control_every": "50",
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
    "monitoring.wait_target_minutes": "240",
    "monitoring.alert_minutes": "240",
    "monitoring.quiet_days_most": "90",
    "monitoring.risk_notice": "1",
    "monitoring.risk_focus": "3",
    "monitoring.risk_high": "10",
    "monitoring.risk_overdue": "2",
    "monitoring.risk_medium_from": "10",
    "monitoring.risk_high_from": "30",
    "monitoring.hits_most": "200",
    "monitoring.slip_query_minutes": "180",
    "monitoring.slip_error_1_minutes": "1440",
    "monitoring.slip_error_2_minutes": "960",
    "monitoring.slip_error_3_minutes": "480",
    "monitoring.slip_error_4_minutes": "0",
    "monitoring.slip_plan_minutes": "2400",
    "monitoring.slip_rectification_minutes": "7200",
    "monitoring.slip_warning_minutes": "60",
    "monitoring.slip_qc_minutes": "960",
    "monitoring.slip_appeal_minutes": "960",
    "monitoring.slip_rung_minutes": "480",
    "monitoring.slip_repeat_days": "30",
    "monitoring.slip_repeat_times": "2",
    "monitoring.slip_points_1": "1",
    "monitoring.slip_points_2": "3",
    "monitoring.slip_points_3": "10",
    "monitoring.slip_points_4": "30",
    "monitoring.score_first_pass": "30",
    "monitoring.score_timeliness": "20",
    "monitoring.score_quality": "35",
    "monitoring.score_discipline": "15",
    "monitoring.score_taken_off": "2",
    "imaging.doubt_same_most": "200",
    "imaging.doubt_large_most": "50",
    "imaging.doubt_differs_least": "800",
    "imaging.link_minutes": "15",
    "imaging.large_fen": "100000000",
    "authorization.wait_target_seconds": "30",
    "authorization.review_percent": "3",
    "authorization.fallback_minutes": "120",
    "authorization.fallback_suggest_seconds": "300",
    "authorization.local_most_fen": "20000000",
    "authorization.tier_items_least": "2",
    "authorization.tier_agreement_percent": "90",
    "authorization.tier_most_fen": "10000000",
    "authorization.tier_sample_percent": "5",
    "authorization.tier_days": "92",
    "authorization.tier_reviews_least": "20",
    "authorization.tier_wrong_per_mille": "20",
    "authorization.offline_hours": "72",
    "authorization.second_look_per_mille": "0",
    "hooks.tries_most": "12",
    "hooks.timeout_seconds": "10",
    "hooks.overlap_hours": "24",
    "hooks.kept_days": "30",
    "jobs.hooks_running_most": "2",
    "authorization.exam_least": "90",
    "authorization.shadow_days": "90",
    "authorization.shadow_items": "20",
    "authorization.probation_items": "100",
    "authorization.probation_errors_per_mille": "1",
    "authorization.validity_days": "365",
    "authorization.wrong_rejects_most": "3",
    "authorization.serious_most": "1",
    "authorization.serious_severity": "3",
    "authorization.planted_items": "3",
    "authorization.objection_hours": "24",
    "authorization.id_check_seconds": "1800",
    "authorization.atm_daily_most_fen": "5000000",
    "authorization.fill_confidence_min": "85",
    "authorization.quick_seconds": "5",
    "authorization.quick_images": "5",
    "ledger.opens_ahead_minutes": "60",
    "ledger.kept_months": "15",
    "ledger.export_keep_hours": "24",
    "aml.cash_fen": "5000000",
    "aml.corporate_fen": "200000000",
    "aml.domestic_fen": "50000000",
    "aml.cross_fen": "20000000",
    "aml.cash_cents": "1000000",
    "aml.corporate_cents": "20000000",
    "aml.domestic_cents": "10000000",
    "aml.cross_cents": "1000000",
    "aml.rate_usd": "7100000",
    "aml.rate_eur": "8200000",
    "aml.rate_hkd": "910000",
    "aml.rate_jpy": "46500",
    "aml.rate_gbp": "9300000",
    "aml.structure_days": "5",
    "aml.structure_items": "3",
    "aml.structure_percent": "80",
    "aml.pass_fen": "20000000",
    "aml.pass_percent": "90",
    "aml.risk_case": "60",
    "aml.risk_hit": "60",
    "aml.risk_open": "30",
    "aml.risk_large": "10",
    "aml.risk_foreign": "10",
    "aml.risk_new": "10",
    "aml.risk_medium_from": "20",
    "aml.risk_high_from": "60",
    "aml.review_low_months": "24",
    "aml.review_medium_months": "12",
    "aml.review_high_months": "6",
    "aml.deadline_days": "5",
    "aml.split_items": "3",
    "aml.screen_least": "85",
    "security.idle_minutes": "10",
    "calendar.office_hours": "09:00-17:00",
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


def staff(institution: Institution, *roles: str, grade: int = 3, name: str = "李静") -> Staff:
    """Hire a person with these roles, without a password that works."""
    person = Staff(number=str(next(_serial)), name=name, institution=institution, grade=grade)
    if any(ROLES[role].duty == VENDOR_DUTY for role in roles):
        person.vendor = people.open_vendor(number="V001", name="外包公司")
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
