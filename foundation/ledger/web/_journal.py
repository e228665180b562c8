"""The journal, on the screen or as a file, and one entry."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET

from foundation.ledger import forms, rules, selectors, services
from foundation.ledger.models import JournalLine
from foundation.ledger.web import _exports, _files
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import subjects, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import requires, signed_in

PAGE = 50
LINES = (
    Column(_("Business date"), table.NUMBER),
    Column(_("Journal number"), table.NUMBER),
    Column(_("Time"), table.NUMBER),
    Column(_("Institution")),
    Column(_("Teller"), table.NUMBER),
    Column(_("Transaction code"), table.NUMBER),
    Column(_("Account number"), table.NUMBER),
    Column(_("Debit or credit")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Counter-account"), table.NUMBER),
    Column(_("Voucher number"), table.NUMBER),
    Column(_("Source")),
)


@require_GET
@requires(Permission.JOURNAL_VIEW)
def journal(request: HttpRequest) -> HttpResponse:
    """Show the lines that fit, or send them as a file."""
    today = timezone.localdate().isoformat()
    given = {"first": today, "last": today} | request.GET.dict()
    form = forms.JournalSearch(given)
    if not form.is_valid() or not _files.kept(request, form):
        return render(request, "ledger/journal.html", {"form": form}, status=422)
    if given.get("export") in _files.KINDS:
        return _export(request, form, given["export"])
    before = form.cleaned_data["before"]
    rows = selectors.journal(query=form.query(), before=before, limit=PAGE)
    following = rows[-1].pk if len(rows) == PAGE else None
    shown = {"form": form, "rows": rows, "following": following, "given": _files.search(given)}
    shown["table"] = Table(LINES, [_row(row) for row in rows])
    return render(request, "ledger/journal.html", shown)


@require_GET
@requires(Permission.JOURNAL_VIEW, missing=(rules.NoSuchEntry,))
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show an entry with its legs, what reverses it, and what happened to its item."""
    found = selectors.entry(entry_id=entry_id)
    timeline = trail.timeline(subject=found.subject) if found.subject else ()
    names = subjects.named_for(request, [found.subject])
    context = {"entry": found, "timeline": timeline, "names": names}
    return render(request, "ledger/entry.html", context)


def _export(request: HttpRequest, form: forms.JournalSearch, kind: str) -> HttpResponse:
    staff, query = signed_in(request), form.query()
    try:
        lines = services.export_journal(
            query=query,
            institution_id=staff.institution_id,
            kind=kind,
            at=timezone.now(),
            by=staff.label,
        )
    except rules.TooManyLines:
        days = {"first": query.first.isoformat(), "last": query.last.isoformat()}
        title = f"{gettext('Journal')} {query.first} – {query.last}"
        asked = asdict(query) | days
        return _exports.offer(request, kind=rules.JOURNAL_FILE, asked=asked, title=title)
    return _files.answer(lines, kind)


def _days(row: JournalLine) -> str:
    """Return the business date, and the value date under it where it is another."""
    if row.value_date == row.business_date:
        return row.business_date.isoformat()
    return format_html(
        '{}<br><span class="op-small op-info">{} {}</span>',
        row.business_date.isoformat(),
        gettext("Value date"),
        row.value_date.isoformat(),
    )


def _row(row: JournalLine) -> Row:
    number: str = row.journal_no
    if row.entry_id:
        number = table.link(to="ledger:entry", key=row.entry_id, text=number)
    return Row(
        (
            _days(row),
            number,
            table.clock(row.at),
            row.institution.name,
            row.teller,
            row.trade_code,
            ops.account(row.account_number),
            gettext("Debit") if row.side == "debit" else gettext("Credit"),
            ops.money(row.amount_fen),
            ops.mask_account(row.counter_account),
            row.voucher_no,
            gettext("Own books") if row.source == "own" else gettext("Foreign core"),
        )
    )
