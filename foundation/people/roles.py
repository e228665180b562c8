"""Who may do what: every permission, every role and every pair that one person may not hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, auto


class Permission(StrEnum):
    """One thing that a page or an API may ask for."""

    HOME = auto()
    SEARCH = auto()
    # people, policy, trail
    STAFF_VIEW = auto()
    STAFF_MANAGE = auto()
    STAFF_IDENTIFY = auto()
    ROLE_PROPOSE = auto()
    ROLE_APPROVE = auto()
    POST_PROPOSE = auto()
    POST_APPROVE = auto()
    INSTITUTION_MANAGE = auto()
    INSTITUTION_APPROVE = auto()
    ROSTER_VIEW = auto()
    ROSTER_MANAGE = auto()
    POLICY_VIEW = auto()
    POLICY_PROPOSE = auto()
    POLICY_APPROVE = auto()
    TRAIL_VIEW = auto()
    SYSTEM_VIEW = auto()
    # worklist
    QUEUE_VIEW = auto()
    QUEUE_DISPATCH = auto()
    JOB_VIEW = auto()
    JOB_MANAGE = auto()
    # hooks
    HOOK_VIEW = auto()
    HOOK_PROPOSE = auto()
    HOOK_APPROVE = auto()
    HOOK_MANAGE = auto()
    # ledger
    ACCOUNT_VIEW = auto()
    JOURNAL_VIEW = auto()
    JOURNAL_IMPORT = auto()
    DAY_VIEW = auto()
    DAY_CLOSE = auto()
    BOOKS_VIEW = auto()
    BOOKS_REPORT = auto()
    BOOKS_EXPORT = auto()
    HOLD_MANAGE = auto()
    ACCOUNT_STEP = auto()
    SHARDS_PROPOSE = auto()
    SHARDS_APPROVE = auto()
    CHART_PROPOSE = auto()
    CHART_APPROVE = auto()
    # imaging
    IMAGE_ADD = auto()
    BATCH_VIEW = auto()
    BATCH_HAND_OVER = auto()
    BATCH_SCAN = auto()
    IMAGE_READ_AGAIN = auto()
    IMAGE_VOUCHER_VIEW = auto()
    IMAGE_ID_VIEW = auto()
    IMAGE_SEAL_VIEW = auto()
    # centres
    AUTHORIZATION_SUBMIT = auto()
    AUTHORIZATION_VIEW = auto()
    AUTHORIZATION_DECIDE = auto()
    AUTHORIZATION_LEAD = auto()
    AUTHORIZATION_DESK = auto()
    AUTHORIZATION_LOCAL = auto()
    AUTHORIZATION_ON_SITE = auto()
    FALLBACK_VIEW = auto()
    FALLBACK_PROPOSE = auto()
    FALLBACK_APPROVE = auto()
    FALLBACK_END = auto()
    PUBLICATION_VIEW = auto()
    OFFLINE_VIEW = auto()
    OFFLINE_ISSUE = auto()
    OFFLINE_KEY = auto()
    OFFLINE_CHECK = auto()
    QUALITY_VIEW = auto()
    QUALITY_JUDGE = auto()
    ADMISSION_MANAGE = auto()
    MONITORING_VIEW = auto()
    MONITORING_AUDIT = auto()
    ALERT_VIEW = auto()
    ALERT_HANDLE = auto()
    RULE_VIEW = auto()
    RULE_PROPOSE = auto()
    RULE_APPROVE = auto()
    SLIP_VIEW = auto()
    SLIP_ISSUE = auto()
    SLIP_REPLY = auto()
    SLIP_JUDGE = auto()
    SLIP_SEALED = auto()
    BLANK_VIEW = auto()
    BLANK_ISSUE = auto()
    BLANK_KEEP = auto()
    MONITORING_EXPLAIN = auto()
    MONITORING_SETTLE = auto()
    SLICE_KEY = auto()
    SLICE_ARBITRATE = auto()
    PROOF_VIEW = auto()
    LOOK_JUDGE = auto()
    AML_VIEW = auto()
    AML_WORK = auto()
    AML_REVIEW = auto()
    AML_LEAD = auto()
    PROCESSING_VIEW = auto()
    CLEARING_VIEW = auto()
    CASH_CENTER_VIEW = auto()
    RECONCILIATION_VIEW = auto()
    DASHBOARD_VIEW = auto()


P = Permission
EVERYONE = frozenset({P.HOME, P.SEARCH})
IMAGES = frozenset({P.IMAGE_VOUCHER_VIEW, P.IMAGE_ID_VIEW, P.IMAGE_SEAL_VIEW})
# Whoever sees a list of the books may have it as a long file, and fetches it where those are kept.
LISTS = frozenset({P.ACCOUNT_VIEW, P.JOURNAL_VIEW, P.BOOKS_VIEW})
ROOMS = frozenset({P.PROCESSING_VIEW, P.CLEARING_VIEW, P.CASH_CENTER_VIEW, P.RECONCILIATION_VIEW})


@dataclass(frozen=True)
class Role:
    """A post's name, its kind of institution, and what it may do; `duty` groups what conflicts."""

    code: str
    name: str
    duty: str
    permissions: frozenset[Permission]
    institution_kinds: frozenset[str]


