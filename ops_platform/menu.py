"""The top bar and its pages: which centre, which page, for which permission, in this order."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from foundation.people.roles import Permission
from foundation.ui import menu
from foundation.ui.menu import Centre, Place

# Where the day of those begins who may open it; earlier ones in the menu come first.
LANDINGS = frozenset(
    {
        "authorization:workbench",
        "authorization:mine",
        "monitoring:audit",
        "monitoring:entry",
        "dashboards:live",
        "people:staff",
        "trail:entries",
    }
)


def _place(title: str, url_name: str, permission: Permission, icon: str) -> Place:
    return Place(
        title=title,
        url_name=url_name,
        permission=permission,
        icon=icon,
        lands=url_name in LANDINGS,
    )


CENTRES = (
    Centre(
        key="processing",
        title=_("Processing"),
        icon="writing",
        places=(
            _place(
                _("Processing centre"), "processing:overview", Permission.PROCESSING_VIEW, "writing"
            ),
        ),
    ),
    Centre(
        key="authorization",
        title=_("Authorization"),
        icon="shield-check",
        places=(
            _place(
                _("Workbench"),
                "authorization:workbench",
                Permission.AUTHORIZATION_DECIDE,
                "shield-check",
            ),
            _place(
                _("On hold"),
                "authorization:on_hold",
                Permission.AUTHORIZATION_DECIDE,
                "player-pause",
            ),
            _place(
                _("What waits"),
                "authorization:waiting",
                Permission.AUTHORIZATION_DECIDE,
                "hourglass",
            ),
            _place(
                _("My decisions"),
                "authorization:decided",
                Permission.AUTHORIZATION_DECIDE,
                "list-check",
            ),
            _place(_("My items"), "authorization:mine", Permission.AUTHORIZATION_SUBMIT, "inbox"),
            _place(
                _("All items"), "authorization:items", Permission.AUTHORIZATION_VIEW, "list-details"
            ),
            _place(
                _("On site"),
                "authorization:on_site",
                Permission.AUTHORIZATION_ON_SITE,
                "clipboard-check",
            ),
            _place(
                _("Scanned later"), "authorization:scans", Permission.AUTHORIZATION_VIEW, "photo"
            ),
            _place(
                _("Desk of the outlet"),
                "authorization:home",
                Permission.AUTHORIZATION_LOCAL,
                "shield-lock",
            ),
            _place(
                _("Emergency"),
                "authorization:fallback",
                Permission.FALLBACK_VIEW,
                "alert-triangle",
            ),
            _place(
                _("Offline slips"), "authorization:offline", Permission.OFFLINE_VIEW, "file-text"
            ),
            _place(
                _("Local authorizers"),
                "authorization:local_list",
                Permission.FALLBACK_VIEW,
                "shield-lock",
            ),
            _place(_("Staffing"), "authorization:staffing", Permission.QUEUE_VIEW, "users"),
            _place(_("Who may do what"), "authorization:team", Permission.QUEUE_VIEW, "id"),
            _place(_("Admission"), "authorization:admissions", Permission.QUALITY_VIEW, "users"),
            _place(_("Friction"), "authorization:friction", Permission.DASHBOARD_VIEW, "hand-stop"),
            _place(_("Relief"), "authorization:relief", Permission.DASHBOARD_VIEW, "circle-check"),
            _place(
                _("Blind review"),
                "authorization:review",
                Permission.AUTHORIZATION_DECIDE,
                "eye",
            ),
            _place(
                _("Quality cases"), "authorization:cases", Permission.AUTHORIZATION_VIEW, "scale"
            ),
            _place(
                _("Quality of decisions"),
                "authorization:measured",
                Permission.QUALITY_VIEW,
                "flag",
            ),
            _place(
                _("Publications"),
                "authorization:publications",
                Permission.PUBLICATION_VIEW,
                "bolt",
            ),
            _place(_("Automatic tier"), "authorization:tier", Permission.POLICY_VIEW, "eye-check"),
            _place(
                _("Authorization rules"),
                "authorization:rule_list",
                Permission.POLICY_VIEW,
                "adjustments",
            ),
        ),
    ),
    Centre(
        key="monitoring",
        title=_("Monitoring"),
        icon="zoom-scan",
        places=(
            _place(
                _("Voucher audit"), "monitoring:audit", Permission.MONITORING_AUDIT, "zoom-scan"
            ),
            _place(
                _("Vouchers and journal lines"),
                "monitoring:matches",
                Permission.MONITORING_VIEW,
                "list-details",
            ),
            _place(_("Supplementary entry"), "monitoring:entry", Permission.SLICE_KEY, "keyboard"),
            _place(
                _("Decide between two keyers"),
                "monitoring:arbiter",
                Permission.SLICE_ARBITRATE,
                "scale",
            ),
            _place(_("How people key"), "monitoring:keyers", Permission.SLICE_ARBITRATE, "users"),
            _place(
                _("Proof of automatic passes"),
                "monitoring:proofs",
                Permission.PROOF_VIEW,
                "eye-check",
            ),
            _place(
                _("How well auditors find"), "monitoring:auditors", Permission.PROOF_VIEW, "users"
            ),
            _place(_("The centres' own work"), "monitoring:watch", Permission.PROOF_VIEW, "eye"),
            _place(_("Batches of vouchers"), "imaging:batches", Permission.BATCH_VIEW, "stack-2"),
            _place(_("To be scanned again"), "imaging:rescans", Permission.BATCH_VIEW, "refresh"),
            _place(_("Blank vouchers"), "monitoring:blanks", Permission.BLANK_VIEW, "file-text"),
            _place(_("The outlet's day"), "monitoring:day", Permission.MONITORING_VIEW, "calendar"),
            _place(_("Desk of alerts"), "monitoring:alert_desk", Permission.ALERT_HANDLE, "bell"),
            _place(
                _("Alerts of rules"), "monitoring:alerts", Permission.ALERT_VIEW, "alert-triangle"
            ),
            _place(
                _("Monitoring board"), "monitoring:board", Permission.ALERT_VIEW, "layout-dashboard"
            ),
            _place(
                _("Monitoring rules"), "monitoring:rule_list", Permission.RULE_VIEW, "adjustments"
            ),
            _place(_("Slips to answer"), "monitoring:slip_inbox", Permission.SLIP_REPLY, "inbox"),
            _place(_("Slips"), "monitoring:slips", Permission.SLIP_VIEW, "file-text"),
            _place(_("Score of outlets"), "monitoring:score", Permission.MONITORING_VIEW, "flag"),
            _place(
                _("Bulletins"), "monitoring:bulletins", Permission.MONITORING_VIEW, "list-check"
            ),
            _place(_("Layouts of forms"), "imaging:layouts", Permission.POLICY_VIEW, "photo"),
            _place(_("Large values"), "monitoring:aml_desk", Permission.AML_VIEW, "flag"),
            _place(_("Hits on lists"), "monitoring:aml_hits", Permission.AML_VIEW, "users"),
            _place(
                _("Suspicious cases"), "monitoring:aml_cases", Permission.AML_VIEW, "alert-triangle"
            ),
            _place(
                _("Ratings of customers"), "monitoring:aml_ratings", Permission.AML_VIEW, "scale"
            ),
            _place(_("Frozen accounts"), "monitoring:aml_freezes", Permission.AML_VIEW, "lock"),
        ),
    ),
    Centre(
        key="clearing",
        title=_("Clearing"),
        icon="scale",
        places=(
            _place(_("Clearing centre"), "clearing:overview", Permission.CLEARING_VIEW, "scale"),
        ),
    ),
    Centre(
        key="cash_center",
        title=_("Cash"),
        icon="coins",
        places=(
            _place(_("Cash centre"), "cash_center:overview", Permission.CASH_CENTER_VIEW, "coins"),
        ),
    ),
    Centre(
        key="reconciliation",
        title=_("Reconciliation"),
        icon="list-check",
        places=(
            _place(
                _("Bank and enterprise"),
                "reconciliation:overview",
                Permission.RECONCILIATION_VIEW,
                "list-check",
            ),
        ),
    ),
    Centre(
        key="ledger",
        title=_("Ledger"),
        icon="book",
        places=(
            _place(_("Journal"), "ledger:journal", Permission.JOURNAL_VIEW, "book"),
            _place(_("Accounts"), "ledger:accounts", Permission.ACCOUNT_VIEW, "id"),
            _place(_("Trial balance"), "ledger:trial_balance", Permission.BOOKS_VIEW, "scale"),
            _place(_("Internal accounts"), "ledger:own_accounts", Permission.BOOKS_VIEW, "lock"),
            _place(
                _("Chart of accounts"), "ledger:subjects", Permission.BOOKS_VIEW, "list-details"
            ),
            _place(_("Hot accounts"), "ledger:hot_accounts", Permission.BOOKS_VIEW, "stack-2"),
            _place(_("Business days"), "ledger:days", Permission.DAY_VIEW, "calendar"),
            _place(
                _("Take in a journal"),
                "ledger:import_journal",
                Permission.JOURNAL_IMPORT,
                "upload",
            ),
        ),
    ),
    Centre(
        key="dashboards",
        title=_("Dashboard"),
        icon="layout-dashboard",
        places=(
            _place(
                _("Supervisor"),
                "dashboards:live",
                Permission.DASHBOARD_VIEW,
                "layout-dashboard",
            ),
        ),
    ),
    Centre(
        key="system",
        title=_("System"),
        icon="settings",
        places=(
            _place(_("Staff and roles"), "people:staff", Permission.STAFF_VIEW, "users"),
            _place(_("Vendors"), "people:vendors", Permission.STAFF_VIEW, "users"),
            _place(_("Role proposals"), "people:proposals", Permission.STAFF_VIEW, "user"),
            _place(
                _("Institutions"), "people:institutions", Permission.STAFF_VIEW, "building-bank"
            ),
            _place(_("Roster"), "people:roster", Permission.ROSTER_VIEW, "calendar"),
            _place(_("Parameters"), "policy:numbers", Permission.POLICY_VIEW, "adjustments"),
            _place(_("Trail"), "trail:entries", Permission.TRAIL_VIEW, "history"),
            _place(_("Proof of the books"), "trail:looks", Permission.BOOKS_REPORT, "list-check"),
            _place(_("Queues"), "worklist:queues", Permission.QUEUE_VIEW, "stack-2"),
            _place(_("Jobs"), "worklist:jobs", Permission.JOB_VIEW, "server-2"),
            _place(_("Webhooks"), "hooks:subscriptions", Permission.HOOK_VIEW, "send"),
            _place(_("API reference"), "ui:api_docs", Permission.JOB_VIEW, "file-text"),
        ),
    ),
)


def connect() -> None:
    """Fill the shell in."""
    menu.show(*CENTRES)
