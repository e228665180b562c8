"""Pages of the dispatcher: queues, one queue, one item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_POST

from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.ui import subjects, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import action, refusals_in, requires, signed_in
from foundation.worklist import forms, rules, selectors, services
from foundation.worklist.models import WorkItem

DISPATCH_FORMS: dict[str, type[forms.Reason]] = {
    "mark_urgent": forms.Reason,
    "assign": forms.Assignment,
    "take_back": forms.Reason,
    "suspend": forms.Aside,
}

ITEMS = (
    Column(_("Item"), table.NUMBER),
    Column(_("Institution")),
    Column(_("State")),
    Column(_("Priority"), table.RIGHT),
    Column(_("Skill")),
    Column(_("Grade"), table.RIGHT),
    Column(_("Amount"), table.RIGHT),
    Column(_("Since it came"), table.RIGHT),
    Column(_("Held by")),
)


@require_GET
@requires(Permission.QUEUE_VIEW)
def queues(request: HttpRequest) -> HttpResponse:
    """Show how full every queue is, live."""
    part = "worklist/_queues.html" if request.headers.get("HX-Request") else ""
    at = timezone.now()
    return render(
        request, part or "worklist/queues.html", {"depths": selectors.depths(at=at), "at": at}
    )


@require_GET
@requires(Permission.QUEUE_VIEW)
def queue(request: HttpRequest, code: str) -> HttpResponse:
    """Show the open items of one queue in the order of their turns, live."""
    form = forms.Shown(request.GET)
    at = timezone.now()
    shown = selectors.listed(queue=code, wanted=form.wanted(), after=form.place(), at=at)
    depth = selectors.depth(queue=code, at=at)
    kept = request.GET.copy()
    for name in ("after_turn", "after_id"):
        kept.pop(name, None)
    part = "worklist/_queue.html" if request.headers.get("HX-Request") else ""
    context = {"form": form, "page": shown, "depth": depth, "query": kept.urlencode()}
    names = subjects.named_for(request, [row.item.subject for row in shown.rows])
    state = cache(_state)  # many rows show the same
    context["table"] = Table(ITEMS, [_item_row(row, names, state) for row in shown.rows])
    return render(request, part or "worklist/queue.html", context)


@require_GET
@requires(Permission.QUEUE_VIEW)
def staff_seconds(request: HttpRequest, code: str) -> HttpResponse:
    """Show how long each person held items of a queue on a day, and one person's holdings."""
    today = timezone.localdate()
    form = forms.Day(request.GET.dict() | {"on": request.GET.get("on") or today.isoformat()})
    on, number, before = form.asked(today=today)
    begins = timezone.make_aware(datetime.combine(on, time()))
    span: dict[str, Any] = {"queue": code, "since": begins, "until": begins + timedelta(days=1)}
    page = {"form": form, "code": code, "on": on, "number": number}
    page["rows"] = selectors.seconds_by_person(**span)
    held = selectors.holdings_of(**span, number=number, before=before) if number else None
    raws = [row.item.subject for row in held.rows] if held else []
    page |= {"held": held, "names": subjects.named_for(request, raws)}
    return render(request, "worklist/staff_seconds.html", page)


