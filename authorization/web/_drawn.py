"""The lists of items, drawn as cells (decision 0133)."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules, selectors
from authorization.models import Decision, Inquiry, Request
from authorization.rules import passing
from authorization.web import _drawn_on_site
from foundation.people.models import Staff
from foundation.ui import addresses, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

ITEMS = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Payer")),
    Column(_("Amount"), table.RIGHT),
    Column(_("State")),
    Column(_("Entered"), table.NUMBER),
    Column(_("Decided"), table.NUMBER),
    Column(_("Teller")),
    Column(_("Authorizer")),
    Column(_("Reasons")),
)
OWN = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Transaction")),
    Column(_("Payer")),
    Column(_("Amount"), table.RIGHT),
    Column(_("State")),
    Column(_("Entered"), table.NUMBER),
    Column(_("Authorizer")),
    Column(_("Journal number"), table.NUMBER),
    Column(_("What can be done"), spoken=True),
)
TIMES = (
    Column(_("Decision")),
    Column(_("Queue"), table.RIGHT),
    Column(_("Until shown"), table.RIGHT),
    Column(_("Deciding"), table.RIGHT),
    Column(_("On hold"), table.RIGHT),
    Column(_("Feedback"), table.RIGHT),
)
Drawn = Callable[[str], str]
# What the teller can do with an item of their own, by its state.
STEPS = {
    rules.RETURNED: ("authorization:correct", "pencil", _("Correct")),
    rules.ON_HOLD: ("authorization:answer", "camera", _("Answer")),
    rules.POSTED: ("authorization:receipt", "printer", _("Receipt")),
}


def items(rows: Sequence[selectors.Listed]) -> Table:
    """Return the list of items."""
    badge, trade = cache(ops.state_badge), cache(_trade)  # many rows show the same
    return Table(ITEMS, [_item_row(row, badge, trade) for row in rows])


def _item_row(row: selectors.Listed, badge: Drawn, trade: Drawn) -> Row:
    return Row(
        (
            table.link(to="authorization:item", key=row.number, text=row.number),
            row.place,
            trade(row.trade_code),
            ops.mask_name(row.payer_name),
            ops.money(row.amount_fen),
            badge(rules.told(row.state)),
            table.clock(row.created_at),
            table.clock(row.decided_at),
            row.teller_label,
            ops.actor(row.decider_label) or table.NOTHING,
            " ".join(row.reasons),
        )
    )


def own(rows: Sequence[selectors.Own]) -> Table:
    """Return the list of a teller's own items, with what can be done with each."""
    badge, trade, step = cache(ops.state_badge), cache(_trade), cache(_step)
    return Table(OWN, [_own_row(row, badge, trade, step) for row in rows])


def _own_row(row: selectors.Own, badge: Drawn, trade: Drawn, step: Drawn) -> Row:
    state = badge(rules.told(row.state))
    if row.reasons:
        state = format_html('{} <span class="op-muted">{}</span>', state, " ".join(row.reasons))
    return Row(
        (
            table.link(to="authorization:item", key=row.number, text=row.number),
            trade(row.trade_code),
            row.payer_name,
            ops.money(row.amount_fen),
            state,
            table.clock(row.created_at),
            ops.actor(row.decider_label) or table.NOTHING,
            row.journal_no or table.NOTHING,
            _can(row, step) + _takes_back(row),
        ),
        look="op-row--warn" if row.state == rules.RETURNED or row.asked else "",
    )


def waiting(seen: selectors.Record, person: Staff) -> dict[str, object]:
    """Return what an item's page says of going up, and of where the time went."""
    why, outlet = seen.request.escalated_why, seen.request.institution_id
    return {
        "escalated": rules.ESCALATED_WHY[why].text if why else "",
        # Why an authorizer passed it up is between them and the leads.
        "passed_up": why == passing.PASSED_UP and person.institution_id != outlet,
        "times": Table(TIMES, [_time_row(made) for made in seen.decisions]),
        "times_caption": gettext("Where the time went"),
        "on_site": _drawn_on_site.said(seen.on_site),
        "on_site_caption": gettext("What was said on site"),
    }


def concerns(asked: Inquiry, item: Request, person: Staff) -> bool:
    """Tell whether the button to the answer is for this person; the service decides."""
    if asked.kind == rules.RESCAN:
        return bool(item.teller_id == person.pk)
    return bool((asked.asked_by_id == person.pk) == (asked.kind == rules.CALL)) and (
        item.teller_id != person.pk and person.institution_id != item.institution_id
    )


def why_not(item: Request) -> str:
    """Return why an item was rejected or sent back, in words; nothing of any other."""
    if item.state not in (rules.REJECTED, rules.RETURNED):
        return ""
    said = [f"{code} {gettext(rules.REASONS[code].text)}" for code in item.reasons]
    return "; ".join([*said, *filter(None, [item.remark])])


def _time_row(made: Decision) -> Row:
    spans = (made.queue_ms, made.show_ms, made.decide_ms, made.hold_ms, made.feedback_ms)
    if made.show_ms is None:
        spans = (made.queue_ms, None, made.view_ms, made.hold_ms, made.feedback_ms)
    return Row((ops.state_badge(made.step), *(table.seconds(span) for span in spans)))


def _can(row: selectors.Own, step: Drawn) -> SafeString:
    """Return the button to what the teller can do with an item of their own."""
    if row.state not in STEPS or (row.state == rules.ON_HOLD and not row.asked):
        return SafeString("")
    page, _sign, _word = STEPS[row.state]
    return table.link(to=page, key=row.number, text=step(row.state), look="op-btn op-btn--small")


def _takes_back(row: selectors.Own) -> SafeString:
    """Return the button of a form around the list that takes the item back, while it may be."""
    if "withdraw" not in rules.FLOW.steps_from(row.state):
        return SafeString("")
    return format_html(
        ' <button class="op-btn op-btn--dan op-btn--small" formaction="{}">{}{}</button>',
        addresses.of("authorization:withdraw", row.number),
        ops.icon("arrow-back-up"),
        gettext("Withdraw"),
    )


def _step(state: str) -> SafeString:
    _page, sign, word = STEPS[state]
    return SafeString(f"{ops.icon(sign)}{html.escape(gettext(word))}")


def _trade(code: str) -> str:
    return f"{code} {gettext(rules.CATALOGUE[code].name)}"
