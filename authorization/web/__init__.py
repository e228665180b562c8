"""Pages of the authorization centre: the teller's, the authorizer's, and the lists."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization import forms, rules, selectors, services
from authorization.models import Request
from authorization.selectors import quality as doubts
from authorization.web import _desk, _drawn, _rule_words
from authorization.web._desk import pictures
from authorization.web._friction import friction
from authorization.web._holds import answer, hold, on_hold
from authorization.web._relief import relief
from authorization.web._rules import (
    approve_rules,
    decide_rule,
    propose_catalogue,
    propose_rule,
    rule,
    rule_history,
    rule_list,
    rules_waiting,
)
from authorization.web._staffing import staffing
from authorization.web._team import team
from foundation.imaging import selectors as imaging
from foundation.kernel.errors import Refused
from foundation.kernel.text import whole
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui import menu
from foundation.ui.web import action, record_refusal, refusals_in, requires, signed_in
from foundation.worklist import rules as worklist_rules
from foundation.worklist import services as worklist

__all__ = [
    "answer",
    "approve_rules",
    "attach",
    "comparison",
    "correct",
    "decide",
    "decide_rule",
    "friction",
    "hand_back",
    "heartbeat",
    "hold",
    "item",
    "items",
    "mine",
    "new",
    "on_hold",
    "on_screen",
    "pictures",
    "propose_catalogue",
    "propose_rule",
    "receipt",
    "relief",
    "rule",
    "rule_history",
    "rule_list",
    "rules_waiting",
    "staffing",
    "team",
    "withdraw",
    "workbench",
]


@require_http_methods(["GET", "POST"])
@requires(Permission.AUTHORIZATION_SUBMIT)
def new(request: HttpRequest, trade_code: str) -> HttpResponse:
    """Take in a counter transaction: one form, its images, one send."""
    trade = rules.trade(trade_code)
    form = forms.FORMS[trade.code](request.POST or None, initial={"key": uuid4()})
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            sent = services.submit(
                key=form.cleaned_data["key"],
                order=form.order(trade.code),
                teller=signed_in(request),
                at=timezone.now(),
            )
            return redirect("authorization:item", sent.number)
    return _form_page(request, form, trade)


@require_http_methods(["GET", "POST"])
@requires(Permission.AUTHORIZATION_SUBMIT)
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Mend a returned item and send it again."""
    item = _item_or_404(number)
    trade = rules.trade(item.trade_code)
    form = forms.FORMS[trade.code](request.POST or None, initial=_typed(item))
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            services.resubmit(
                number=number,
                order=form.order(trade.code),
                teller=signed_in(request),
                at=timezone.now(),
            )
            return redirect("authorization:item", number)
    return _form_page(request, form, trade, item)