@require_GET
@requires(Permission.QUEUE_VIEW)
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Show one item with its clocks, its holders and what may be done with it."""
    return _item_page(request, item_id)


@action
@require_POST
@requires(Permission.QUEUE_DISPATCH)
def mark_urgent(request: HttpRequest, item_id: int) -> HttpResponse:
    """Put an item first, for a reason."""
    form = _form("mark_urgent", request)

    def act() -> None:
        services.mark_urgent(
            item_id=item_id,
            reason=form.cleaned_data["reason"],
            by=signed_in(request),
            at=timezone.now(),
        )

    return _dispatch(request, item_id, form, "mark_urgent", act)


@action
@require_POST
@requires(Permission.QUEUE_DISPATCH)
def assign(request: HttpRequest, item_id: int) -> HttpResponse:
    """Give an item to a person, for a reason."""
    form = _form("assign", request)

    def act() -> None:
        services.assign(
            item_id=item_id,
            to=_person(form.cleaned_data["number"]),
            reason=form.cleaned_data["reason"],
            by=signed_in(request),
            at=timezone.now(),
        )

    return _dispatch(request, item_id, form, "assign", act)


@action
@require_POST
@requires(Permission.QUEUE_DISPATCH)
def take_back(request: HttpRequest, item_id: int) -> HttpResponse:
    """Put an item that somebody holds back into its queue, for a reason."""
    form = _form("take_back", request)

    def act() -> None:
        services.take_back(
            item_id=item_id,
            reason=form.cleaned_data["reason"],
            by=signed_in(request),
            at=timezone.now(),
        )

    return _dispatch(request, item_id, form, "take_back", act)


@action
@require_POST
@requires(Permission.QUEUE_DISPATCH)
def suspend(request: HttpRequest, item_id: int) -> HttpResponse:
    """Set an item aside, for a reason."""
    form = _form("suspend", request)

    def act() -> None:
        services.suspend(
            item_id=item_id,
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data["until"],
            by=signed_in(request),
            at=timezone.now(),
        )

    return _dispatch(request, item_id, form, "suspend", act)


@action
@require_POST
@requires(Permission.QUEUE_DISPATCH)
def resume(request: HttpRequest, item_id: int) -> HttpResponse:
    """Let an item that was set aside wait again."""
    try:
        services.resume(item_id=item_id, by=signed_in(request), at=timezone.now())
    except rules.NoSuchItem as refusal:
        raise Http404 from refusal
    return redirect("worklist:item", item_id)


def _form(step: str, request: HttpRequest | None = None) -> forms.Reason:
    """Return the form of a step; several stand on one page, so each has its own ids."""
    return DISPATCH_FORMS[step](request.POST if request else None, auto_id=f"{step}_%s")


def _person(number: str) -> Staff:
    found = people.staff_by_number(number=number.strip())
    if found is None:
        raise rules.NoSuchPerson(number=number, field="number")
    return found


def _dispatch(
    request: HttpRequest,
    item_id: int,
    form: django_forms.Form,
    step: str,
    act: Callable[[], None],
) -> HttpResponse:
    if form.is_valid():
        with refusals_in(request, form):
            act()
            return redirect("worklist:item", item_id)
    return _item_page(request, item_id, {step: form}, 422)


def _item_page(
    request: HttpRequest,
    item_id: int,
    bound: dict[str, django_forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    try:
        sheet = selectors.sheet(item_id=item_id, at=timezone.now())
    except rules.NoSuchItem as refusal:
        raise Http404 from refusal
    asked = forms.Person(request.GET if "number" in request.GET else None, auto_id="offer_%s")
    named = {step: _form(step) for step in DISPATCH_FORMS} | (bound or {})
    name = subjects.named_for(request, [sheet.item.subject])[sheet.item.subject]
    form = next(iter((bound or {}).values()), None)
    context = {"sheet": sheet, "name": name, "forms": named, "form": form}
    context |= {"asked": asked, "offer": _offer(sheet.item, asked)}
    return render(request, "worklist/item.html", context, status=status)


def _offer(item: WorkItem, asked: forms.Person) -> dict[str, object] | None:
    """Return why an item is, or is not, offered to the person asked about; None if of nobody."""
    number = asked.cleaned_data["number"].strip() if asked.is_valid() else ""
    if not number or item.state != rules.WAITING:
        return None
    person = people.staff_member(number=number)
    if person is None:
        return {"number": number, "person": None}
    lacking = selectors.not_offered(item=item, staff=person, on=timezone.localdate())
    return {"person": person, "why": [rules.NOT_OFFERED[name].text for name in lacking]}


def _item_row(row: selectors.Row, names: subjects.Names, state: Callable[..., SafeString]) -> Row:
    item = row.item
    return Row(
        (
            table.link(to="worklist:item", key=item.pk, text=str(names[item.subject])),
            item.place,
            state(item.state, urgent=item.urgent, late=row.late),
            str(item.priority),
            item.skill or table.NOTHING,
            str(item.grade_needed),
            ops.money(item.amount_fen),
            row.since,
            item.holder_label or table.NOTHING,
        )
    )


def _state(state: str, *, urgent: bool, late: bool) -> SafeString:
    marks = [ops.state_badge(state)]
    if urgent:
        marks.append(ops.chip("bad", "alert-triangle", gettext("Urgent")))
    if late:
        marks.append(ops.chip("warn", "hourglass", gettext("Late")))
    return format_html_join(" ", "{}", ((mark,) for mark in marks))
