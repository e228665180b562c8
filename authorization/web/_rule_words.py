"""Authorization rules in words and as lists drawn from cells (decision 0133)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from authorization import rules, selectors
from authorization.models import AuthRule
from foundation.kernel.money import Money
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops

LISTED = (
    Column(_("Code"), table.NUMBER),
    Column(_("Transaction")),
    Column(_("Group")),
    Column(_("When a second person is needed")),
    Column(_("Authorization from"), table.RIGHT),
    Column(_("Grade"), table.NUMBER),
    Column(_("Since"), table.NUMBER),
    Column(_("Later"), table.NUMBER),
    Column(_("Own rules of")),
    Column(_("State")),
)
HISTORY = (
    Column(_("Valid from"), table.NUMBER),
    Column(_("For")),
    Column(_("When a second person is needed")),
    Column(_("Authorization from"), table.RIGHT),
    Column(_("Grade"), table.NUMBER),
    Column(_("Reason")),
    Column(_("Proposed by")),
    Column(_("Decided by")),
    Column(_("State")),
)
NEVER = _("Not needed")


@dataclass(frozen=True)
class Compared:
    """One thing that rules say: what it was, what it would be, and whether that differs."""

    label: str
    old: str
    new: str

    @property
    def changed(self) -> bool:
        """Return whether the two rules differ here."""
        return self.old != self.new


def why(codes: Iterable[str]) -> str:
    """Return in words what made, or would make, a second person necessary."""
    return "; ".join(
        " + ".join(gettext(rules.WHY[kind].name) for kind in code.split(rules.JOINED))
        for code in codes
    )


def conditions(said: rules.Rule) -> str:
    """Return in words when a rule needs a second person."""
    single = [kind for kind in rules.kinds_of(said) if kind not in said.together]
    joined = [rules.JOINED.join(said.together)] if said.together else []
    return why([*single, *joined]) or gettext(NEVER)


def listed(rows: Sequence[selectors.RuleListed]) -> Table:
    """Return the list of transactions with what their rules say."""
    return Table(LISTED, [_listed_row(row) for row in rows])


def _listed_row(row: selectors.RuleListed) -> Row:
    said = row.present.says if row.present else None
    waits = ops.chip("warn", "hourglass", gettext("waiting")) if row.waiting else ""
    return Row(
        (
            table.link(to="authorization:rule_history", key=row.trade.code, text=row.trade.code),
            gettext(row.trade.name),
            gettext(rules.GROUPS[said.group if said else row.trade.group].name),
            conditions(said) if said else table.NOTHING,
            ops.money(said.amount_from_fen) if said else table.NOTHING,
            f"G{said.grade}" if said else table.NOTHING,
            _day(row.present.valid_from if row.present else None),
            " ".join(_day(later.valid_from) for later in row.later),
            " ".join(own.institution.name for own in row.own if own.institution),
            waits,
        )
    )


def history(rows: Sequence[AuthRule]) -> Table:
    """Return every rule of a transaction, each leading to its page where it may be opened."""
    seen = selectors.rule_ids_in_sight(rows=rows)
    return Table(HISTORY, [_history_row(row, opens=row.pk in seen) for row in rows])


def _history_row(row: AuthRule, *, opens: bool) -> Row:
    decided = row.approved_by or row.declined_by
    day = _day(row.valid_from)
    return Row(
        (
            table.link(to="authorization:rule", key=row.pk, text=day) if opens else day,
            place(row),
            conditions(row.says),
            ops.money(row.amount_from_fen),
            f"G{row.grade}",
            row.reason,
            row.proposed_by.label,
            decided.label if decided else table.NOTHING,
            state(row),
        )
    )


def place(row: AuthRule) -> str:
    """Return for whom a rule is."""
    return row.institution.name if row.institution else gettext("The whole bank")


def state(row: AuthRule) -> SafeString:
    """Return the mark of where a proposal stands."""
    if row.approved_by_id:
        return ops.chip("ok", "check", gettext("approved"))
    if row.declined_by_id:
        return ops.chip("bad", "x", gettext("declined"))
    return ops.chip("warn", "hourglass", gettext("waiting"))


def compared(old: AuthRule | None, new: AuthRule) -> Sequence[Compared]:
    """Return what two rules say, one beside the other."""
    before = dict(_said(old)) if old else {}
    return [Compared(label, before.get(label, table.NOTHING), text) for label, text in _said(new)]


def _said(row: AuthRule) -> Iterable[tuple[str, str]]:
    said = row.says
    yield gettext("When a second person is needed"), conditions(said)
    yield gettext("Authorization from"), ops.money(said.amount_from_fen)
    yield gettext("Kind of customer"), _named(said.customer_kinds, rules.CUSTOMERS)
    yield gettext("State of the payer's account"), _named(said.account_states, rules.ACCOUNT_STATES)
    yield gettext("Teller's grade below"), _grade(said.teller_grade_below)
    yield gettext("Not needed from"), _clock(said.outside_from)
    yield gettext("until"), _clock(said.outside_until)
    yield gettext("by an agent from"), ops.money(said.agent_from_fen)
    yield gettext("Grade"), _grade(said.grade)
    yield gettext("Bands of amounts"), _bands(said.bands)
    outlet = row.on_site == row.outlet_levels
    yield gettext("Levels at the outlet"), _acting(str(row.outlet_levels), acts=outlet)
    yield gettext("Levels at the centre"), str(said.centre_levels)
    yield gettext("Skill"), said.skill or table.NOTHING
    yield gettext("Group"), gettext(rules.GROUPS[said.group].name)
    yield gettext("Cash in or out"), gettext(rules.CASH[said.cash].name)
    yield gettext("Transfer"), gettext("Yes") if said.transfer else table.NOTHING
    yield gettext("Customer called back from"), ops.money(said.call_back_from_fen)
    yield gettext("Images"), _acting(gettext(rules.SCANS[said.scan_mode].name), acts=_scans(row))
    yield gettext("Scanned within minutes"), str(said.rescan_minutes or table.NOTHING)
    yield gettext("Weight in figures of work"), str(Decimal(said.weight_hundredths) / 100)


def _acting(said: str, *, acts: bool) -> str:
    """Return what a row says; of one from before that acted, that it does not."""
    if acts:
        return said
    return gettext("%(said)s, not acted upon: from before that was") % {"said": said}


def _scans(row: AuthRule) -> bool:
    return row.scanned_within == row.rescan_minutes


def _named(codes: Sequence[str], words: Mapping[str, rules.Word]) -> str:
    return "; ".join(gettext(words[code].name) for code in codes) or table.NOTHING


def _grade(grade: int | None) -> str:
    return table.NOTHING if grade is None else f"G{grade}"


def _clock(at: time | None) -> str:
    return table.NOTHING if at is None else f"{at.hour:02}:{at.minute:02}"


def _bands(bands: Sequence[rules.Band]) -> str:
    told = (f"{Money(band.from_fen)} G{band.grade} ×{band.centre_levels}" for band in bands)
    return "; ".join(told) or table.NOTHING


def _day(on: date | None) -> str:
    return on.isoformat() if on else table.NOTHING


def to_choose(rows: Sequence[AuthRule], *, person: UUID | None) -> Table:
    """Return the proposals that wait, with a box before each that the person may decide."""
    columns = (Column(_("Choose"), spoken=True), Column(_("Transaction")), *HISTORY[:7])
    return Table(columns, [_chosen_row(row, person) for row in rows])


def _chosen_row(row: AuthRule, person: UUID | None) -> Row:
    name = f"{row.trade_code} {gettext(row.trade.name)}"
    box = format_html(
        '<input type="checkbox" name="rule_id" value="{}" checked aria-label="{}">', row.pk, name
    )
    cells = _history_row(row, opens=True).cells[:7]
    others = person is not None and row.proposed_by.person != person
    return Row((box if others else "", name, *cells))
