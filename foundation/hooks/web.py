"""Pages of the subscriptions: who hears of what, what was told, and what is done about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.hooks import forms, rules, selectors, services
from foundation.hooks.models import Delivery, Subscription
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.trail import selectors as trail
from foundation.ui import table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refusals_in, requires, signed_in

SUBSCRIPTIONS = (
    Column(_("Name of the receiver")),
    Column(_("For")),
    Column(_("Address of the receiver")),
    Column(_("Events"), table.RIGHT),
    Column(_("State")),
    Column(_("Proposals"), table.RIGHT),
)
DELIVERIES = (
    Column(_("Sequence"), table.RIGHT),
    Column(_("Event")),
    Column(_("Item number"), table.NUMBER),
    Column(_("Happened"), table.NUMBER),
    Column(_("State")),
    Column(_("Tries"), table.RIGHT),
    Column(_("Last try"), table.NUMBER),
    Column(_("Last answer")),
    Column(_("Next try"), table.NUMBER),
)


@require_GET
@requires(Permission.HOOK_VIEW)
def subscriptions(request: HttpRequest) -> HttpResponse:
    """List the subscriptions of the institutions in scope."""
    rows = selectors.subscriptions(on=timezone.localdate())
    page = {"rows": rows, "table": Table(SUBSCRIPTIONS, [_row(one) for one in rows])}
    return render(request, "hooks/subscriptions.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.HOOK_PROPOSE)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose a subscription, and show its secret this once."""
    places = list(people.institutions_in_scope())
    first = {"valid_from": timezone.localdate()}
    form = forms.Proposal(request.POST or None, places=places, initial=first)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_in(request, form):
            row, secret = services.propose(**given, by=signed_in(request), at=timezone.now())
            return _secret(request, row, secret)
    return render(request, "hooks/propose.html", {"form": form}, status=_status(form))


@require_GET
@requires(Permission.HOOK_VIEW)
def subscription(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Show a subscription: what it hears, who agreed, and what was told to it."""
    return _page(request, _row_or_404(subscription_id))


@require_http_methods(["GET", "POST"])
@requires(Permission.HOOK_PROPOSE, missing=(rules.NotInSight,))
def change(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Propose what a subscription hears from a day on."""
    row = _row_or_404(subscription_id)
    form = forms.Change(request.POST or None, initial=_as_it_is(row))
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.change(subscription_id=row.pk, **given, by=by, at=timezone.now())
            return redirect("hooks:subscription", row.pk)
    return render(request, "hooks/change.html", {"form": form, "hook": row}, status=_status(form))


@action
@require_POST
@requires(Permission.HOOK_APPROVE, missing=(rules.NotInSight,))
def decide(request: HttpRequest, terms_id: int) -> HttpResponse:
    """Approve or decline the terms that another person proposed."""
    step = services.approve if request.POST.get("step") == "approve" else services.decline
    terms = step(terms_id=terms_id, by=signed_in(request), at=timezone.now())
    return redirect("hooks:subscription", terms.subscription_id)


@action
@require_POST
@requires(Permission.HOOK_MANAGE, missing=(rules.NotInSight,))
def stop(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Let a subscription hear nothing any more."""
    row, form = _row_or_404(subscription_id), forms.Stop(request.POST)
    if form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.stop(subscription_id=row.pk, **given, by=by, at=timezone.now())
            return redirect("hooks:subscription", row.pk)
    return _page(request, row, form)


@action
@require_POST
@requires(Permission.HOOK_MANAGE, missing=(rules.NotInSight,))
def new_secret(request: HttpRequest, subscription_id: int) -> HttpResponse:
    """Make a new secret and show it this once."""
    row = _row_or_404(subscription_id)
    text = services.new_secret(subscription_id=row.pk, by=signed_in(request), at=timezone.now())
    return _secret(request, row, text)


@action
@require_POST
@requires(Permission.HOOK_MANAGE, missing=(rules.NotInSight,))
def send_again(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Have an event told once more."""
    row = services.send_again(delivery_id=delivery_id, by=signed_in(request), at=timezone.now())
    return redirect("hooks:subscription", row.subscription_id)


@require_GET
@requires(Permission.HOOK_VIEW)
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Show one delivery: what was told, how often it was tried, and what was answered."""
    row = selectors.delivery(delivery_id=delivery_id)
    if row is None:
        raise Http404
    page = {"row": row, "content": row.content.decode(), "topic": _title(row.topic)}
    page["ended"] = row.state != rules.WAITING
    about = {"key": str(row.key)}
    page["timeline"] = trail.timeline(subject=row.subscription.subject, detail=about)
    return render(request, "hooks/delivery.html", page)


def _page(request: HttpRequest, row: Subscription, form: forms.Stop | None = None) -> HttpResponse:
    wanted, at = forms.Listing(request.GET).chosen(), timezone.now()
    listed = selectors.deliveries(row=row, **wanted)
    terms = selectors.terms_of(row=row)
    page: dict[str, Any] = {
        "hook": row,
        "terms": [(one, [_title(code) for code in one.topics]) for one in terms],
        "present": selectors.present(row=row, on=timezone.localdate(at)),
        "secrets": selectors.secrets(row=row, at=at),
        "state": wanted["state"],
        "counts": selectors.delivery_counts(row=row),
        "listed": listed,
        "table": Table(DELIVERIES, _drawn(listed.rows)),
        "person": signed_in(request).person,
        "timeline": trail.timeline(subject=row.subject),
        "form": form or forms.Stop(),
    }
    return render(request, "hooks/subscription.html", page, status=_status(form))


def _secret(request: HttpRequest, row: Subscription, secret: str) -> HttpResponse:
    answer = render(request, "hooks/secret.html", {"hook": row, "secret": secret})
    answer["Cache-Control"] = "no-store"
    return answer


def _status(form: Any) -> int:
    return 422 if form is not None and form.errors else 200


def _row_or_404(subscription_id: int) -> Subscription:
    row = selectors.subscription(subscription_id=subscription_id)
    if row is None:
        raise Http404
    return row


def _as_it_is(row: Subscription) -> dict[str, Any]:
    today = timezone.localdate()
    known = selectors.present(row=row, on=today) or next(iter(selectors.terms_of(row=row)), None)
    said = {"address": known.address, "topics": known.topics} if known else {}
    return {"valid_from": today, **said}


def _title(code: str) -> str:
    known = rules.topics().get(code)
    return gettext(known.title) if known else code


def _row(one: selectors.Listed) -> Row:
    terms = one.present
    return Row(
        (
            table.link(to="hooks:subscription", key=one.row.pk, text=one.row.name),
            str(one.row.institution),
            terms.address if terms else table.NOTHING,
            str(len(terms.topics)) if terms else table.NOTHING,
            ops.state_badge("active" if terms else "stopped"),
            str(one.waiting),
        )
    )


def _drawn(rows: Sequence[Delivery]) -> list[Row]:
    return [
        Row(
            (
                table.link(to="hooks:delivery", key=row.pk, text=str(row.pk)),
                _title(row.topic),
                row.subject,
                _clock(row.happened_at),
                ops.state_badge(row.state),
                str(row.tries),
                _clock(row.tried_at),
                row.last_answer or table.NOTHING,
                _clock(row.next_at),
            )
        )
        for row in rows
    ]


def _clock(moment: Any) -> str:
    if moment is None:
        return table.NOTHING
    return format_html("{}", timezone.localtime(moment).strftime("%m-%d %H:%M:%S"))
