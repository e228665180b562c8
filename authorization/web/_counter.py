"""The teller's pages: choose a business, enter it, check an identity, mend it, its receipt."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization import forms, rules, selectors, services
from authorization.models import IdCheck, Request
from authorization.web import _drawn
from authorization.web._images import images
from foundation.imaging import rules as imaging
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui import menu, pdf
from foundation.ui.web import action, refusals_in, requires, signed_in, taken_by, takes_files


@require_GET
@requires(Permission.AUTHORIZATION_SUBMIT)
def choose(request: HttpRequest) -> HttpResponse:
    """Show the transactions that can be entered, each with its form."""
    trades = [
        {"trade": trade, "key": f"authorization.business_{place}"}
        for place, trade in enumerate(rules.TRADE_CODES.values(), 1)
    ]
    return render(request, "authorization/choose.html", {"trades": trades})


@require_http_methods(["GET", "POST"])
@requires(Permission.AUTHORIZATION_SUBMIT)
def new(request: HttpRequest, trade_code: str) -> HttpResponse:
    """Take in a counter transaction: one form, its images, one send."""
    trade = rules.trade(trade_code)
    known = {"key": uuid4(), "corrects": request.GET.get("corrects", "")[:24]}
    form = forms.FORMS[trade.code](request.POST or None, initial=known)
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
    """Mend a returned item and send it again; what was found wrong stands at its field."""
    item = item_or_404(number)
    form = forms.FORMS[item.trade_code](request.POST or None, initial=_typed(item))
    form.mark(_marks(item))
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            services.resubmit(
                number=number,
                order=form.order(item.trade_code),
                teller=signed_in(request),
                at=timezone.now(),
            )
            return redirect("authorization:item", number)
    return _form_page(request, form, item.trade, item)


@action
@takes_files
@require_POST
@requires(Permission.IMAGE_ADD)
def attach(request: HttpRequest, key: UUID) -> HttpResponse:
    """Keep one image of the form with this key; answer the row of its images."""
    form = forms.Attachment(request.POST, request.FILES)
    if form.is_valid():
        image = form.cleaned_data["image"]
        with refusals_in(request, form):
            imaging.check_bytes(size=image.size, field="image")
            services.attach(
                key=key,
                teller=signed_in(request),
                data=image.read(),
                name=image.name,
                image_class=form.slot.image_class,
                side=form.slot.side,
                at=timezone.now(),
            )
    return _images_part(request, key, form)


@action
@require_GET
@requires(Permission.AUTHORIZATION_SUBMIT)
def read_fields(request: HttpRequest, key: UUID, trade_code: str) -> HttpResponse:
    """Answer what was read so far on the images of the own form with this key."""
    found = selectors.read_of_draft(
        key=key,
        trade=rules.trade(trade_code),
        teller=signed_in(request),
        on=timezone.localdate(),
    )
    return JsonResponse({"read": found.read, "fields": dict(found.fields)})


@action
@require_POST
@requires(Permission.AUTHORIZATION_SUBMIT)
def check_identity(request: HttpRequest) -> HttpResponse:
    """Ask the network about a customer; answer the checks of this teller that still hold."""
    form, check = forms.Identity(request.POST), None
    if form.is_valid():
        with refusals_in(request, form):
            check = services.check_identity(
                name=form.cleaned_data["payee_name"],
                number=form.cleaned_data["id_number"],
                teller=signed_in(request),
                at=timezone.now(),
            )
    shown = {"identity": form, **_checked(request, check)}
    status = 422 if form.errors else 200
    return render(request, "authorization/_identity.html", shown, status=status)


@require_GET
@requires(Permission.AUTHORIZATION_SUBMIT)
def mine(request: HttpRequest) -> HttpResponse:
    """Show the teller's own items of the day, what was sent back first, live."""
    teller = signed_in(request)
    today = menu.business_date(teller, timezone.localdate())
    rows = selectors.own(teller=teller, on=today)
    seen(teller, [row.number for row in rows if row.decided_at])
    part = "authorization/_own.html" if request.headers.get("HX-Request") else ""
    shown = {"today": today, "table": _drawn.own(rows), "cut": len(rows) == selectors.PAGE}
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
    """Show the receipt of a posted item, and how often it was printed."""
    shown = _receipt(number)
    shown["prints"] = selectors.prints(request=item_or_404(number))
    return render(request, "authorization/receipt.html", shown)


