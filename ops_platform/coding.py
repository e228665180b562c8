"""The words for the codes that the details of the trail keep."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from authorization import rules as items
from foundation.imaging.rules import batches as scans
from foundation.ledger import rules as days
from foundation.people.roles import ROLES
from foundation.people.rules import RIGHTS
from foundation.ui import told
from foundation.worklist import rules as queues
from monitoring import rules as results
from monitoring.rules import aml, matching, screening
from monitoring.rules import slips as slips_ruled

IMAGES = {
    "voucher": _("Voucher image"),
    "id": _("Identity image"),
    "seal": _("Seal image"),
    "photo": _("Photo of the customer"),
}


def know_codes() -> None:
    """Hand the words over."""
    findings = {code: result.text for code, result in results.RESULTS.items()}
    told.know(findings, "result", "finding", "machine")
    told.know({code: queue.title for code, queue in queues.queues().items()}, "queue")
    told.know({role.code: role.name for role in ROLES.values()}, "role", "roles_ended")
    told.know({code: reason.text for code, reason in items.REASONS.items()}, "reasons")
    told.know({code: kind.name for code, kind in items.KINDS.items()}, "conditions")
    told.know(IMAGES, "image_class")
    told.know(aml.ORIGINS, "origin")
    told.know(aml.CHANGES, "why")
    told.know({code: how.text for code, how in matching.HOWS.items()}, "how")
    told.know(scans.FAULTS, "reasons")
    told.know(results.FIELD_NAMES, "name")
    told.know({"voucher": _("Voucher image"), "csv": "CSV", "xlsx": "Excel"}, "kind")
    told.know({code: hold.title for code, hold in items.HOLDS.items()}, "kind")
    told.know({code: outcome.text for code, outcome in items.OUTCOMES.items()}, "outcome")
    told.know(screening.VERDICTS, "outcome")
    told.know({code: result.text for code, result in items.ID_RESULTS.items()}, "answer")
    told.know({code: word.text for code, word in items.ESCALATED_WHY.items()}, "why")
    told.know({check.code: check.title for check in days.day_checks()}, "check")
    told.know({step.name: step.label for step in days.HOLD_FLOW.steps}, "step")
    told.know({step.name: step.label for step in days.ACCOUNT_FLOW.steps}, "step")
    told.know({str(rung): where for rung, where in slips_ruled.RUNGS.items()}, "rung")
    told.know({"password": _("by password"), "demo": _("by one click")}, "how")
    told.know(
        {
            "password": _("wrong number or password"),
            "locked": _("the number is locked"),
            "terminal": _("too many tries from the terminal"),
        },
        "why",
    )
    told.know({str(one): right.name for one, right in RIGHTS.items()}, "permission")
    told.know({"True": _("Yes, it is"), "False": _("No, it is not")}, "works")
