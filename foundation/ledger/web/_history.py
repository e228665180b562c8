"""The statement of an account, the trial balance, the accounts behind it, and the tie-out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from foundation.ledger import forms, rules, selectors
from foundation.ledger.models import Account, ChartAccount
from foundation.ledger.selectors import Statement, Tie, TrialRow
from foundation.ledger.web import _exports, _files, _sheets
from foundation.ledger.web._sheets import Sheet
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.ui.templatetags import ops
from foundation.ui.web import record_export, requires

PAGE = 50
LINES_MAX = 10_000
FILES = (*_files.KINDS, "pdf")


@require_GET
@requires(Permission.ACCOUNT_VIEW, missing=(rules.NoSuchAccount,))
def statement(request: HttpRequest, number: str) -> HttpResponse:
    """Show the statement of some days in the order of business dates, with its proof."""
    account = selectors.account(number=number)
    today, kind = timezone.localdate(), request.GET.get("export", "")
    given = {"first": today.replace(day=1), "last": today} | request.GET.dict()
    form = forms.StatementSpan(given)
    shown = {"account": account, "form": form, "given": _files.search(_texts(given))}
    if not form.is_valid() or not _files.kept(request, form):
        return render(request, "ledger/statement.html", shown, status=422)
    limit = LINES_MAX + 1 if kind in FILES else PAGE
    found = selectors.full_statement(account=account, limit=limit, **form.cleaned_data)
    if kind in FILES and len(found.lines) > LINES_MAX:
        return _offered(request, account, form.cleaned_data)
    if kind in FILES:
        return _saved(request, _statement_sheet(account, found, form.cleaned_data), kind)
    shown |= {"statement": found, "following": _following(found)}
    return render(request, "ledger/statement.html", shown)


@require_GET
@requires(Permission.BOOKS_VIEW)
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Show every subject of institutions on a date: opening, debit, credit, closing."""
    form, asked = _asked(request)
    shown = {"form": form, "given": _files.search(request.GET.dict())}
    if asked is None:
        return render(request, "ledger/trial_balance.html", shown, status=422)
    found = selectors.trial_balance(**asked)
    if request.GET.get("export") in FILES:
        sheet = _trial_sheet(_("Trial balance"), "trial-balance", found.rows, asked)
        return _saved(request, sheet, request.GET["export"])
    totals = [found.total(which) for which in ("opening", "moved", "closing")]
    shown |= {"found": found, "totals": totals, "asked": asked}
    return render(request, "ledger/trial_balance.html", shown)


@require_GET
@requires(Permission.BOOKS_VIEW, missing=(rules.NoSuchSubject,))
def trial_accounts(request: HttpRequest, code: str) -> HttpResponse:
    """Show the accounts behind the figures of a subject on a date."""
    form, asked = _asked(request)
    chart = selectors.subject(code=code)
    shown: dict[str, Any] = {"form": form, "chart": chart}
    if asked is None:
        return render(request, "ledger/trial_accounts.html", shown, status=422)
    kind, after = request.GET.get("export", ""), form.cleaned_data["after"]
    limit = LINES_MAX + 1 if kind in FILES else PAGE
    rows = selectors.trial_accounts(chart_id=chart.pk, after=after, limit=limit, **asked)
    if kind in FILES:
        return _accounts_file(request, chart, rows, asked, kind)
    following = rows[-1].key if len(rows) == PAGE else ""
    shown |= {"rows": rows, "asked": asked, "following": following}
    shown["given"] = _files.search(_texts(request.GET.dict()))
    return render(request, "ledger/trial_accounts.html", shown)


@require_GET
@requires(Permission.BOOKS_VIEW)
def tie_out(request: HttpRequest) -> HttpResponse:
    """Show the general ledger beside the accounts of each institution and subject."""
    form, asked = _asked(request)
    shown = {"form": form, "given": _files.search(request.GET.dict())}
    if asked is None:
        return render(request, "ledger/tie_out.html", shown, status=422)
    until = selectors.closed_until()
    asked["on"] = min(asked["on"], until) if until else asked["on"]
    rows = selectors.tie_out(**asked) if until else ()
    if request.GET.get("export") in FILES:
        return _saved(request, _tie_sheet(rows, asked), request.GET["export"])
    differing = sum(row.difference_fen != 0 for row in rows)
    shown |= {"rows": rows, "asked": asked, "until": until, "differing": differing}
    return render(request, "ledger/tie_out.html", shown)