def _role(code: str, name: str, duty: str, where: str, *permissions: Permission) -> Role:
    held = EVERYONE | frozenset(permissions)
    held |= {P.BOOKS_EXPORT} if held & LISTS else set()
    return Role(code, name, duty, held, frozenset(where.split()))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "teller", "Teller", "make", "outlet",
            P.AUTHORIZATION_SUBMIT, P.AUTHORIZATION_VIEW, P.ACCOUNT_VIEW, P.JOURNAL_VIEW,
            P.IMAGE_ADD, P.SLIP_VIEW, P.SLIP_REPLY, P.OFFLINE_VIEW, P.OFFLINE_KEY, P.OFFLINE_CHECK,
            P.BLANK_VIEW, P.BLANK_KEEP,
            *IMAGES,
        ),
        _role(
            "outlet_supervisor", "Operations supervisor of the outlet", "outlet_check", "outlet",
            P.AUTHORIZATION_VIEW, P.ACCOUNT_VIEW, P.JOURNAL_VIEW, P.MONITORING_VIEW,
            P.DASHBOARD_VIEW, P.TRAIL_VIEW, P.DAY_VIEW, P.DAY_CLOSE, P.BOOKS_VIEW, P.HOLD_MANAGE,
            P.ACCOUNT_STEP, P.AUTHORIZATION_DESK, P.AUTHORIZATION_LOCAL, P.AUTHORIZATION_ON_SITE,
            P.SLIP_VIEW, P.SLIP_REPLY, P.BATCH_VIEW, P.BATCH_HAND_OVER, P.MONITORING_EXPLAIN,
            P.OFFLINE_VIEW, P.OFFLINE_ISSUE, P.OFFLINE_CHECK, P.BLANK_VIEW, P.BLANK_KEEP, *IMAGES,
        ),
        _role(
            "authorizer", "Authorizer", "authorize", "centre",
            P.AUTHORIZATION_DECIDE, P.AUTHORIZATION_DESK, P.AUTHORIZATION_VIEW, P.ACCOUNT_VIEW,
            P.JOURNAL_VIEW, P.ROSTER_VIEW, *IMAGES,
        ),
        _role(
            "auth_lead", "Lead of authorizers", "authorize", "centre",
            P.AUTHORIZATION_DECIDE, P.AUTHORIZATION_DESK, P.AUTHORIZATION_LEAD, P.FALLBACK_VIEW,
            P.FALLBACK_END, P.OFFLINE_VIEW, P.PUBLICATION_VIEW, P.AUTHORIZATION_VIEW,
            P.ACCOUNT_VIEW, P.JOURNAL_VIEW,
            P.QUEUE_VIEW, P.DASHBOARD_VIEW, P.TRAIL_VIEW, P.QUALITY_VIEW, P.QUALITY_JUDGE,
            P.ADMISSION_MANAGE, P.ROSTER_VIEW, P.ROSTER_MANAGE, *IMAGES,
        ),
        _role(
            "dispatcher", "Dispatcher", "dispatch", "centre branch",
            P.QUEUE_VIEW, P.QUEUE_DISPATCH, P.AUTHORIZATION_VIEW, P.DASHBOARD_VIEW, P.JOB_VIEW,
            P.JOB_MANAGE, P.ROSTER_VIEW,
        ),
        _role(
            "auditor", "Auditor of vouchers", "audit", "centre",
            P.MONITORING_VIEW, P.MONITORING_AUDIT, P.JOURNAL_VIEW, P.ACCOUNT_VIEW, P.ROSTER_VIEW,
            P.ALERT_VIEW, P.ALERT_HANDLE, P.RULE_VIEW, P.SLIP_VIEW, P.SLIP_ISSUE, P.SLIP_REPLY,
            P.BATCH_VIEW, P.BATCH_SCAN, P.BLANK_VIEW, P.MONITORING_EXPLAIN, P.SLICE_KEY,
            P.SLICE_ARBITRATE, P.IMAGE_READ_AGAIN, *IMAGES,
        ),
        _role(
            "audit_lead", "Lead of auditors", "audit", "centre",
            P.MONITORING_VIEW, P.MONITORING_AUDIT, P.JOURNAL_VIEW, P.ACCOUNT_VIEW,
            P.JOURNAL_IMPORT, P.DASHBOARD_VIEW, P.QUEUE_VIEW, P.TRAIL_VIEW, P.ROSTER_VIEW,
            P.ROSTER_MANAGE, P.ALERT_VIEW, P.ALERT_HANDLE, P.RULE_VIEW, P.RULE_PROPOSE,
            P.SLIP_VIEW, P.SLIP_ISSUE, P.SLIP_REPLY, P.SLIP_JUDGE, P.SLIP_SEALED,
            P.BATCH_VIEW, P.BATCH_SCAN, P.BLANK_VIEW, P.MONITORING_EXPLAIN,
            P.MONITORING_SETTLE, P.SLICE_ARBITRATE, P.PROOF_VIEW, P.LOOK_JUDGE,
            P.IMAGE_READ_AGAIN, *IMAGES,
        ),
        _role(
            "ops_manager", "Operations manager of the branch", "manage", "branch sub_branch head",
            P.DASHBOARD_VIEW, P.AUTHORIZATION_VIEW, P.MONITORING_VIEW, P.QUEUE_VIEW, P.JOB_VIEW,
            P.ACCOUNT_VIEW, P.JOURNAL_VIEW, P.TRAIL_VIEW, P.STAFF_VIEW, P.POLICY_VIEW,
            P.POLICY_PROPOSE, P.DAY_VIEW, P.DAY_CLOSE, P.BOOKS_VIEW, P.HOLD_MANAGE,
            P.ACCOUNT_STEP, P.SHARDS_PROPOSE, P.SHARDS_APPROVE, P.CHART_PROPOSE, P.CHART_APPROVE,
            P.QUALITY_VIEW, P.ADMISSION_MANAGE, P.ROSTER_VIEW, P.FALLBACK_VIEW,
            P.FALLBACK_PROPOSE, P.FALLBACK_END, P.ALERT_VIEW, P.OFFLINE_VIEW, P.PUBLICATION_VIEW,
            P.SLIP_VIEW, P.SLIP_JUDGE, P.BATCH_VIEW, P.PROOF_VIEW, P.BLANK_VIEW, P.BLANK_ISSUE,
            P.BLANK_KEEP, P.IMAGE_READ_AGAIN, *ROOMS, *IMAGES,
        ),
        _role(
            "risk_manager", "Risk manager", "risk", "branch head",
            P.DASHBOARD_VIEW, P.POLICY_VIEW, P.POLICY_APPROVE, P.TRAIL_VIEW, P.MONITORING_VIEW,
            P.DAY_VIEW, P.BOOKS_VIEW, P.BOOKS_REPORT, P.SHARDS_APPROVE, P.CHART_APPROVE,
            P.FALLBACK_VIEW, P.FALLBACK_APPROVE, P.FALLBACK_END, P.OFFLINE_VIEW, P.ALERT_VIEW,
            P.RULE_VIEW, P.RULE_APPROVE, P.PUBLICATION_VIEW,
            P.SLIP_VIEW, P.SLIP_SEALED, P.PROOF_VIEW, P.BLANK_VIEW,
        ),
        _role("vendor_key", "Keying clerk of a vendor", "vendor", "centre", P.SLICE_KEY),
        _role(
            "aml_analyst", "Analyst against money laundering", "aml", "centre branch",
            P.AML_VIEW, P.AML_WORK, P.ACCOUNT_VIEW, P.JOURNAL_VIEW,
        ),
        _role(
            "aml_reviewer", "Reviewer against money laundering", "aml", "centre branch",
            P.AML_VIEW, P.AML_REVIEW, P.ACCOUNT_VIEW, P.JOURNAL_VIEW,
        ),
        _role(
            "aml_lead", "Lead against money laundering", "aml", "centre branch",
            P.AML_VIEW, P.AML_REVIEW, P.AML_LEAD, P.ACCOUNT_VIEW, P.JOURNAL_VIEW,
        ),
        _role(
            "sysadmin", "System administrator", "sysadmin", "branch head",
            P.SYSTEM_VIEW, P.JOB_VIEW, P.JOB_MANAGE, P.INSTITUTION_MANAGE, P.STAFF_VIEW,
            P.STAFF_MANAGE, P.HOOK_VIEW, P.HOOK_PROPOSE, P.HOOK_MANAGE,
        ),
        _role(
            "secadmin", "Security administrator", "secadmin", "branch head",
            P.STAFF_VIEW, P.STAFF_IDENTIFY, P.ROLE_PROPOSE, P.ROLE_APPROVE, P.POST_PROPOSE,
            P.POST_APPROVE, P.INSTITUTION_APPROVE, P.HOOK_VIEW, P.HOOK_APPROVE,
        ),
        _role(
            "auditadmin", "Audit administrator", "auditadmin", "branch head",
            P.TRAIL_VIEW, P.DAY_VIEW, P.BOOKS_VIEW, P.BOOKS_REPORT,
        ),
    )
}  # fmt: skip

