"""Pages of slips for an offline outlet: books, printing, keying, checking, and its times."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization import forms as entries
from authorization import rules as items
from authorization.forms import fallback as lists
from authorization.forms import offline as forms
from authorization.models import OfflineBook, OfflineSlip
from authorization.rules import offline as rules
from authorization.selectors import offline as selected
from authorization.services import offline as services
from authorization.web import _drawn_offline as drawn
from authorization.web._images import images
from foundation.imaging import gateways as imaging
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import alone, pdf
from foundation.ui.web import action, refusals_in, requires, signed_in


@require_GET
@requires(Permission.OFFLINE_VIEW)
def offline(request: HttpRequest) -> HttpResponse:
    """Show the books of slips, what waits to be checked, and the offline times."""
    staff, of = signed_in(request), alone.asked(request.GET)
    books, more = selected.books(before=lists.Listing(request.GET).chosen())
    periods = selected.periods(institution_id=staff.institution_id, of=of)
    page: dict[str, Any] = {
        "books": books,
        "more": more,
        "table": drawn.books(books),
        "keyed": drawn.slips(selected.keyed()),
        "periods": periods,
        "times": drawn.periods(periods),
        "proposed": [one for one in periods if one.state == rules.PROPOSED],
        "person": staff.person,
        **alone.shown(of, periods),
    }
    return render(request, "authorization/offline.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.OFFLINE_ISSUE)
def issue_slips(request: HttpRequest) -> HttpResponse:
    """Issue a book of numbered slips for the own outlet."""
    form = forms.Book(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            book = services.issue(**form.cleaned_data, by=signed_in(request), at=timezone.now())
            return redirect("authorization:slip_book", book.pk)
    page = {"form": form}
    return render(request, "authorization/issue_slips.html", page, status=_status(form))


@require_GET
@requires(Permission.OFFLINE_VIEW)
def slip_book(request: HttpRequest, book_id: int) -> HttpResponse:
    """Show the register of a book: what became of each number, and which were left out."""
    book = _book_or_404(book_id)
    rows = selected.slips_of(book=book)
    missed = {rows[place].number for place in rules.gaps([row.state for row in rows])}
    page = {"book": book, "rows": rows, "gaps": len(missed), "table": drawn.register(rows, missed)}
    page["timeline"] = trail.timeline(subject=book.subject)
    return render(request, "authorization/slip_book.html", page)


@action
@require_GET
@requires(Permission.OFFLINE_ISSUE)
def slip_file(request: HttpRequest, book_id: int) -> HttpResponse:  # noqa: ARG001  the trail's
    """Answer the slips of a book as a PDF to be printed, each with its number as a barcode."""
    book = _book_or_404(book_id)
    unused = [row for row in selected.slips_of(book=book) if row.state == rules.ISSUED]
    sheets = [(row.number, _drawn(imaging.barcodes(text=row.number)[0])) for row in unused]
    shown = {"book": book, "sheets": sheets}
    return pdf.answer("authorization/_slips_pdf.html", shown, name=f"offline-slips-{book.pk}")


@require_http_methods(["GET", "POST"])
@requires(Permission.OFFLINE_KEY)
def key_slip(request: HttpRequest) -> HttpResponse:
    """Take the number of a slip, and go on to what is written on it."""
    form = forms.Number(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number, trade = form.cleaned_data["number"], form.cleaned_data["trade"]
        with refusals_in(request, form):
            found = selected.slip(number=number)
            if found is None:
                raise rules.NoSuchSlip(number=number, field="number")
            if found.state != rules.ISSUED:
                raise rules.SlipTaken(number=number, field="number")
            return redirect("authorization:key_paper", number, trade)
    page = {"form": form}
    return render(request, "authorization/key_slip.html", page, status=_status(form))


@require_http_methods(["GET", "POST"])
@requires(Permission.OFFLINE_KEY)
def key_paper(request: HttpRequest, slip_no: str, trade_code: str) -> HttpResponse:
    """Key what a slip says; another person checks it."""
    slip, trade, typed = _slip_or_404(slip_no), items.trade(trade_code), request.POST or None
    form = entries.FORMS[trade.code](typed, initial={"key": rules.key_of(slip_no)})
    paper = forms.Paper(typed, deciders=selected.deciders_at(institution_id=slip.institution_id))
    if typed and form.is_valid() & paper.is_valid():
        by, at, order = signed_in(request), timezone.now(), form.order(trade.code)
        with refusals_in(request, form):
            services.key(number=slip_no, order=order, paper=paper.paper(), by=by, at=at)
            return redirect("authorization:slip_of", slip_no)
    page = {"slip": slip, "form": form, "paper": paper, "trade": trade}
    page |= images(rules.key_of(slip_no), trade.code)
    status = _status(paper if paper.errors else form)
    return render(request, "authorization/key_paper.html", page, status=status)


@require_GET
@requires(Permission.OFFLINE_VIEW)
def slip_of(request: HttpRequest, slip_no: str) -> HttpResponse:
    """Show one slip: what was keyed, who had which part, and what became of it."""
    return _slip(request, _slip_or_404(slip_no))


@action
@require_POST
@requires(Permission.OFFLINE_CHECK, missing=(rules.NoSuchSlip,))
def enter_slip(request: HttpRequest, slip_no: str) -> HttpResponse:
    """Enter and post what another person keyed from a slip."""
    made = services.enter(number=slip_no, by=signed_in(request), at=timezone.now())
    return redirect("authorization:item", made.number)


@action
@require_POST
@requires(Permission.OFFLINE_CHECK, missing=(rules.NoSuchSlip,))
def return_slip(request: HttpRequest, slip_no: str) -> HttpResponse:
    """Give a slip that was keyed wrongly back."""
    slip, form = _slip_or_404(slip_no), forms.Remark(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.send_back(
                number=slip_no, **form.cleaned_data, by=signed_in(request), at=timezone.now()
            )
            return redirect("authorization:slip_of", slip_no)
    return _slip(request, slip, remark=form)


@action
@require_POST
@requires(Permission.OFFLINE_ISSUE, missing=(rules.NoSuchSlip,))
def explain_slip(request: HttpRequest, slip_no: str) -> HttpResponse:
    """Say what became of a number that was not used."""
    slip, form = _slip_or_404(slip_no), forms.Explanation(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.explain(
                number=slip_no, **form.cleaned_data, by=signed_in(request), at=timezone.now()
            )
            return redirect("authorization:slip_of", slip_no)
    return _slip(request, slip, explanation=form)


@require_http_methods(["GET", "POST"])
@requires(Permission.FALLBACK_PROPOSE)
def declare_offline(request: HttpRequest) -> HttpResponse:
    """Propose that outlets could not reach the server from when to when."""
    places = list(people.institutions_in_scope())
    form = forms.Period(request.POST or None, places=places)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            services.declare(**form.cleaned_data, by=signed_in(request), at=timezone.now())
            return redirect("authorization:offline")
    page = {"form": form}
    return render(request, "authorization/declare_offline.html", page, status=_status(form))


@action
@require_POST
@requires(Permission.FALLBACK_APPROVE, missing=(rules.NoSuchPeriod,))
def decide_offline(request: HttpRequest, period_id: int) -> HttpResponse:
    """Let the slips of an offline time be keyed in, or decline it."""
    approve = request.POST.get("step") == "approve"
    services.decide_period(
        period_id=period_id, approve=approve, by=signed_in(request), at=timezone.now()
    )
    return redirect("authorization:offline")


def _slip(
    request: HttpRequest,
    slip: OfflineSlip,
    *,
    remark: forms.Remark | None = None,
    explanation: forms.Explanation | None = None,
) -> HttpResponse:
    person = signed_in(request).person
    page = {
        "slip": slip,
        "order": services.order_of(slip=slip) if slip.amount_fen else None,
        "trade": items.CATALOGUE.get(slip.trade_code),
        "checks": person not in (slip.keyed_person, slip.authorizer_person),
        "remark": remark or forms.Remark(),
        "explanation": explanation or forms.Explanation(),
        "form": remark or explanation,
        "steps": frozenset(rules.SLIP_FLOW.steps_from(slip.state)),
        "timeline": trail.timeline(subject=slip.subject),
    }
    return render(
        request, "authorization/slip_of.html", page, status=_status(remark or explanation)
    )


def _book_or_404(book_id: int) -> OfflineBook:
    found = selected.book(book_id=book_id)
    if found is None:
        raise Http404
    return found


def _slip_or_404(number: str) -> OfflineSlip:
    found = selected.slip(number=number)
    if found is None:
        raise Http404
    return found


def _drawn(svg: str) -> SafeString:
    """Return a barcode for the template; the library drew it of digits of ours."""
    return mark_safe(svg)  # noqa: S308


def _status(form: django_forms.BaseForm | None) -> int:
    return 422 if form is not None and form.errors else 200
