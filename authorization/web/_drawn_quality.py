"""Cases, figures of quality and the decisions behind them, drawn as cells (decision 0133)."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules as items
from authorization.models import Decision, QualityCase
from authorization.rules import quality as rules
from authorization.selectors.admission import Met
from authorization.selectors.measured import Cut, Measured, Pair
from foundation.kernel.calendar import local
from foundation.kernel.chance import Share
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

CASES = (
    Column(_("Case"), table.NUMBER),
    Column(_("Kind")),
    Column(_("Source")),
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Authorizer")),
    Column(_("Raised"), table.NUMBER),
    Column(_("State")),
    Column(_("Severity"), table.RIGHT),
)
MEASURED = (
    Column(_("Of whom or what")),
    Column(_("Decisions"), table.RIGHT),
    Column(_("Refusals"), table.RIGHT),
    Column(_("Wrong refusals"), table.RIGHT),
    Column(_("% of refusals (95 %)"), table.RIGHT),
    Column(_("Approvals"), table.RIGHT),
    Column(_("Wrong approvals"), table.RIGHT),
    Column(_("% of approvals (95 %)"), table.RIGHT),
    Column(_("Seen again blind"), table.RIGHT),
    Column(_("Decided otherwise"), table.RIGHT),
    Column(_("% of those (95 %)"), table.RIGHT),
    Column(_("Agreement κ"), table.RIGHT),
    Column(_("Quick approvals"), table.RIGHT),
    Column(_("Not judged yet"), table.RIGHT),
)
# Beside the decisions of a person.
WORK = (Column(_("Weighted work"), table.RIGHT), Column(_("A day"), table.RIGHT))
AUTHORIZER = Column(_("Authorizer"))
DECISIONS = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    AUTHORIZER,
    Column(_("Decided"), table.NUMBER),
    Column(_("Seconds"), table.RIGHT),
    Column(_("Decision")),
    Column(_("Reasons"), table.NUMBER),
)
MET = (
    Column(_("Authorizer")),
    Column(_("Answered"), table.RIGHT),
    Column(_("Right"), table.RIGHT),
    Column(_("% of those (95 %)"), table.RIGHT),
)
PAIRS = (
    Column(_("Teller")),
    Column(_("Authorizer")),
    Column(_("Met"), table.RIGHT),
    Column(_("Expected"), table.RIGHT),
)
TITLES = {
    "decided": _("Decisions"),
    "approved": _("Approvals"),
    "refused": _("Refusals"),
    "seen": _("Seen again blind"),
    "differing": _("Decided otherwise"),
    "wrong_refusal": _("Wrong refusals"),
    "wrong_approval": _("Wrong approvals"),
    "open_cases": _("Not judged yet"),
    "quick": _("Quick approvals"),
}


def title(figure: str) -> str:
    """Return what a figure counts, in the language of the moment."""
    return gettext(TITLES.get(figure, TITLES["decided"]))


def link(cut: Cut, figure: str, *, key: str = "", before: int | None = None) -> str:
    """Return the address of the list of what a figure counts."""
    asked = {"month": f"{cut.first:%Y-%m}", "by": cut.by, "figure": figure}
    asked |= {"key": key or cut.key, "teller": cut.teller, "before": str(before or "")}
    given = {name: value for name, value in asked.items() if value}
    return f"{reverse('authorization:decisions')}?{urlencode(given)}"


def pairs(cut: Cut, rows: Sequence[Pair]) -> Table:
    """Return the pairs that meet too often, each opening the decisions in which they met."""
    return Table(PAIRS, [_pair(cut, row) for row in rows])


def _pair(cut: Cut, row: Pair) -> Row:
    met = replace(cut, by="person", key=row.authorizer, teller=row.teller)
    address = html.escape(link(met, "decided"))
    figure = SafeString(f'<a href="{address}" data-figure="{row.met}">{row.met}</a>')
    return Row((row.teller, row.authorizer, figure, str(row.expected)))


def cases(rows: Sequence[QualityCase]) -> Table:
    """Return the list of cases."""
    return Table(CASES, [_case(row) for row in rows])


def _case(row: QualityCase) -> Row:
    made = row.decision
    return Row(
        (
            table.link(to="authorization:case", key=row.pk, text=str(row.pk)),
            gettext(rules.KINDS_OF_CASE[row.kind].name),
            gettext(rules.SOURCES[row.source].name),
            table.link(to="authorization:item", key=made.request.number, text=made.request.number),
            made.request.institution.name,
            ops.actor(made.decider_label),
            f"{local(row.raised_at):%m-%d %H:%M}",
            SafeString(ops.state_badge(row.state)),
            table.NOTHING if row.severity is None else str(row.severity),
        ),
        key=str(row.pk),
    )


def words(row: QualityCase) -> dict[str, str]:
    """Return the words of a case's codes, in the language of the moment."""
    cause = rules.CAUSES.get(row.cause)
    return {
        "kind": gettext(rules.KINDS_OF_CASE[row.kind].name),
        "source": gettext(rules.SOURCES[row.source].name),
        "cause": gettext(cause.name) if cause else "",
        "step": ops.state_badge(row.decision.step),
    }