def _asked(request: HttpRequest) -> tuple[forms.TrialQuery, dict[str, Any] | None]:
    """Return the form, and what is asked of which institutions; None where the form is wrong."""
    until = selectors.closed_until() or timezone.localdate()
    form = forms.TrialQuery({"on": until, "currency": rules.CNY} | request.GET.dict())
    if not form.is_valid():
        return form, None
    given, places = form.cleaned_data, people.institutions_in_scope()
    if given["place"]:
        row = people.institution(number=given["place"])
        if row is None:
            form.add_error("place", _("There is no such institution among yours."))
            return form, None
        places = places.filter(path__startswith=row.path)
    ids = list(places.values_list("id", flat=True))
    return form, {"places": ids, "currency": given["currency"], "on": given["on"]}


def _offered(request: HttpRequest, account: Account, days: Mapping[str, Any]) -> HttpResponse:
    span = {name: days[name].isoformat() for name in ("first", "last")}
    title = f"{_('Statement')} {ops.account(account.number)} {days['first']} – {days['last']}"
    asked = span | {"number": account.number}
    return _exports.offer(request, kind=rules.STATEMENT_FILE, asked=asked, title=title)


def _accounts_file(
    request: HttpRequest,
    chart: ChartAccount,
    rows: Sequence[TrialRow],
    asked: Mapping[str, Any],
    kind: str,
) -> HttpResponse:
    if len(rows) > LINES_MAX:
        words = {**asked, "on": asked["on"].isoformat(), "chart_id": chart.pk}
        title = f"{chart.code} {chart.name} {asked['on']}"
        return _exports.offer(request, kind=rules.ACCOUNTS_FILE, asked=words, title=title)
    return _saved(request, _trial_sheet(chart.name, f"accounts-{chart.code}", rows, asked), kind)


def _following(found: Statement) -> str:
    return found.lines[-1].place if len(found.lines) == PAGE else ""


def _saved(request: HttpRequest, sheet: Sheet, kind: str) -> HttpResponse:
    if len(sheet.rows) > LINES_MAX:
        raise rules.TooManyLines(most=LINES_MAX)
    record_export(request)
    return _sheets.answer(sheet, kind)


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items() if name != "after"}


def _statement_sheet(account: Account, found: Statement, days: Mapping[str, Any]) -> Sheet:
    head = [_("Business date"), _("Value date"), _("Entry number"), _("Debit"), _("Credit"),
            _("Balance")]  # fmt: skip
    whole = found.whole
    rows: list[list[str | int]] = [["", "", _("Opening balance"), "", "", whole.opening_fen]]
    for line in found.lines:
        moved = [line.debit_fen, line.credit_fen, line.balance_fen]
        days_of = [line.business_date.isoformat(), line.value_date.isoformat()]
        rows.append([*days_of, str(line.entry_id), *moved])
    rows.append(
        ["", "", _("Closing balance"), whole.debit_fen, whole.credit_fen, whole.closing_fen]
    )
    asked = f"{ops.account(account.number)} {account.name} {days['first']} – {days['last']}"
    return Sheet(f"statement-{account.number}", _("Statement"), asked, head, rows)


def _trial_sheet(
    title: str, name: str, rows: Sequence[TrialRow], asked: Mapping[str, Any]
) -> Sheet:
    head = [_("Subject or account"), _("Its name"), _("Normal side"), _("Opening balance"),
            _("Debit"), _("Credit"), _("Closing balance")]  # fmt: skip
    cells: list[list[str | int]] = [
        [
            str(row.key) if isinstance(row.key, str) else row.code,
            row.name,
            _("Debit") if row.movement.debit_normal else _("Credit"),
            row.movement.opening_fen,
            row.movement.debit_fen,
            row.movement.credit_fen,
            row.movement.closing_fen,
        ]
        for row in rows
    ]
    return Sheet(name, title, f"{asked['on']} {asked['currency']}", head, cells)


def _tie_sheet(rows: Sequence[Tie], asked: Mapping[str, Any]) -> Sheet:
    head = [_("Institution"), _("Account subject"), _("General ledger"), _("Accounts together"),
            _("Difference")]  # fmt: skip
    cells: list[list[str | int]] = [
        [
            f"{row.place_number} {row.place_name}",
            f"{row.code} {row.name}",
            row.general_fen,
            row.sub_fen,
            row.difference_fen,
        ]
        for row in rows
    ]
    asked_text = f"{asked['on']} {asked['currency']}"
    return Sheet("tie-out", _("General ledger against accounts"), asked_text, head, cells)
