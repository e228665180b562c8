"""Pages of items on hold: what is asked, by whom, and the answer."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization import forms, rules, selectors, services
from authorization.models import Inquiry, Request
from authorization.web import _desk
from authorization.web._images import images
from foundation.kernel.errors import Refused
from foundation.kernel.text import whole
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.web import action, record_refusal, refusals_in, requires, signed_in

ON_HOLD = (
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Asked")),
    Column(_("Question")),
    Column(_("Authorizer")),
    Column(_("When asked"), table.NUMBER),
    Column(_("Due by"), table.NUMBER),
    Column(_("What can be done"), spoken=True),
)


@action
@require_POST
@requires(Permission.AUTHORIZATION_DESK, missing=(rules.NoSuchItem,))
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """Put the item on the desk on hold to ask something, and bring the next one."""
    if selectors.item(number=number) is None:
        raise Http404
    form = forms.Hold(request.POST)
    if not form.is_valid():
        return _desk.desk(request, form=form)
    try:
        services.hold(
            number=number, authorizer=signed_in(request), at=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk.desk(request, refusal=refusal)
    return _desk.desk(request, decided=number, step="hold")


@action
@require_POST
@requires(Permission.AUTHORIZATION_DECIDE, missing=(rules.NoSuchItem,))
def pass_up(request: HttpRequest, number: str) -> HttpResponse:
    """Leave the item on the desk to a lead, saying why, and bring the next one."""
    form = forms.PassUp(request.POST)
    if not form.is_valid():
        if selectors.item(number=number) is None:
            raise Http404
        return _desk.desk(request, form=form)
    by, at = signed_in(request), timezone.now()
    try:
        services.pass_up(number=number, authorizer=by, at=at, **form.cleaned_data)
    except rules.NoSuchItem:
        raise
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk.desk(request, refusal=refusal)
    return _desk.desk(request, decided=number, step="pass_up")


@require_GET
@requires(Permission.AUTHORIZATION_DECIDE)
def on_hold(request: HttpRequest) -> HttpResponse:
    """Show the questions that concern an authorizer: the own, and others' consultations, live."""
    after, own = whole(request.GET.get("after", "")) or 0, request.GET.get("own") == "1"
    page = selectors.on_hold(staff=signed_in(request), after=after, own=own)
    part = "authorization/_on_hold.html" if request.headers.get("HX-Request") else ""
    shown = {
        "table": Table(ON_HOLD, [_row(one, signed_in(request)) for one in page.rows]),
        "page": page,
        "own": own,
    }
    return render(request, part or "authorization/on_hold.html", shown)


@require_http_methods(["GET", "POST"])
@requires(Permission.AUTHORIZATION_VIEW)
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Answer what is asked about an item on hold."""
    item = selectors.item(number=number)
    inquiry = selectors.open_inquiry(request=item) if item else None
    if item is None or inquiry is None:
        raise Http404
    form = forms.Answer(request.POST or None, kind=inquiry.kind)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            at, by = timezone.now(), signed_in(request)
            services.answer(number=number, by=by, at=at, **form.cleaned_data)
            return redirect("authorization:item", number)
    return _answer_page(request, form, item, inquiry)


def _answer_page(
    request: HttpRequest, form: forms.Answer, item: Request, inquiry: Inquiry
) -> HttpResponse:
    context = {"form": form, "item": item, "inquiry": inquiry}
    if inquiry.kind == rules.RESCAN and item.teller_id == signed_in(request).pk:
        context |= images(item.key, item.trade_code)
    status = 422 if form.errors else 200
    return render(request, "authorization/answer.html", context, status=status)


def _row(one: Inquiry, person: Staff) -> Row:
    item, own = one.request, one.asked_by_id == person.pk
    # A call is noted by its caller, a consultation by anybody else, a rescan by the teller.
    concerned = own if one.kind == rules.CALL else one.kind == rules.CONSULT and not own
    return Row(
        (
            table.link(to="authorization:item", key=item.number, text=item.number),
            item.institution.name,
            f"{item.trade_code} {gettext(item.trade.name)}",
            gettext(one.about.title),
            one.question,
            one.asked_by_label,
            table.clock(one.asked_at),
            table.clock(one.due_at),
            table.link(
                to="authorization:answer",
                key=item.number,
                text=gettext("Answer"),
                look="op-btn op-btn--small",
            )
            if concerned
            else "",
        )
    )