def measured(cut: Cut, rows: Sequence[Measured]) -> Table:
    """Return the figures by person, transaction or outlet, each opening what it counts."""
    head = (*MEASURED[:2], *(WORK if cut.by == "person" else ()), *MEASURED[2:])
    return Table(head, [_measured(cut, row) for row in rows])


def _measured(cut: Cut, row: Measured) -> Row:
    def figure(name: str) -> SafeString:
        address = html.escape(link(cut, name, key=row.key))
        return SafeString(
            f'<a href="{address}" data-figure="{row.counts[name]}">{row.counts[name]}</a>'
        )

    return Row(
        (
            _whose(cut, row.key),
            figure("decided"),
            *([str(row.work), _number(row.work_a_day)] if cut.by == "person" else []),
            figure("refused"),
            figure("wrong_refusal"),
            _share(row.wrong_refusals),
            figure("approved"),
            figure("wrong_approval"),
            _share(row.wrong_approvals),
            figure("seen"),
            figure("differing"),
            _share(row.differing),
            _number(row.kappa),
            figure("quick"),
            figure("open_cases"),
        ),
        look="op-row--warn" if row.counts["quick"] or row.counts["wrong_approval"] else "",
    )


def _whose(cut: Cut, key: str) -> str:
    known = items.CATALOGUE.get(key) if cut.by == "trade" else None
    return f"{key} {gettext(known.name)}" if known else key


def _share(share: Share) -> str:
    if share.percent is None:
        return table.NOTHING
    return f"{share.percent} ({share.lower}–{share.upper})"


def _number(value: Decimal | None) -> str:
    return table.NOTHING if value is None else str(value)


def met(rows: Sequence[Met]) -> Table:
    """Return how known answers were met, by reviewer."""
    return Table(
        MET,
        [
            Row((one.label, str(one.right.whole), str(one.right.part), _share(one.right)))
            for one in rows
        ],
    )


def decisions(rows: Sequence[Decision]) -> Table:
    """Return the decisions behind a figure."""
    return Table(DECISIONS, [_decision(row) for row in rows])


def own_decisions(rows: Sequence[Decision]) -> Table:
    """Return one person's decisions, whom every row would name."""
    columns = [column for column in DECISIONS if column is not AUTHORIZER]
    return Table(columns, [_decision(row, whose=False) for row in rows])


def _decision(row: Decision, *, whose: bool = True) -> Row:
    item = row.request
    return Row(
        (
            table.link(to="authorization:item", key=item.number, text=item.number),
            item.institution.name,
            f"{item.trade_code} {gettext(item.trade.name)}",
            *([row.decider_label] if whose else []),
            f"{local(row.at):%m-%d %H:%M:%S}",
            f"{Decimal(row.view_ms) / 1000:.1f}",
            SafeString(ops.state_badge(row.step)),
            " ".join(row.reasons),
        ),
        key=str(row.pk),
    )