@action
@require_POST
@requires(Permission.AUTHORIZATION_VIEW, missing=(rules.NoSuchItem,))
def receipt_file(request: HttpRequest, number: str) -> HttpResponse:
    """Answer the receipt of a posted item as a PDF: one paper more, counted and marked."""
    made = services.print_receipt(number=number, by=signed_in(request), at=timezone.now())
    shown = _receipt(number) | {"by": taken_by(request), "print": made}
    name = f"receipt-{number}"
    return pdf.answer("authorization/_receipt_pdf.html", shown, name=name)


def item_or_404(number: str) -> Request:
    """Return an item in sight; anything else is a page that is not there."""
    found = selectors.item(number=number)
    if found is None:
        raise Http404
    return found


def seen(teller: Staff, numbers: list[str]) -> None:
    """Keep that a page of the teller shows what was decided."""
    if numbers:
        services.seen_by_teller(teller=teller, numbers=numbers, at=timezone.now())


def _receipt(number: str) -> dict[str, object]:
    item = item_or_404(number)
    if item.state != rules.POSTED:
        raise Http404
    opening = selectors.opening(request=item)
    shown: dict[str, object] = {"item": item, "opening": opening}
    shown["approvers"] = selectors.approvers(request=item)
    return shown | {"sign_ups": selectors.sign_ups(request=item) if opening else ()}


def _form_page(
    request: HttpRequest, form: forms.Entry, trade: rules.TradeCode, item: Request | None = None
) -> HttpResponse:
    why = [rules.REASONS[code] for code in item.reasons] if item else []
    context = {
        "form": form,
        "trade": trade,
        "item": item,
        "why": why,
        "about_images": [one for one in why if one.code in rules.ABOUT_IMAGES],
        "identity": forms.Identity(),
        "follows": selectors.scan_minutes(
            trade_code=trade.code,
            on=menu.business_date(signed_in(request), timezone.localdate()),
            institution_id=signed_in(request).institution_id,
        ),
        **_checked(request),
        **images(form.images_key(), trade.code),
    }
    name = "correct" if item else "new"
    status = 422 if form.errors else 200
    return render(request, f"authorization/{name}.html", context, status=status)


def _images_part(request: HttpRequest, key: UUID, form: forms.Attachment) -> HttpResponse:
    status = 422 if form.errors else 200
    shown = images(key, form.data.get("trade_code", ""), form)
    return render(request, "authorization/_images.html", shown, status=status)


def _checked(request: HttpRequest, check: IdCheck | None = None) -> dict[str, object]:
    found = selectors.fresh_checks(teller=signed_in(request), at=timezone.now())
    return {"check": check, "checks": found}


def _typed(item: Request) -> dict[str, object]:
    typed = {
        "key": item.key,
        "payer_account": item.payer_account,
        "payee_account": item.payee_account,
        "payee_name": item.payee_name,
        "voucher_no": item.voucher_no,
        "amount": item.amount,
        "purpose": item.purpose,
        "by_agent": item.by_agent,
        "manual_id": item.manual_id,
        "corrects": item.corrects.number if item.corrects else "",
    }
    opening = selectors.opening(request=item)
    if opening is None:
        return typed
    # The identity number is kept sealed: whoever sends the item again has the card before them.
    return typed | {
        "mobile": opening.mobile,
        "address": opening.address,
        "internet_bank": opening.internet_bank,
        "sms_alert": opening.sms_alert,
        "atm_transfer": opening.atm_daily is not None,
        "atm_daily": opening.atm_daily or "",
    }


def _marks(item: Request) -> dict[str, str]:
    """Return what is wrong by the field of the form: the reasons of the no, and what was read."""
    found = {
        field: [f"{code} {gettext(rules.REASONS[code].text)}" for code in codes]
        for field, codes in rules.faults(item.reasons).items()
    }
    for row in selectors.comparison(request=item):
        if row.verdict == "differs":
            said = gettext("The image reads: %(read)s") % {"read": row.read}
            found.setdefault(rules.typed_as(row.name, has_payer=item.has_payer), []).append(said)
    return {field: "; ".join(texts) for field, texts in found.items()}
