"""What each permission is called where people read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.people.roles import Permission

P = Permission


@dataclass(frozen=True)
class Right:
    """The name of one permission."""

    name: str


RIGHTS: Mapping[Permission, Right] = {
    P.HOME: Right("Open the first page"),
    P.SEARCH: Right("Search"),
    P.STAFF_VIEW: Right("See staff, posts and roles"),
    P.STAFF_MANAGE: Right("Open and change staff numbers"),
    P.ROLE_PROPOSE: Right("Propose roles"),
    P.ROLE_APPROVE: Right("Decide about roles"),
    P.POST_PROPOSE: Right("Propose posts"),
    P.POST_APPROVE: Right("Decide about posts"),
    P.INSTITUTION_MANAGE: Right("Open and move institutions"),
    P.ROSTER_VIEW: Right("See rosters"),
    P.ROSTER_MANAGE: Right("Plan rosters"),
    P.POLICY_VIEW: Right("See business numbers"),
    P.POLICY_PROPOSE: Right("Propose business numbers"),
    P.POLICY_APPROVE: Right("Approve business numbers"),
    P.TRAIL_VIEW: Right("See the trail"),
    P.SYSTEM_VIEW: Right("See the system"),
    P.QUEUE_VIEW: Right("See queues"),
    P.QUEUE_DISPATCH: Right("Dispatch items of queues"),
    P.JOB_VIEW: Right("See background jobs"),
    P.JOB_MANAGE: Right("Repair background jobs"),
    P.HOOK_VIEW: Right("See webhooks"),
    P.HOOK_PROPOSE: Right("Propose webhooks"),
    P.HOOK_APPROVE: Right("Approve webhooks"),
    P.HOOK_MANAGE: Right("Stop webhooks, send again and renew secrets"),
    P.ACCOUNT_VIEW: Right("See accounts"),
    P.JOURNAL_VIEW: Right("See the journal"),
    P.JOURNAL_IMPORT: Right("Take in the journal"),
    P.DAY_VIEW: Right("See business days"),
    P.DAY_CLOSE: Right("Close and sign business days"),
    P.BOOKS_VIEW: Right("See the books"),
    P.BOOKS_REPORT: Right("See checks of the books"),
    P.BOOKS_EXPORT: Right("Fetch own long files"),
    P.HOLD_MANAGE: Right("Place and release holds"),
    P.SHARDS_PROPOSE: Right("Propose shards"),
    P.SHARDS_APPROVE: Right("Approve shards"),
    P.IMAGE_ADD: Right("Add images"),
    P.BATCH_VIEW: Right("See batches of vouchers"),
    P.BATCH_HAND_OVER: Right("Hand vouchers over and scan pages again"),
    P.BATCH_SCAN: Right("Scan batches of vouchers"),
    P.IMAGE_VOUCHER_VIEW: Right("See voucher images"),
    P.IMAGE_ID_VIEW: Right("See identity images"),
    P.IMAGE_SEAL_VIEW: Right("See seal images"),
    P.AUTHORIZATION_SUBMIT: Right("Send items for authorization"),
    P.AUTHORIZATION_VIEW: Right("See items of authorization"),
    P.AUTHORIZATION_DECIDE: Right("Decide items of authorization"),
    P.AUTHORIZATION_LEAD: Right("Take items that went up to the leads of authorizers"),
    P.AUTHORIZATION_DESK: Right("Work at a desk of authorization"),
    P.AUTHORIZATION_LOCAL: Right("Decide items of the own outlet in an emergency"),
    P.FALLBACK_VIEW: Right("See emergencies and local authorizers"),
    P.FALLBACK_PROPOSE: Right("Propose emergencies and local authorizers"),
    P.FALLBACK_APPROVE: Right("Approve emergencies and local authorizers"),
    P.FALLBACK_END: Right("Let the centre decide again"),
    P.PUBLICATION_VIEW: Right("See what is decided automatically"),
    P.OFFLINE_VIEW: Right("See offline slips"),
    P.OFFLINE_ISSUE: Right("Issue and explain offline slips"),
    P.OFFLINE_KEY: Right("Key offline slips"),
    P.OFFLINE_CHECK: Right("Check offline slips"),
    P.QUALITY_VIEW: Right("See how good decisions are"),
    P.QUALITY_JUDGE: Right("Judge decisions in doubt"),
    P.ADMISSION_MANAGE: Right("Admit authorizers and keep known answers"),
    P.MONITORING_VIEW: Right("See vouchers and journal lines"),
    P.MONITORING_AUDIT: Right("Audit vouchers"),
    P.ALERT_VIEW: Right("See alerts"),
    P.ALERT_HANDLE: Right("Work on alerts"),
    P.RULE_VIEW: Right("See monitoring rules"),
    P.RULE_PROPOSE: Right("Make and propose monitoring rules"),
    P.RULE_APPROVE: Right("Publish monitoring rules"),
    P.SLIP_VIEW: Right("See slips"),
    P.SLIP_ISSUE: Right("Issue and check slips"),
    P.SLIP_REPLY: Right("Answer slips of the own institution"),
    P.SLIP_JUDGE: Right("Judge appeals against slips and ask for bulletins"),
    P.SLIP_SEALED: Right("See and issue transfers of suspected crimes"),
    P.MONITORING_EXPLAIN: Right("Explain breaks of a day"),
    P.MONITORING_SETTLE: Right("Accept explanations and close a day's vouchers"),
    P.SLICE_KEY: Right("Key slices of vouchers"),
    P.SLICE_ARBITRATE: Right("Decide between two keyers"),
    P.PROOF_VIEW: Right("See proofs of automatic passes and of audits"),
    P.LOOK_JUDGE: Right("Judge between two auditors"),
    P.AML_VIEW: Right("See the desk against money laundering"),
    P.AML_WORK: Right("Prepare reports and cases against money laundering"),
    P.AML_REVIEW: Right("Review reports and cases against money laundering"),
    P.AML_LEAD: Right("Confirm suspicious cases"),
    P.PROCESSING_VIEW: Right("See processing"),
    P.CLEARING_VIEW: Right("See clearing"),
    P.CASH_CENTER_VIEW: Right("See the cash centre"),
    P.RECONCILIATION_VIEW: Right("See reconciliation"),
    P.DASHBOARD_VIEW: Right("See the dashboard"),
}
