"""Business days: where each institution stands, and the close of one day, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel import errors
from foundation.ledger import forms, rules, selectors, services
from foundation.ledger.models import BusinessDay, DayOpening, DayRun
from foundation.ledger.selectors import PlaceDay
from foundation.people.models import Institution
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.ui import pdf
from foundation.ui.web import action, refusals_in, refuse_in, requires, signed_in

STEPS: Mapping[str, Callable[..., object]] = {
    "begin_close": services.begin_close,
    "resume": services.resume,
    "seal": services.seal_day,
}


@require_GET
@requires(Permission.DAY_VIEW)
def days(request: HttpRequest) -> HttpResponse:
    """Show where every institution in sight stands, to close or open many at once."""
    return _days_shown(request, selectors.latest_days())


@action
@require_POST
@requires(Permission.DAY_CLOSE)
def first_day(request: HttpRequest) -> HttpResponse:
    """Open the first business day of an institution."""
    rows = selectors.latest_days()
    form, by = forms.FirstDay(request.POST, choices=_never(rows)), signed_in(request).label
    if form.is_valid():
        place, on = int(form.cleaned_data["place"]), form.cleaned_data["on"]
        with refusals_in(request, form):
            opened = services.open_day(institution_id=place, on=on, at=timezone.now(), by=by)
            return redirect("ledger:day", opened.pk)
    return _days_shown(request, rows, form)


@require_GET
@requires(Permission.DAY_VIEW, missing=(rules.NoSuchDay,))
def day(request: HttpRequest, day_id: int) -> HttpResponse:
    """Show one day: what keeps it open, its steps, its seal and who signed."""
    return _console(request, day_id)


@action
@require_POST
@requires(Permission.DAY_CLOSE, missing=(rules.NoSuchDay,))
def day_step(request: HttpRequest, day_id: int) -> HttpResponse:
    """Stop posting, go on working, or seal the day."""
    found = selectors.day(day_id=day_id)
    step = STEPS.get(request.POST.get("step", ""), services.begin_close)
    by = signed_in(request)
    step(institution_id=found.institution_id, on=found.date, at=timezone.now(), by=by)
    return redirect("ledger:day", day_id)


@action
@require_POST
@requires(Permission.DAY_CLOSE, missing=(rules.NoSuchDay,))
def day_carry(request: HttpRequest, day_id: int) -> HttpResponse:
    """Carry forward what a check found, with a reason."""
    found, form = selectors.day(day_id=day_id), forms.Carry(request.POST)
    if not form.is_valid():
        raise rules.NeedsReason
    services.carry(
        institution_id=found.institution_id,
        on=found.date,
        at=timezone.now(),
        by=signed_in(request),
        **form.cleaned_data,
    )
    return redirect("ledger:day", day_id)


@action
@require_POST
@requires(Permission.DAY_CLOSE, missing=(rules.NoSuchDay,))
def day_sign(request: HttpRequest, day_id: int) -> HttpResponse:
    """Sign the report that was shown."""
    found = selectors.day(day_id=day_id)
    services.sign_day(
        institution_id=found.institution_id,
        on=found.date,
        digest=request.POST.get("digest", ""),
        at=timezone.now(),
        by=signed_in(request),
    )
    return redirect("ledger:day", day_id)


@action
@require_POST
@requires(Permission.DAY_CLOSE, missing=(rules.NoSuchDay,))
def day_reopen(request: HttpRequest, day_id: int) -> HttpResponse:
    """Ask that a day be opened again, or decide about what another asked."""
    found, step = selectors.day(day_id=day_id), request.POST.get("step", "")
    place, by, now = found.institution_id, signed_in(request), timezone.now()
    if step in {"approve", "decline"}:
        yes = step == "approve"
        services.decide_reopening(institution_id=place, on=found.date, approve=yes, at=now, by=by)
        return redirect("ledger:day", day_id)
    form = forms.Reason(request.POST)
    if not form.is_valid():
        raise rules.NeedsReason
    why = form.cleaned_data["reason"]
    services.ask_to_reopen(institution_id=place, on=found.date, reason=why, at=now, by=by)
    return redirect("ledger:day", day_id)


@action
@require_POST
@requires(Permission.DAY_CLOSE, missing=(rules.NoSuchDay,))
def open_next(request: HttpRequest, day_id: int) -> HttpResponse:
    """Open the business day that follows a closed one."""
    found, form = selectors.day(day_id=day_id), forms.NextDay(request.POST)
    if form.is_valid():
        place, by, now = found.institution_id, signed_in(request).label, timezone.now()
        try:
            opened = services.open_day(institution_id=place, at=now, by=by, **form.cleaned_data)
        except errors.Refused as refusal:
            if not refusal.field:
                raise
            refuse_in(request, form, refusal)
        else:
            return redirect("ledger:day", opened.pk)
    return _console(request, day_id, form)


@action
@require_POST
@requires(Permission.DAY_CLOSE)
def close_many(request: HttpRequest) -> HttpResponse:
    """Have the chosen days closed up to their seal, each by a job."""
    open_ones = [row.day.pk for row in selectors.latest_days() if row.day]
    form = forms.ManyDays(request.POST, choices=open_ones)
    if not form.is_valid():
        raise rules.NoSuchDay
    key = form.cleaned_data["key"]
    services.ask_to_close(
        key=key, day_ids=form.cleaned_data["days"], at=timezone.now(), by=signed_in(request)
    )
    return redirect("ledger:run", key)


@require_GET
@requires(Permission.DAY_VIEW)
def run(request: HttpRequest, run_key: UUID) -> HttpResponse:
    """Show how far a run has come, and what came of each institution."""
    rows = [(one, _told(one)) for one in selectors.runs(key=run_key)]
    done = sum(one.done_at is not None for one, _text in rows)
    part = "_run" if request.headers.get("HX-Request") else "run"
    shown = {"rows": rows, "done": done, "all": len(rows)}
    return render(request, f"ledger/{part}.html", shown)


@require_GET
@requires(Permission.DAY_CLOSE)
def sign(request: HttpRequest) -> HttpResponse:
    """Show every report that waits for a signature, with its figures and its seal."""
    rows = selectors.to_sign(person=signed_in(request).person)
    return render(request, "ledger/sign.html", {"rows": rows})


@action
@require_POST
@requires(Permission.DAY_CLOSE, missing=(rules.NoSuchDay,))
def sign_many(request: HttpRequest) -> HttpResponse:
    """Sign the chosen reports, each with the seal that was shown."""
    person = signed_in(request)
    form = forms.ManySeals(request.POST)
    if not form.is_valid():
        raise rules.NothingChosen
    found = services.sign_many(shown=form.cleaned_data["seals"], at=timezone.now(), by=person)
    return render(request, "ledger/sign_many.html", {"rows": found})


@require_GET
@requires(Permission.DAY_VIEW, missing=(rules.NoSuchDay,))
def day_report(request: HttpRequest, closing_id: int) -> HttpResponse:
    """Show the report of a closing, to be read, printed and signed."""
    shown = {"report": selectors.report(closing_id=closing_id)}
    return render(request, "ledger/day_report.html", shown)


@action
@require_GET
@requires(Permission.DAY_VIEW, missing=(rules.NoSuchDay,))
def day_report_pdf(request: HttpRequest, closing_id: int) -> HttpResponse:  # noqa: ARG001
    """Send the report of a closing as a PDF."""
    report = selectors.report(closing_id=closing_id)
    name = f"day-{report.closing.institution.number}-{report.closing.business_date}"
    return pdf.answer("ledger/_day_report_pdf.html", {"report": report}, name=name)


def _never(rows: Sequence[PlaceDay]) -> Sequence[Institution]:
    return [row.institution for row in rows if not row.day]


def _days_shown(
    request: HttpRequest, rows: Sequence[PlaceDay], first: forms.FirstDay | None = None
) -> HttpResponse:
    places = [row.institution for row in rows]
    refused = selectors.refused_openings(places=[place.pk for place in places])
    counts = dict.fromkeys(rules.DAY_FLOW.states, 0)
    for row in rows:
        if row.day:
            counts[row.day.state] += 1
    never, months = _never(rows), selectors.months()
    shown = {
        "rows": [(row, _told(refused.get(row.institution.pk))) for row in rows],
        "counts": counts,
        "key": uuid4(),
        "first": months[:1],
        "last": months[-1:],
        "without_till": selectors.without_till(places=places),
        "never": never,
        "form": first or forms.FirstDay(choices=never, initial={"on": timezone.localdate()}),
    }
    return render(request, "ledger/days.html", shown, status=422 if first else 200)


def _console(
    request: HttpRequest, day_id: int, following: forms.NextDay | None = None
) -> HttpResponse:
    found = selectors.console(day_id=day_id)
    shown = {
        "console": found,
        "entries": found.timeline,
        "form": forms.Reason(),
        "next": following or forms.NextDay(initial={"on": _following(found.day)}),
        "no_till": bool(selectors.without_till(places=[found.day.institution])),
        "labels": [(name, rules.DAY_FLOW.step(found.day.state, name)) for name in found.steps],
        "closable": Permission.DAY_CLOSE in request.permissions,  # type: ignore[attr-defined]
    }
    return render(request, "ledger/day.html", shown, status=422 if following else 200)


def _following(found: BusinessDay) -> date:
    try:
        return policy.calendar(on=found.date).next_business_day(found.date)
    except errors.Refused:
        return found.date + timedelta(days=1)


def _told(one: DayRun | DayOpening | None) -> str:
    refusal = errors.refusals().get(one.result) if one else None
    return refusal(**one.told).shown(gettext) if one and refusal else ""
