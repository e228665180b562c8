"""The automatic tier as lists drawn from cells (decision 0133): sets, figures, verdicts."""

from __future__ import annotations

import html
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules as items
from authorization.models import TierSet, TierVerdict
from authorization.rules import tier as rules
from authorization.selectors.tier import Compared, Cut
from foundation.kernel.chance import Share
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

SETS = (
    Column(_("Set of rules"), table.NUMBER),
    Column(_("Valid from"), table.NUMBER),
    Column(_("How many lines"), table.RIGHT),
    Column(_("Reason")),
    Column(_("Proposed by")),
    Column(_("Decided by")),
    Column(_("State")),
)
LINES = (
    Column(_("Line"), table.RIGHT),
    Column(_("The tier")),
    Column(_("Reason")),
    Column(_("When all of these hold")),
)
KINDS = (Column(_("Condition"), table.NUMBER), Column(_("Its meaning")))
COMPARED = (
    Column(_("Transaction")),
    Column(_("Rounds decided"), table.RIGHT),
    Column(_("Would pass"), table.RIGHT),
    Column(_("of these people refused"), table.RIGHT),
    Column(_("% of passes (95 %)"), table.RIGHT),
    Column(_("Would refuse"), table.RIGHT),
    Column(_("of these people passed"), table.RIGHT),
    Column(_("Agreed"), table.RIGHT),
    Column(_("% of what it said (95 %)"), table.RIGHT),
    Column(_("Left to people"), table.RIGHT),
    Column(_("% left"), table.RIGHT),
    Column(_("Seconds saved"), table.RIGHT),
)
VERDICTS = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("The tier")),
    Column(_("Line"), table.RIGHT),
    Column(_("Set of rules"), table.NUMBER),
    Column(_("People")),
    Column(_("Seconds"), table.RIGHT),
    Column(_("What held")),
)
TITLES = {
    "judged": _("Rounds decided"),
    "passed": _("Would pass"),
    "wrong_pass": _("Would pass what people refused"),
    "refused": _("Would refuse"),
    "wrong_refusal": _("Would refuse what people passed"),
    "left": _("Left to people"),
    "agreed": _("Agreed"),
}


def title(figure: str) -> str:
    """Return what a figure counts, in the language of the moment."""
    return gettext(TITLES[figure])


def link(cut: Cut, figure: str, *, code: str = "", before: int | None = None) -> str:
    """Return the address of the list of what a figure counts."""
    asked = {"first": f"{cut.first}", "last": f"{cut.last}", "code": code or cut.code}
    asked |= {"version": str(cut.set_id or ""), "figure": figure, "before": str(before or "")}
    given = {name: value for name, value in asked.items() if value}
    return f"{reverse('authorization:tier_items')}?{urlencode(given)}"


def compared(cut: Cut, rows: Sequence[Compared], whole: Compared) -> Table:
    """Return the figures by transaction and together, each opening what it counts."""
    return Table(COMPARED, [_compared(cut, row) for row in (*rows, whole)])


def _compared(cut: Cut, row: Compared) -> Row:
    def figure(name: str) -> SafeString:
        address, count = html.escape(link(cut, name, code=row.code)), row.counts[name]
        return SafeString(f'<a href="{address}" data-figure="{count}">{count}</a>')

    known = items.CATALOGUE.get(row.code)
    return Row(
        (
            f"{row.code} {gettext(known.name)}" if known else gettext("All transactions"),
            figure("judged"),
            figure("passed"),
            figure("wrong_pass"),
            share(row.wrong_passes),
            figure("refused"),
            figure("wrong_refusal"),
            figure("agreed"),
            share(row.agreement),
            figure("left"),
            table.NOTHING if row.left.percent is None else str(row.left.percent),
            str(row.saved_seconds),
        ),
        look="op-row--warn" if row.counts["wrong_pass"] else "",
        key=row.code,
    )


def share(found: Share) -> str:
    """Return a share in percent with its interval."""
    if found.percent is None:
        return table.NOTHING
    return f"{found.percent} ({found.lower}–{found.upper})"


def verdicts(rows: Sequence[TierVerdict], *, opens: bool) -> Table:
    """Return the verdicts behind a figure; items are links for who may see items."""
    return Table(VERDICTS, [_verdict(row, opens) for row in rows])


def _verdict(row: TierVerdict, opens: bool) -> Row:  # noqa: FBT001
    item, number = row.request, row.request.number
    seconds = Decimal(getattr(row, "looked_ms", 0) or 0) / 1000
    return Row(
        (
            table.link(to="authorization:item", key=number, text=number) if opens else number,
            item.institution.name,
            f"{item.trade_code} {gettext(item.trade.name)}",
            _outcome(row.outcome, row.reason),
            str(row.line or table.NOTHING),
            table.link(to="authorization:tier_set", key=row.tier_set_id, text=f"{row.tier_set_id}"),
            SafeString(ops.state_badge(getattr(row, "people", ""))),
            f"{seconds:.1f}",
            row.failure or "; ".join(row.held),
        ),
        key=str(row.pk),
    )


def _outcome(outcome: str, reason: str) -> str:
    return f"{gettext(rules.OUTCOMES[outcome].name)} {reason}".strip()


def sets(rows: Sequence[TierSet]) -> Table:
    """Return the sets that there are, were and may be."""
    return Table(SETS, [_set(row) for row in rows])


def _set(row: TierSet) -> Row:
    decided = row.approved_by or row.declined_by
    return Row(
        (
            table.link(to="authorization:tier_set", key=row.pk, text=str(row.pk)),
            f"{row.valid_from}",
            str(len(row.lines)),
            row.reason,
            row.proposed_by.label,
            decided.label if decided else table.NOTHING,
            state(row),
        )
    )


def state(row: TierSet) -> SafeString:
    """Return the mark of where a set stands."""
    if row.approved_by_id:
        return ops.chip("ok", "check", gettext("approved"))
    if row.declined_by_id:
        return ops.chip("bad", "x", gettext("declined"))
    return ops.chip("warn", "hourglass", gettext("waiting"))


def lines(row: TierSet) -> Table:
    """Return a set's lines in words."""
    return Table(LINES, [_line(place, line) for place, line in enumerate(row.says, start=1)])


def _line(place: int, line: rules.Line) -> Row:
    reason = items.REASONS.get(line.reason)
    why = f"{reason.code} {gettext(reason.text)}" if reason else table.NOTHING
    return Row((str(place), _outcome(line.outcome, ""), why, said(line)))


def said(line: rules.Line) -> str:
    """Return the conditions of a line in words."""
    return "; ".join(
        gettext(rules.KINDS[one.kind].name) % {"value": one.told} if one.told else
        gettext(rules.KINDS[one.kind].name) for one in line.conditions
    )  # fmt: skip


def vocabulary() -> Table:
    """Return every condition as it is written, with what it says."""
    samples = {rules.YUAN: "50,000.00", rules.PERCENT: "90", rules.COUNT: "5"}
    samples |= {rules.CODES: "1002 1101", rules.NONE: ""}
    rows = [(code, kind, samples[kind.takes]) for code, kind in rules.KINDS.items()]
    return Table(
        KINDS,
        [
            Row((f"{code} {value}".strip(), gettext(kind.name) % {"value": value} if value else
                 gettext(kind.name)))
            for code, kind, value in rows
        ],
    )  # fmt: skip
