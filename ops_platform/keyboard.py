"""The actions of the centres that have keys: which, on which screen, and their usual key."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from authorization import rules as authorization
from foundation.ui import keyboard
from foundation.ui.keyboard import IMAGES, Action, Screen
from monitoring import rules as monitoring

SCREENS = (
    Screen(
        key="authorization.workbench",
        title=_("Workbench"),
        actions=(
            Action("authorization.approve", _("Approve"), "F9"),
            Action("authorization.reject", _("Reject"), "F10"),
            Action("authorization.return", _("Send back"), "F7"),
            Action("authorization.hold", _("Ask"), "F8"),
            Action("authorization.write", _("Write"), "F6"),
            Action("authorization.pass_up", _("To a lead"), "F3"),
            Action("authorization.rest", _("Rest"), "F2"),
            Action("authorization.undo", _("Undo"), "F4"),
        ),
        beside=(IMAGES,),
        always=(("1 … 9", _("Reason of a rejection or phrase of a message, then Enter")),),
    ),
    Screen(
        key="authorization.between",
        title=_("Workbench between two items"),
        actions=(Action("authorization.take", _("Take the next"), "F9"),),
    ),
    Screen(
        key="authorization.new",
        title=_("Counter transaction"),
        actions=(
            Action("authorization.send", _("Send"), "F9"),
            Action("authorization.leave", _("Leave"), "F12"),
            Action("authorization.choose", _("Choose files"), "F6"),
            Action("authorization.identity", _("Check identity"), "F8"),
        ),
    ),
    Screen(
        key="authorization.mine",
        title=_("My items"),
        actions=(Action("authorization.business", _("New item"), "F2"),),
    ),
    Screen(
        key="authorization.businesses",
        title=_("New item"),
        actions=tuple(
            Action(f"authorization.business_{place}", trade.name, str(place))
            for place, trade in enumerate(authorization.TRADE_CODES.values(), 1)
        ),
    ),
    Screen(
        key="authorization.answer",
        title=_("Answer to a question"),
        actions=(Action("authorization.answer", _("Answer"), "F9"),),
    ),
    Screen(
        key="authorization.item",
        title=_("Authorization items"),
        actions=(Action("authorization.say", _("Write"), "F6"),),
        beside=(IMAGES,),
    ),
    Screen(
        key="authorization.receipt",
        title=_("Receipt"),
        actions=(Action("authorization.print", _("Print"), "F9"),),
    ),
    Screen(
        key="monitoring.audit",
        title=_("Voucher audit"),
        actions=(
            Action("monitoring.force", _("Match by hand"), "F9"),
            Action("monitoring.agree", _("Agrees"), "F8"),
            Action("monitoring.second_yes", _("Accept the match"), "F2"),
            Action("monitoring.second_no", _("Decline the match"), "F3"),
            *(
                Action(f"monitoring.{code}", result.text, result.key)
                for code, result in monitoring.RESULTS.items()
                if result.key
            ),
            Action("monitoring.put_back", _("Put back"), "F4"),
            Action("monitoring.slip_last", _("Slip about the last finding"), "F6"),
            Action("monitoring.trace", _("Trace by hand"), "F7"),
        ),
        beside=(IMAGES,),
    ),
    Screen(
        key="monitoring.between",
        title=_("Voucher audit while resting"),
        actions=(Action("monitoring.go_on", _("Go on"), "F2"),),
    ),
    Screen(
        key="monitoring.trace",
        title=_("Trace by hand"),
        actions=(
            Action("monitoring.join", _("Join"), "F9"),
            Action("monitoring.other_voucher", _("Another voucher"), "F4"),
            Action("monitoring.other_line", _("Another line"), "F8"),
        ),
        beside=(IMAGES,),
        always=(("1 … 9", _("Choose the voucher, then the line")),),
    ),
    Screen(
        key="monitoring.alert_desk",
        title=_("Desk of alerts"),
        actions=(
            Action("monitoring.investigate", _("Look into it"), "F2"),
            Action("monitoring.verify", _("Verify"), "F3"),
            Action("monitoring.issue_query", _("Ask the outlet"), "F6"),
            Action("monitoring.close_true", _("Close: it is true"), "F8"),
            Action("monitoring.close_false", _("Close: false alarm"), "F9"),
            Action("monitoring.hand_back_alert", _("Put back"), "F4"),
        ),
    ),
    Screen(
        key="monitoring.lists",
        title=_("Vouchers and journal lines"),
        actions=(
            Action("monitoring.show", _("Show"), "F3"),
            Action("monitoring.new_slip", _("New slip"), "F2"),
        ),
    ),
    Screen(
        key="monitoring.match",
        title=_("Voucher and journal line"),
        actions=(Action("monitoring.slip_about", _("Issue a slip"), "F6"),),
        beside=(IMAGES,),
    ),
    Screen(
        key="monitoring.look",
        title=_("Second look"),
        actions=(
            Action("monitoring.first_wrong", _("The first finding was wrong"), "F8"),
            Action("monitoring.first_right", _("The first finding was right"), "F9"),
        ),
    ),
    Screen(
        key="monitoring.issue_slip",
        title=_("New slip"),
        actions=(Action("monitoring.issue_slip", _("Issue"), "F9"),),
    ),
    Screen(
        key="monitoring.slip",
        title=_("Slip"),
        actions=(
            Action("monitoring.slip_reply", _("Send"), "F9"),
            Action("monitoring.slip_step", _("Confirm, acknowledge, begin"), "F6"),
            Action("monitoring.slip_appeal", _("Appeal"), "F8"),
            Action("monitoring.slip_check", _("Accept, verify, close"), "F10"),
            Action("monitoring.slip_ask", _("Ask again"), "F7"),
            Action("monitoring.slip_judge", _("Judge the appeal"), "F4"),
        ),
        beside=(IMAGES,),
    ),
    Screen(
        key="dashboards.live",
        title=_("Dashboard"),
        actions=(Action("dashboards.wall", _("Wallboard"), "f"),),
    ),
)


def connect() -> None:
    """Hand the screens to the shell."""
    keyboard.show(*SCREENS)
