"""Pages of the AML desk about customers: how risky they are, and what of theirs is frozen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.people.roles import Permission
from foundation.ui import alone, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refusals_in, requires, signed_in
from monitoring.forms import customers as forms
from monitoring.forms.aml import Wanted
from monitoring.models import CustomerRating, FreezeRequest
from monitoring.rules import customers as rules
from monitoring.selectors import customers as selected
from monitoring.services import customers as services
from monitoring.web.aml import by

_RATINGS = (
    Column(_("Record number"), table.NUMBER),
    Column(_("Customer")),
    Column(_("Customer number"), table.NUMBER),
    Column(_("Level of risk")),
    Column(_("Score"), table.RIGHT),
    Column(_("Factors")),
    Column(_("Reason")),
    Column(_("To be reviewed on"), table.NUMBER),
    Column(_("Proposed by")),
    Column(_("Decided by")),
    Column(_("State")),
)
_FREEZES = (
    Column(_("Record number"), table.NUMBER),
    Column(_("Account"), table.NUMBER),
    Column(_("Customer")),
    Column(_("Amount"), table.RIGHT),
    Column(_("Held now"), table.RIGHT),
    Column(_("Document number")),
    Column(_("Reason")),
    Column(_("Case"), table.NUMBER),
    Column(_("Asked by")),
    Column(_("Decided by")),
    Column(_("State")),
)


@require_GET
@requires(Permission.AML_VIEW)
def aml_ratings(request: HttpRequest) -> HttpResponse:
    """List how customers are rated; of one that is asked for, tell what the factors come to."""
    asked = forms.AboutCustomer(request.GET if "customer" in request.GET else None)
    found: rules.Rated | None = None
    if asked.is_bound and asked.is_valid():
        customer = asked.cleaned_data["customer"]
        try:
            selected.name_of(customer=customer)
        except Refused as refusal:
            asked.add_error("customer", refusal.shown(gettext))
        else:
            found = selected.rated(customer=customer, on=timezone.localdate())
    form = forms.Rating(initial={"customer": request.GET.get("customer", "")[:20]})
    if found is not None:
        form.initial["level"] = found.level
    return _ratings(request, form, asked, found)


@action
@require_POST
@requires(Permission.AML_WORK)
def aml_propose_rating(request: HttpRequest) -> HttpResponse:
    """Propose how risky a customer is."""
    form = forms.Rating(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.propose_rating(**form.cleaned_data, **by(request))
            return redirect("monitoring:aml_ratings")
    return _ratings(request, form, forms.AboutCustomer(), None)


@action
@require_POST
@requires(Permission.AML_REVIEW, missing=(rules.NoSuchRating,))
def aml_decide_rating(request: HttpRequest, rating_id: int) -> HttpResponse:
    """Approve or decline a rating that another person proposed."""
    step = "approve" if request.POST.get("step") == "approve" else "decline"
    services.decide_rating(rating_id=rating_id, step=step, **by(request))
    return redirect("monitoring:aml_ratings")


@require_GET
@requires(Permission.AML_VIEW)
def aml_freezes(request: HttpRequest) -> HttpResponse:
    """List what is frozen or asked to be, and offer to ask for another."""
    initial = {name: request.GET.get(name, "")[:32] for name in ("account", "case_id")}
    return _freezes(request, forms.Freeze(initial=initial))


@action
@require_POST
@requires(Permission.AML_WORK)
def aml_ask_freeze(request: HttpRequest) -> HttpResponse:
    """Ask that an account be frozen."""
    form = forms.Freeze(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.ask_freeze(**form.cleaned_data, **by(request))
            return redirect("monitoring:aml_freezes")
    return _freezes(request, form)


@action
@require_POST
@requires(Permission.AML_REVIEW, missing=(rules.NoSuchFreeze,))
def aml_decide_freeze(request: HttpRequest, freeze_id: int) -> HttpResponse:
    """Place or decline, lift or keep, what another person asked for."""
    step = request.POST.get("step", "")[:12]
    lifting = step in ("lift", "keep")
    decide = services.decide_lifting if lifting else services.decide_freeze
    decide(freeze_id=freeze_id, step=step, **by(request))
    return redirect("monitoring:aml_freezes")


@action
@require_POST
@requires(Permission.AML_WORK, missing=(rules.NoSuchFreeze,))
def aml_ask_lifting(request: HttpRequest, freeze_id: int) -> HttpResponse:
    """Ask that an account be freed."""
    services.ask_lifting(freeze_id=freeze_id, **by(request))
    return redirect("monitoring:aml_freezes")


def _ratings(
    request: HttpRequest,
    form: forms.Rating,
    asked: forms.AboutCustomer,
    found: rules.Rated | None,
) -> HttpResponse:
    on = timezone.localdate()
    wanted = Wanted(request.GET, rules.RATING_FLOW)
    of = alone.asked(request.GET)
    page = selected.ratings(of=of, **wanted.chosen())
    shown: dict[str, Any] = {"page": page, "form": form, "asked": asked, "found": found}
    shown["wanted"] = wanted
    shown["table"] = Table(_RATINGS, [_rating(row, due=_is_due(row)) for row in page.rows])
    counts = dict(selected.standing(on=on))
    shown["due"], shown["counts"] = counts.pop("due"), list(counts.items())
    if found is not None:
        shown["level"] = rules.LEVELS[found.level]
        shown["factors"] = [rules.FACTORS[code].text for code in found.factors]
    shown |= {"me": signed_in(request).person, **alone.shown(of, page.rows)}
    status = 422 if form.errors else 200
    return render(request, "monitoring/aml_ratings.html", shown, status=status)


def _freezes(request: HttpRequest, form: forms.Freeze) -> HttpResponse:
    wanted = Wanted(request.GET, rules.FREEZE_FLOW)
    of = alone.asked(request.GET)
    page = selected.freezes(of=of, **wanted.chosen())
    shown: dict[str, Any] = {"page": page, "form": form, "wanted": wanted}
    shown["table"] = Table(_FREEZES, [_freeze(row) for row in page.rows])
    shown |= {"me": signed_in(request).person, **alone.shown(of, page.rows)}
    status = 422 if form.errors else 200
    return render(request, "monitoring/aml_freezes.html", shown, status=status)


def _is_due(row: CustomerRating) -> bool:
    due = row.review_on
    return row.state == rules.ACTIVE and due is not None and due <= timezone.localdate()


def _rating(row: CustomerRating, *, due: bool) -> Row:
    return Row(
        (
            table.alone(to="monitoring:aml_ratings", key=row.pk, text=str(row.pk)),
            row.customer_name,
            row.customer,
            gettext(rules.LEVELS[row.level]),
            str(row.score),
            " · ".join(gettext(rules.FACTORS[code].text) for code in row.factors),
            row.reason or table.NOTHING,
            str(row.review_on or table.NOTHING),
            row.proposed_by.label,
            row.decided_by.label if row.decided_by else table.NOTHING,
            SafeString(ops.state_badge(row.state)),
        ),
        look="op-row--warn" if due else "",
        key=str(row.pk),
    )


def _freeze(row: FreezeRequest) -> Row:
    case = table.NOTHING
    if row.case_id:
        case = table.link(to="monitoring:aml_case", key=row.case_id, text=str(row.case_id))
    return Row(
        (
            table.alone(to="monitoring:aml_freezes", key=row.pk, text=str(row.pk)),
            table.link(to="ledger:account", key=row.account, text=row.account),
            row.account_name,
            Money(row.amount_fen).format() if row.amount_fen else gettext("all that comes in"),
            Money(row.held_fen).format(),
            row.document_no,
            row.reason,
            case,
            row.proposed_by.label,
            row.decided_by.label if row.decided_by else table.NOTHING,
            SafeString(ops.state_badge(row.state)),
        ),
        key=str(row.pk),
    )
