"""How the states of items look: word, colour and sign, never the colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as _


@dataclass(frozen=True)
class Look:
    """The word of a state, the kind of its colour and its sign."""

    text: str
    kind: str
    icon: str


STATES: dict[str, Look] = {
    "draft": Look(_("Draft"), "", "pencil"),
    "new": Look(_("New"), "", "pencil"),
    "queued": Look(_("Queued"), "warn", "hourglass"),
    "viewing": Look(_("Being looked at"), "info", "eye"),
    "on_hold": Look(_("On hold"), "warn", "player-pause"),
    "settling": Look(_("Taking effect"), "info", "hourglass"),
    "escalated": Look(_("With the leads"), "bad", "alert-triangle"),
    "rejected": Look(_("Rejected"), "bad", "x"),
    "approve": Look(_("Approved"), "ok", "check"),
    "reject": Look(_("Rejected"), "bad", "x"),
    "return": Look(_("Returned"), "warn", "arrow-back-up"),
    "waiting": Look(_("Waiting"), "warn", "hourglass"),
    "held": Look(_("In progress"), "info", "user"),
    "suspended": Look(_("Suspended"), "warn", "player-pause"),
    "withdrawn": Look(_("Withdrawn"), "", "arrow-back-up"),
    "returned": Look(_("Returned"), "warn", "arrow-back-up"),
    "granted": Look(_("Granted"), "ok", "check"),
    "denied": Look(_("Denied"), "bad", "x"),
    "posted": Look(_("Posted"), "ok", "circle-check"),
    "reversed": Look(_("Reversed"), "bad", "history"),
    "raised": Look(_("Raised"), "warn", "flag"),
    "examined": Look(_("Examined"), "info", "eye"),
    "upheld": Look(_("Upheld"), "bad", "alert-triangle"),
    "dismissed": Look(_("Dismissed"), "ok", "check"),
    "done": Look(_("Done"), "ok", "check"),
    "ready": Look(_("Ready"), "info", "player-play"),
    "running": Look(_("Running"), "info", "refresh"),
    "dead": Look(_("Failed"), "bad", "alert-triangle"),
    "dropped": Look(_("Given up"), "", "x"),
    "failed": Look(_("Failed"), "bad", "alert-triangle"),
    "matched": Look(_("Matched"), "ok", "check"),
    "differs": Look(_("Differs"), "warn", "alert-triangle"),
    "open": Look(_("Open for business"), "ok", "circle-check"),
    "released": Look(_("Released"), "", "lock-open"),
    "expired": Look(_("Expired"), "", "hourglass"),
    "closing": Look(_("Closing"), "warn", "hourglass"),
    "sealed": Look(_("Sealed"), "info", "lock"),
    "closed": Look(_("Closed"), "", "lock"),
    "frozen": Look(_("Frozen"), "bad", "lock"),
    "stop_payment": Look(_("Payment stopped"), "warn", "hand-stop"),
    "active": Look(_("In force"), "ok", "check"),
    "proposed": Look(_("Proposed"), "warn", "hourglass"),
    "approved": Look(_("Approved"), "ok", "check"),
    "stored": Look(_("Stored"), "info", "database"),
    "read": Look(_("Read"), "ok", "text-scan-2"),
    "unreadable": Look(_("Not readable"), "warn", "alert-triangle"),
    "replaced": Look(_("Replaced"), "", "refresh"),
    "match": Look(_("Agrees"), "ok", "check"),
    "name_differs": Look(_("Number exists, name differs"), "bad", "x"),
    "no_such_number": Look(_("No such number"), "bad", "x"),
    "photo_differs": Look(_("Photo differs"), "bad", "x"),
    "down": Look(_("Network not reached"), "warn", "alert-triangle"),
    "delivered": Look(_("Delivered"), "ok", "check"),
    "ended": Look(_("Over"), "", "circle-check"),
    "declined": Look(_("Declined"), "", "x"),
    "exam": Look(_("Exam to be approved"), "warn", "hourglass"),
    "shadow": Look(_("In the shadow"), "info", "eye"),
    "probation": Look(_("On probation"), "warn", "scale"),
    "admitted": Look(_("Admitted"), "ok", "check"),
    "demoted": Look(_("Demoted"), "bad", "alert-triangle"),
    "stopped": Look(_("Stopped"), "bad", "hand-stop"),
    "gaps": Look(_("To be completed"), "warn", "pencil"),
    "filled": Look(_("To be reviewed"), "info", "eye"),
    "passed": Look(_("Reviewed"), "ok", "check"),
    "reported": Look(_("Reported"), "ok", "circle-check"),
    "exempt": Look(_("Exempt"), "", "circle-check"),
    "submitted": Look(_("With the reviewer"), "info", "eye"),
    "supported": Look(_("With the lead"), "warn", "scale"),
    "confirmed": Look(_("Confirmed"), "bad", "alert-triangle"),
    "imported": Look(_("Imported"), "warn", "hourglass"),
    "ok": Look(_("Done"), "ok", "check"),
    "forbidden": Look(_("Not allowed"), "bad", "hand-stop"),
}
PLAIN = Look("", "", "info-circle")


def look(state: str) -> Look:
    """Return how a state looks; one that is not known is shown plainly."""
    return STATES.get(state, PLAIN)
