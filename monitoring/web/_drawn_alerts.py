"""Alerts, rules and what they found, as lists drawn from cells (decision 0133) and in words."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_noop as _

from foundation.kernel.chance import Share
from foundation.ui import subjects, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from monitoring.models import (
    Alert,
    AlertLine,
    Backtest,
    HeldPosting,
    MonitoringRule,
    RuleHit,
    RuleVersion,
)
from monitoring.rules import workshop as rules
from monitoring.selectors.workshop import Matrix, Standing

ALERTS = (
    Column(_("Alert"), table.NUMBER),
    Column(_("Level")),
    Column(_("Score"), table.RIGHT),
    Column(_("Rule")),
    Column(_("About what"), table.NUMBER),
    Column(_("What was found")),
    Column(_("Institution")),
    Column(_("Last hit"), table.NUMBER),
    Column(_("Hits"), table.RIGHT),
    Column(_("State")),
    Column(_("Worked on by")),
)
LINES = (
    Column(_("Journal number"), table.NUMBER),
    Column(_("Business date"), table.NUMBER),
    Column(_("Booked at"), table.NUMBER),
    Column(_("Transaction code"), table.NUMBER),
    Column(_("Account"), table.NUMBER),
    Column(_("Counter-account"), table.NUMBER),
    Column(_("Amount"), table.RIGHT),
    Column(_("Teller"), table.NUMBER),
)
HELD = (
    Column(_("Item")),
    Column(_("Round"), table.RIGHT),
    Column(_("Held at"), table.NUMBER),
    Column(_("Transaction code"), table.NUMBER),
    Column(_("Account"), table.NUMBER),
    Column(_("Amount"), table.RIGHT),
    Column(_("Teller"), table.NUMBER),
)
RULES = (
    Column(_("Rule"), table.NUMBER),
    Column(_("Title")),
    Column(_("Kind")),
    Column(_("About what")),
    Column(_("Risk link")),
    Column(_("Level")),
    Column(_("Version"), table.RIGHT),
    Column(_("State")),
    Column(_("Hits in 90 days"), table.RIGHT),
    Column(_("Open alerts"), table.RIGHT),
    Column(_("Share true"), table.RIGHT),
)
VERSIONS = (
    Column(_("Version"), table.RIGHT),
    Column(_("State")),
    Column(_("Valid from"), table.NUMBER),
    Column(_("Reason")),
    Column(_("Made by")),
    Column(_("Published by")),
)
HITS = (
    Column(_("Business date"), table.NUMBER),
    Column(_("About what"), table.NUMBER),
    Column(_("Institution")),
    Column(_("What was found")),
    Column(_("Journal lines"), table.RIGHT),
)
DAYS = (Column(_("Business date"), table.NUMBER), Column(_("Hits"), table.RIGHT))
TRIALS = (
    Column(_("Days"), table.NUMBER),
    Column(_("Done"), table.RIGHT),
    Column(_("Asked by")),
    Column(_("Asked at"), table.NUMBER),
)


@dataclass(frozen=True)
class Said:
    """One line of a rule in words, and whether it is new, gone or as before."""

    text: str
    change: str = ""


def title(rule: MonitoringRule) -> str:
    """Return what a rule is called in the language of the moment."""
    return rule.title if (get_language() or "zh").startswith("zh") else rule.english


def level(code: str) -> SafeString:
    """Return the level as a word with its colour."""
    known = rules.LEVELS[code]
    return SafeString(ops.state_badge(code, gettext(known.name), known.kind))


def entity(rule: MonitoringRule, name: str) -> str:
    """Return what a hit is about; accounts are masked as everywhere."""
    if rule.entity in ("account", "account_amount", "teller_account"):
        columns = rules.ENTITIES[rule.entity].columns
        parts = zip(columns, name.split("/"), strict=False)
        return " · ".join(
            ops.mask_account(part) if column == "account"
            else rules.figure("yuan", int(part)) if column == "fen"
            else part
            for column, part in parts
        )  # fmt: skip
    return name


def found(spec: rules.Spec, figures: Sequence[int]) -> str:
    """Return the figures of a hit by their words."""
    if spec.kind == rules.SINGLE:
        count, fen = (*figures, 0, 0)[:2]
        lines = ngettext("%(n)s line", "%(n)s lines", count) % {"n": count}
        return f"{lines} · {rules.figure('yuan', fen)}"
    if spec.kind == rules.SEQUENCE:
        return gettext("in %(minutes)s minutes") % {"minutes": figures[0] if figures else 0}
    if spec.kind == rules.RING:
        hops = figures[0] if figures else 0
        return gettext("back after %(hops)s transfers") % {"hops": hops}
    pairs = zip(spec.tests, figures, strict=False)
    return " · ".join(f"{figure(test)} {rules.figure(test.unit, value)}" for test, value in pairs)


def figure(test: rules.Test) -> str:
    """Return the word of a figure, with the days it is over."""
    if test.over == "active":
        return gettext(rules.OVERS[test.over].name)
    if test.over:
        return f"{gettext(rules.OVERS[test.over].name)}: {gettext(rules.KEPT[test.what].name)}"
    return gettext(rules.MEASURES[test.what].name)


def said(version: RuleVersion) -> list[str]:
    """Return a version in words, a line each."""
    spec = version.says
    lines = [
        f"{gettext('Kind')}: {gettext(rules.KINDS[spec.kind].name)}",
        f"{gettext('About what')}: {gettext(rules.ENTITIES[spec.entity].name)}",
        *(f"{gettext('A condition')}: {condition(*one)}" for one in spec.where),
        *(_test_said(test) for test in spec.tests),
    ]
    for place, step in enumerate(spec.steps, start=1):
        head = gettext("Step %(number)s") % {"number": place}
        lines.append(f"{head}: {'; '.join(condition(*one) for one in step)}")
    windows = (
        (spec.kind == rules.PROFILE, _("Days looked back on"), spec.days),
        (spec.kind == rules.SEQUENCE, _("Within minutes"), spec.minutes),
        (spec.kind == rules.RING, _("Transfers at most"), spec.hops),
        (spec.kind == rules.RING, _("Percent that goes on at least"), spec.share),
        (spec.kind == rules.RING, _("Within days"), spec.days),
    )
    lines += [f"{gettext(word)}: {value}" for held, word, value in windows if held]
    if version.prevents:
        lines.append(gettext("Holds the posting until two people have decided"))
    lines.append(f"{gettext('Level')}: {gettext(rules.LEVELS[version.level].name)}")
    return [*lines, f"{gettext('Score')}: {version.score}"]


def condition(code: str, value: object) -> str:
    """Return a condition in words."""
    return f"{gettext(rules.CONDITIONS[code].name)} {rules.told(code, value)}".strip()


def compared(version: RuleVersion, before: RuleVersion | None) -> list[Said]:
    """Return a version in words beside the one in force: what is new, what is gone."""
    now = said(version)
    if before is None or before.pk == version.pk:
        return [Said(line) for line in now]
    then = said(before)
    new = [Said(line, "" if line in then else "new") for line in now]
    return new + [Said(line, "gone") for line in then if line not in now]


def alerts(rows: Sequence[Alert]) -> Table:
    """Return the list of alerts."""
    return Table(ALERTS, [_alert(row) for row in rows])


def lines(rows: Sequence[AlertLine], *, opens: bool) -> Table:
    """Return the lines that bear an alert out; own ones open for who may see the journal."""
    return Table(LINES, [_line(row, opens) for row in rows])


def held(rows: Sequence[HeldPosting], names: subjects.Names) -> Table:
    """Return the postings that the rule held back, their items as the reader may open them."""
    return Table(
        HELD,
        [
            Row(
                (
                    subjects.drawn(names[row.subject]),
                    str(row.attempt),
                    table.clock(row.at),
                    row.trade_code,
                    ops.mask_account(row.account_number),
                    ops.money(row.amount_fen),
                    row.teller,
                )
            )
            for row in rows
        ],
    )


def standings(rows: Sequence[Standing]) -> Table:
    """Return the list of rules with their rates."""
    return Table(RULES, [_standing(row) for row in rows])


def versions(rows: Sequence[RuleVersion]) -> Table:
    """Return the versions of a rule."""
    return Table(VERSIONS, [_version(row) for row in rows])


def hits(version: RuleVersion, rows: Sequence[RuleHit]) -> Table:
    """Return what a version found."""
    spec = version.says
    return Table(
        HITS,
        [
            Row(
                (
                    f"{row.day}", entity(version.rule, row.entity), row.institution.name,
                    found(spec, row.found), str(len(row.lines)),
                )
            )
            for row in rows
        ],
    )  # fmt: skip


def days(rows: Sequence[tuple[object, int]]) -> Table:
    """Return how many hits each day had."""
    return Table(DAYS, [Row((f"{day}", str(count))) for day, count in rows])


def trials(rows: Sequence[Backtest]) -> Table:
    """Return the trials of a version."""
    return Table(
        TRIALS,
        [
            Row(
                (
                    table.link(
                        to="monitoring:trial", key=row.pk, text=f"{row.first} – {row.last}"
                    ),
                    f"{row.percent} %", row.asked_by.label, f"{row.asked_at:%Y-%m-%d}",
                )
            )
            for row in rows
        ],
    )  # fmt: skip


def overlap(matrix: Matrix) -> Table:
    """Return the matrix: of the row's hits, how many percent the column's rule found as well."""
    columns = (Column(_("Rule")), *(Column(one.number, table.RIGHT) for one in matrix.rules))
    return Table(
        columns,
        [
            Row(
                (
                    f"{row.number} {title(row)}",
                    *(_both(matrix, row.pk, other.pk) for other in matrix.rules),
                )
            )
            for row in matrix.rules
        ],
    )


def rate(share: Share) -> str:
    """Return a share of true alerts with its interval; a dash where none has ended."""
    if share.percent is None:
        return table.NOTHING
    return f"{share.percent} ({share.lower}–{share.upper})"


def _both(matrix: Matrix, row: int, other: int) -> str:
    if row == other:
        return table.NOTHING
    both = matrix.both.get((row, other), 0)
    return f"{100 * both // max(matrix.hits.get(row, 0), 1)} %" if both else "0"


def _test_said(test: rules.Test) -> str:
    sign = "≥" if test.op == rules.LEAST else "≤"
    line = f"{figure(test)} {sign} {rules.figure(test.unit, test.value)}"
    only = "; ".join(condition(*one) for one in test.where)
    return f"{gettext('Figure')}: {line}{f' [{only}]' if only else ''}"


def _alert(row: Alert) -> Row:
    by = row.handled_by
    return Row(
        (
            table.link(to="monitoring:alert", key=row.pk, text=str(row.pk), mark="alert"),
            level(row.level),
            str(row.score),
            f"{row.rule.number} {title(row.rule)}",
            entity(row.rule, row.entity),
            found(row.version.says, row.found),
            row.institution.name,
            f"{row.last_day}",
            str(row.hits),
            SafeString(ops.state_badge(row.state)),
            by.label if by else table.NOTHING,
        ),
        key=str(row.pk),
    )


def _line(row: AlertLine, opens: bool) -> Row:  # noqa: FBT001 -- private
    number = row.journal_no
    shown = (
        table.link(to="ledger:entry", key=row.line, text=number) if opens and row.own else number
    )
    return Row(
        (
            shown,
            f"{row.business_date}",
            table.clock(row.at),
            row.trade_code,
            ops.mask_account(row.account_number),
            ops.mask_account(row.counter_account),
            ops.money(row.amount_fen),
            row.teller,
        )
    )


def _standing(row: Standing) -> Row:
    rule = row.rule
    opened = f"{reverse('monitoring:alerts')}?state=open&rule={rule.pk}"
    count = SafeString(f'<a href="{html.escape(opened)}">{row.open}</a>')
    return Row(
        (
            table.link(to="monitoring:rule", key=rule.pk, text=rule.number),
            title(rule),
            gettext(rules.KINDS[rule.kind].name),
            gettext(rules.ENTITIES[rule.entity].name),
            gettext(rules.LINKS[rule.link].name),
            level(row.version.level),
            str(row.version.seq),
            SafeString(ops.state_badge(row.version.state)),
            str(row.hits),
            count if row.open else "0",
            rate(row.true),
        ),
        key=rule.number,
    )


def _version(row: RuleVersion) -> Row:
    published = row.published_by
    return Row(
        (
            table.link(to="monitoring:version", key=row.pk, text=str(row.seq)),
            SafeString(ops.state_badge(row.state)),
            f"{row.valid_from or table.NOTHING}",
            row.reason,
            row.made_by.label,
            published.label if published else table.NOTHING,
        )
    )