# One person may not hold two duties of a pair; the three administrators by MLPS 8.1.4.2. Whoever
# changes roles or duties adds a migration that calls fill() of people's 0002_guards again.
DUTY_CONFLICTS: frozenset[frozenset[str]] = frozenset(
    frozenset(pair)
    for pair in (
        *(("make", other) for other in ("authorize", "outlet_check", "audit", "dispatch")),
        *(("authorize", other) for other in ("audit", "dispatch")),
        *(("aml", other) for other in ("make", "outlet_check", "authorize")),
        *(("risk", other) for other in ("manage", "make", "authorize")),
        *(
            ("vendor", other)
            for other in (
                "make", "outlet_check", "authorize", "dispatch", "audit", "manage", "risk", "aml",
            )
        ),
        *(
            (admin, other)
            for admin in ("sysadmin", "secadmin", "auditadmin")
            for other in (
                "make", "outlet_check", "authorize", "dispatch", "audit", "manage", "risk",
                "aml", "vendor", "sysadmin", "secadmin", "auditadmin",
            )
            if admin != other
        ),
    )
)  # fmt: skip


def conflicting(first: str, second: str) -> bool:
    """Return whether one person may not hold both roles."""
    return frozenset({ROLES[first].duty, ROLES[second].duty}) in DUTY_CONFLICTS


def belongs(role: str, *, kind: str) -> bool:
    """Return whether a role may be held in an institution of the kind; an unknown one nowhere."""
    return role in ROLES and kind in ROLES[role].institution_kinds


def roles_with(permission: Permission) -> tuple[str, ...]:
    """Return the codes of the roles that hold a permission."""
    return tuple(code for code, role in ROLES.items() if permission in role.permissions)


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Return what the roles together may do; an unknown role may do nothing."""
    held: frozenset[Permission] = frozenset()
    for role in roles:
        if role in ROLES:
            held |= ROLES[role].permissions
    return held