@action
@require_POST
@requires(Permission.IMAGE_ADD)
def attach(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep one image of the form with this key; answer the row of its images."""
    form = forms.Attachment(request.POST, request.FILES)
    if form.is_valid():
        image = form.cleaned_data["image"]
        with refusals_in(request, form):
            services.attach(
                key=key,
                teller=signed_in(request),
                data=image.read(),
                name=image.name,
                image_class=form.cleaned_data["image_class"],
                at=timezone.now(),
            )
    return _images_part(request, key, form)


@require_GET
@requires(Permission.AUTHORIZATION_SUBMIT)
def mine(request: HttpRequest) -> HttpResponse:
    """Show the teller's own items of the day, what was sent back first, live."""
    teller = signed_in(request)
    today = menu.business_date(teller, timezone.localdate())
    rows = selectors.own(teller=teller, on=today)
    _seen(teller, [row.number for row in rows if row.decided_at])
    part = "authorization/_own.html" if request.headers.get("HX-Request") else ""
    shown = {"today": today, "table": _drawn.own(rows)}
    return render(request, part or "authorization/mine.html", shown)


@action
@require_POST
@requires(Permission.AUTHORIZATION_SUBMIT, missing=(rules.NoSuchItem,))
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take one's own waiting or returned item back."""
    services.withdraw(number=number, teller=signed_in(request), at=timezone.now())
    return redirect("authorization:item", number)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Show the receipt of a posted item, made for paper."""
    item = _item_or_404(number)
    if item.state != rules.POSTED:
        raise Http404
    return render(request, "authorization/receipt.html", {"item": item})


@require_GET
@requires(Permission.AUTHORIZATION_DECIDE)
def workbench(request: HttpRequest) -> HttpResponse:
    """Show the item that the authorizer holds, or the next one."""
    return _desk.desk(request)


@action
@require_POST
@requires(Permission.AUTHORIZATION_DESK, missing=(rules.NoSuchItem,))
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Record the authorizer's decision and bring the next item with the same answer."""
    _item_or_404(number)
    form = forms.Decision(request.POST)
    if not form.is_valid():
        return _desk.desk(request, form=form)
    typed = form.cleaned_data
    try:
        services.decide(number=number, decider=signed_in(request), at=timezone.now(), **typed)
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk.desk(request, refusal=refusal)
    return _desk.desk(request, decided=number, step=typed["step"])


@action
@require_POST
@requires(Permission.AUTHORIZATION_DESK, missing=(rules.NoSuchItem,))
def hand_back(request: HttpRequest, number: str) -> HttpResponse:
    """Put the item back into the queue and rest."""
    fence, authorizer = whole(request.POST.get("fence", "")) or 0, signed_in(request)
    services.hand_back(number=number, fence=fence, authorizer=authorizer, at=timezone.now())
    return _desk.desk(request, resting=True)


@action
@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def comparison(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the rows of keyed and read, as far as the images are read by now."""
    fields = selectors.comparison(request=_item_or_404(number))
    return render(request, "authorization/_compare.html", {"fields": fields})


@action
@require_POST
@requires(Permission.AUTHORIZATION_DESK, missing=(worklist_rules.NoSuchItem,))
def heartbeat(request: HttpRequest, item_id: int) -> HttpResponse:
    """Keep the lease of the item on the screen; tell until when."""
    fence = whole(request.POST.get("fence", "")) or 0
    until = worklist.heartbeat(
        item_id=item_id, fence=fence, staff=signed_in(request), at=timezone.now()
    )
    return JsonResponse({"until": until.isoformat()})


@action
@require_POST
@requires(Permission.AUTHORIZATION_DESK, missing=(rules.NoSuchItem,))
def on_screen(request: HttpRequest, number: str) -> HttpResponse:
    """Keep when the images of the item on the desk stood on its screen."""
    fence = whole(request.POST.get("fence", "")) or 0
    services.shown_on_screen(number=number, fence=fence, at=timezone.now())
    return HttpResponse(status=204)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def items(request: HttpRequest) -> HttpResponse:
    """List the day's items: every figure of the centre opens here."""
    today = menu.business_date(signed_in(request), timezone.localdate())
    form = forms.Chosen(request.GET.dict() | {"on": request.GET.get("on") or today.isoformat()})
    chosen = form.chosen(today=today)
    page = selectors.listed(chosen=chosen)
    shown = {"page": page, "chosen": chosen, "form": form, "query": form.query()}
    shown["table"] = _drawn.items(page.rows)
    return render(request, "authorization/items.html", shown)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def item(request: HttpRequest, number: str) -> HttpResponse:
    """Show one item: where it stands, what was keyed, its images and all that happened."""
    found = _item_or_404(number)
    seen = selectors.record(request=found)
    shown = {"seen": seen, "own": found.teller_id == signed_in(request).pk}
    if shown["own"] and found.decided_at:
        _seen(signed_in(request), [found.number])
    shown["pictures"] = pictures(seen.pages, seen.fields)
    shown |= {"why": _rule_words.why(found.why), **_drawn.waiting(seen, signed_in(request))}
    shown |= _doubts(request, found)
    return render(request, "authorization/item.html", shown)


def _doubts(request: HttpRequest, item: Request) -> dict[str, object]:
    """Return the cases of an item, and whether this person may begin one."""
    cases, staff = doubts.cases_of(request=item), signed_in(request)
    refused = item.state in (rules.REJECTED, rules.RETURNED)
    held: frozenset[str] = getattr(request, "permissions", frozenset())
    yes = item.state == rules.POSTED and bool(item.decider_label)
    return {
        "cases": cases,
        "may_object": refused and not cases and staff.institution_id == item.institution_id,
        "may_report": yes and not cases and Permission.QUALITY_VIEW in held,
    }


def _seen(teller: Staff, numbers: list[str]) -> None:
    """Keep that a page of the teller shows what was decided."""
    if numbers:
        services.seen_by_teller(teller=teller, numbers=numbers, at=timezone.now())


def _form_page(
    request: HttpRequest,
    form: forms.CashWithdrawal,
    trade: rules.TradeCode,
    item: Request | None = None,
) -> HttpResponse:
    key = form.images_key()
    why = [rules.REASONS[code] for code in item.reasons] if item else []
    context = {"form": form, "trade": trade, "item": item, "why": why, **_images(key)}
    name = "correct" if item else "new"
    status = 422 if form.errors else 200
    return render(request, f"authorization/{name}.html", context, status=status)


def _images_part(request: HttpRequest, key: UUID, form: forms.Attachment) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "authorization/_images.html", _images(key, form), status=status)


def _images(key: UUID, form: forms.Attachment | None = None) -> dict[str, Any]:
    found = imaging.documents(subject=selectors.draft_subject(key=key))
    pages = imaging.pages(document_id=found[0].pk) if found else ()
    return {"key": key, "pages": pages, "image_form": form or forms.Attachment()}


def _typed(item: Request) -> dict[str, object]:
    return {
        "key": item.key,
        "payer_account": item.payer_account,
        "payee_account": item.payee_account,
        "payee_name": item.payee_name,
        "voucher_no": item.voucher_no,
        "amount": item.amount,
        "purpose": item.purpose,
        "by_agent": item.by_agent,
        "manual_id": item.manual_id,
    }


def _item_or_404(number: str) -> Request:
    found = selectors.item(number=number)
    if found is None:
        raise Http404
    return found
