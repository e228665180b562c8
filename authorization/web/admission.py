"""Pages of the admission of authorizers, and of items whose right answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from authorization import rules as items
from authorization.forms import admission as forms
from authorization.models import Admission, KnownItem
from authorization.rules import admission as rules
from authorization.selectors import admission as selected
from authorization.selectors.admission import Progress
from authorization.services import admission as services
from authorization.services import known as keeping
from foundation.kernel.calendar import local
from foundation.kernel.chance import Share
from foundation.kernel.text import whole
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.trail import selectors as trail
from foundation.ui import alone, sheets, table
from foundation.ui.table import Column, Row, Table
from foundation.ui.templatetags import ops
from foundation.ui.web import (
    action,
    record_export,
    refusals_in,
    requires,
    signed_in,
    taken_by,
)

_COLUMNS = (
    Column(_("Admission"), table.NUMBER),
    Column(_("Staff")),
    Column(_("Institution")),
    Column(_("Grade"), table.NUMBER),
    Column(_("State")),
    Column(_("Exam paper"), table.NUMBER),
    Column(_("Points"), table.RIGHT),
    Column(_("Days of shadow left"), table.RIGHT),
    Column(_("Agreement with interval"), table.RIGHT),
    Column(_("Seen again / needed"), table.RIGHT),
    Column(_("Judged wrong"), table.RIGHT),
    Column(_("Valid until"), table.NUMBER),
)
_KNOWN = (
    Column(_("Number"), table.NUMBER),
    Column(_("Item number"), table.NUMBER),
    Column(_("Outlet")),
    Column(_("Transaction")),
    Column(_("Right answer")),
    Column(_("Kept by")),
    Column(_("Approved by")),
    Column(_("Planted"), table.RIGHT),
    Column(_("State")),
)
_SOON = timedelta(days=30)


@require_GET
@requires(Permission.QUALITY_VIEW)
def admissions(request: HttpRequest) -> HttpResponse:
    """List who is on the way to which grade and how far, and who is admitted until when."""
    form, on = forms.Wanted(request.GET), timezone.localdate()
    page = selected.listed(**form.chosen())
    shown: dict[str, Any] = {"form": form, "page": page, "table": _listed(page.rows, on)}
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        record_export(request)
        name = f"admissions-{on}"
        return sheets.answer(
            sheets.drawn(name=name, table=shown["table"], mark=taken_by(request)), kind
        )
    shown["query"] = request.GET.urlencode()
    shown["counts"] = list(selected.counted().items())
    shown["without"] = selected.without(on=on)
    return render(request, "authorization/admissions.html", shown)


@require_http_methods(["GET", "POST"])
@requires(Permission.ADMISSION_MANAGE)
def enter_exam(request: HttpRequest) -> HttpResponse:
    """Enter the result of an exam, for another person to approve."""
    form = forms.Exam(request.POST or None, initial={"number": request.GET.get("number", "")[:12]})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        staff = people.staff_member(number=given.pop("number"))
        if staff is None:
            form.add_error("number", gettext("There is nobody of this number."))
        else:
            with refusals_in(request, form):
                row = services.enter_exam(staff=staff, **given, **_by(request))
                return redirect("authorization:admission", row.pk)
    page = {"form": form, "least": _number("exam_least")}
    status = 422 if form.errors else 200
    return render(request, "authorization/enter_exam.html", page, status=status)


@require_GET
@requires(Permission.QUALITY_VIEW)
def admission(request: HttpRequest, admission_id: int) -> HttpResponse:
    """Show one admission: the exam, how far it is, what came before, and what comes next."""
    return _page(request, _row_or_404(admission_id))


@action
@require_POST
@requires(Permission.ADMISSION_MANAGE, missing=(rules.NoSuchAdmission,))
def decide_exam(request: HttpRequest, admission_id: int) -> HttpResponse:
    """Approve or decline the exam that another person entered."""
    row = _row_or_404(admission_id)
    passed = request.POST.get("step") == "approve"
    services.decide_exam(admission_id=row.pk, passed=passed, **_by(request))
    return redirect("authorization:admission", row.pk)


@action
@require_POST
@requires(Permission.ADMISSION_MANAGE, missing=(rules.NoSuchAdmission,))
def move_on(request: HttpRequest, admission_id: int) -> HttpResponse:
    """Begin the probation, or admit."""
    row = _row_or_404(admission_id)
    services.move_on(admission_id=row.pk, **_by(request))
    return redirect("authorization:admission", row.pk)


@action
@require_POST
@requires(Permission.ADMISSION_MANAGE, missing=(rules.NoSuchAdmission,))
def stop_admission(request: HttpRequest, admission_id: int) -> HttpResponse:
    """End a shadow, a probation or an admission."""
    row, form = _row_or_404(admission_id), forms.Stop(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.stop(admission_id=row.pk, **form.cleaned_data, **_by(request))
            return redirect("authorization:admission", row.pk)
    return _page(request, row, form)


@require_http_methods(["GET", "POST"])
@requires(Permission.ADMISSION_MANAGE, missing=(items.NoSuchItem,))
def known(request: HttpRequest) -> HttpResponse:
    """List items with a known answer, and keep another one."""
    form = forms.Keep(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            keeping.keep(number=form.cleaned_data["number"], **_by(request))
            return redirect("authorization:known")
    of, before = alone.asked(request.GET), whole(request.GET.get("before", ""))
    rows = selected.known_items(of=of, before=before)
    shown = rows[: selected.PAGE]
    page: dict[str, Any] = {"form": form, "rows": shown, "table": _kept(shown)}
    page["waiting"] = [row for row in shown if not row.approved_at and not row.ended_at]
    page["in_force"] = [row for row in shown if row.approved_at and not row.ended_at]
    page["next_before"] = shown[-1].pk if len(rows) > len(shown) else None
    page |= alone.shown(of, shown)
    return render(request, "authorization/known.html", page, status=422 if form.errors else 200)


@action
@require_POST
@requires(Permission.ADMISSION_MANAGE, missing=(rules.NoSuchKnown,))
def decide_known(request: HttpRequest, known_id: int) -> HttpResponse:
    """Approve an item with a known answer that another person kept, or end it."""
    if selected.known_in_sight(known_id=known_id) is None:
        raise Http404
    step = keeping.approve if request.POST.get("step") == "approve" else keeping.end
    step(known_id=known_id, **_by(request))
    return redirect("authorization:known")


def _page(request: HttpRequest, row: Admission, form: forms.Stop | None = None) -> HttpResponse:
    mine = selected.of_person(person=row.person)
    found = selected.progress(rows=mine)
    on = timezone.localdate()
    page: dict[str, Any] = {"row": row, "progress": found.get(row.pk), "form": form or forms.Stop()}
    page["table"] = _listed([(one, found[one.pk]) for one in mine], on)
    page["left"] = _days_left(row, on)
    page["needed"] = _number("probation_items")
    page["agreement"] = _share(found[row.pk].agreed) if row.pk in found else ""
    page["own"] = signed_in(request).person == row.person
    page["first"] = signed_in(request).person == row.entered_person
    page["stops"] = "stop" in rules.ADMISSION_FLOW.steps_from(row.state)
    page["timeline"] = trail.timeline(subject=row.subject)
    page["least"] = _number("exam_least")
    status = 422 if form is not None and form.errors else 200
    return render(request, "authorization/admission.html", page, status=status)


def _row_or_404(admission_id: int) -> Admission:
    row = selected.in_sight(admission_id=admission_id)
    if row is None:
        raise Http404
    return row


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "at": timezone.now()}


def _number(name: str) -> int | None:
    """Return a number of admission; None while nobody has put it in force."""
    code = rules.NUMBERS[name]
    return policy.bank_wholes(codes=(code,), on=timezone.localdate()).get(code)


def _days_left(row: Admission, on: date) -> int | None:
    days = _number("shadow_days")
    if row.state != rules.SHADOW or row.shadow_at is None or days is None:
        return None
    return max(0, days - (on - local(row.shadow_at).date()).days)


def _share(share: Share) -> str:
    if share.percent is None:
        return table.NOTHING
    return f"{share.part} / {share.whole} · {share.percent} ({share.lower}–{share.upper})"


def _listed(rows: Sequence[tuple[Admission, Progress]], on: date) -> Table:
    days, needed = _number("shadow_days"), _number("probation_items")
    return Table(_COLUMNS, [_line(row, one, on, days, needed) for row, one in rows])


def _line(row: Admission, found: Progress, on: date, days: int | None, needed: int | None) -> Row:
    left, tried = table.NOTHING, row.probation_at is not None
    if row.state == rules.SHADOW and row.shadow_at is not None and days is not None:
        left = str(max(0, days - (on - local(row.shadow_at).date()).days))
    ends = row.state == rules.ADMITTED and row.valid_until and row.valid_until - on <= _SOON
    return Row(
        (
            table.link(to="authorization:admission", key=row.pk, text=str(row.pk)),
            row.staff.label,
            row.staff.institution.name,
            f"G{row.grade}",
            SafeString(ops.state_badge(row.state)),
            row.paper or table.NOTHING,
            table.NOTHING if row.points is None else str(row.points),
            left,
            _share(found.agreed),
            f"{found.trial.done} / {needed or table.NOTHING}" if tried else table.NOTHING,
            str(found.trial.wrong) if tried else table.NOTHING,
            str(row.valid_until) if row.valid_until else table.NOTHING,
        ),
        look="op-row--warn" if ends else "",
        key=str(row.pk),
    )


def _kept(rows: Sequence[KnownItem]) -> Table:
    return Table(_KNOWN, [_known_line(row) for row in rows])


def _known_line(row: KnownItem) -> Row:
    item = row.decision.request
    state = "closed" if row.ended_at else "active" if row.approved_at else "proposed"
    return Row(
        (
            table.alone(to="authorization:known", key=row.pk, text=str(row.pk)),
            table.link(to="authorization:item", key=item.number, text=item.number),
            item.institution.name,
            gettext(item.trade.name),
            SafeString(ops.state_badge(row.answer)),
            row.kept_by.label,
            row.approved_by.label if row.approved_by else table.NOTHING,
            str(getattr(row, "planted", 0)),
            SafeString(ops.state_badge(state)),
        ),
        key=str(row.pk),
    )
