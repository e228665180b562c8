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
    "receiving": Look(_("Being scanned"), "info", "refresh"),
    "scanned": Look(_("Scanning ended"), "info", "check"),
    "reading": Look(_("Being read"), "info", "text-scan-2"),
    "arrived": Look(_("Arrived"), "warn", "hourglass"),
    "taken": Look(_("Taken apart"), "ok", "check"),
    "turned_away": Look(_("Turned away"), "bad", "x"),
    "keying": Look(_("To be keyed"), "warn", "keyboard"),
    "agreed": Look(_("Keyed alike"), "ok", "check"),
    "disputed": Look(_("Keyed differently"), "bad", "alert-triangle"),
    "settled": Look(_("Decided by a third"), "ok", "scale"),
    "void": Look(_("Not needed any more"), "", "x"),
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
    "shadowing": Look(_("Runs in the shadow"), "info", "eye"),
    "published": Look(_("Published"), "ok", "circle-check"),
    "retired": Look(_("Retired"), "", "lock"),
    "assigned": Look(_("Given out"), "info", "user"),
    "query_issued": Look(_("Outlet is asked"), "warn", "hourglass"),
    "closed_true": Look(_("Closed as true"), "bad", "alert-triangle"),
    "closed_false": Look(_("Closed as false alarm"), "ok", "check"),
    "error_registered": Look(_("Registered as an error"), "bad", "flag"),
    "probation": Look(_("On probation"), "warn", "scale"),
    "admitted": Look(_("Admitted"), "ok", "check"),
    "demoted": Look(_("Demoted"), "bad", "alert-triangle"),
    "stopped": Look(_("Stopped"), "bad", "hand-stop"),
    "issued": Look(_("Issued"), "warn", "send"),
    "seen": Look(_("Taken note of"), "ok", "check"),
    "received": Look(_("Received"), "info", "inbox"),
    "replied": Look(_("Replied"), "info", "send"),
    "requeried": Look(_("Asked once more"), "warn", "arrow-back-up"),
    "accepted": Look(_("Accepted"), "ok", "check"),
    "acknowledged": Look(_("Acknowledged"), "info", "check"),
    "appealed": Look(_("Appealed"), "warn", "scale"),
    "revoked": Look(_("Revoked after appeal"), "", "x"),
    "rectifying": Look(_("Being put right"), "warn", "refresh"),
    "rectified": Look(_("Put right"), "info", "check"),
    "verified": Look(_("Verified"), "ok", "circle-check"),
    "investigating": Look(_("Being investigated"), "warn", "eye"),
    "under_seal": Look(_("Under seal"), "warn", "lock"),
    "handed_over": Look(_("Handed over"), "info", "send"),
    "gaps": Look(_("To be completed"), "warn", "pencil"),
    "filled": Look(_("To be reviewed"), "info", "eye"),
    "passed": Look(_("Reviewed"), "ok", "check"),
    "reported": Look(_("Reported"), "info", "file-text"),
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
