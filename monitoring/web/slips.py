"""Pages of slips: the list, the outlet's inbox, one slip with all its steps, and a new one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.kernel.flow import Step
from foundation.people import selectors as people
from foundation.people.roles import Permission
from foundation.ui import sheets
from foundation.ui.web import (
    action,
    record_export,
    refusals_in,
    requires,
    signed_in,
    taken_by,
    takes_files,
)
from monitoring.forms import slips as forms
from monitoring.gateways import slips as dictionary
from monitoring.models import Match, Slip
from monitoring.rules import RESULTS
from monitoring.rules import slips as rules
from monitoring.rules.points import OF_FINDING
from monitoring.selectors import slips as selected
from monitoring.services import slips as services
from monitoring.web import _drawn_slips as drawn

MISSING = (rules.NoSuchSlip,)


@require_GET
@requires(Permission.SLIP_VIEW)
def slips(request: HttpRequest) -> HttpResponse:
    """List slips: by kind, place, error, month, and where they stand."""
    at, sealed = timezone.now(), _sealed(request)
    form = forms.Wanted(request.GET, sealed=sealed)
    chosen = form.chosen(at=at, sealed=sealed)
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        return _file(request, chosen, kind)
    page = selected.page(chosen=chosen)
    shown: dict[str, Any] = {"form": form, "page": page, "table": drawn.slips(page.rows, at)}
    shown["counts"] = selected.counted(at=at, sealed=sealed)
    shown["query"] = _query(request)
    part = "_slips" if request.headers.get("HX-Request") else "slips"
    return render(request, f"monitoring/{part}.html", shown)


@require_GET
@requires(Permission.SLIP_REPLY)
def slip_inbox(request: HttpRequest) -> HttpResponse:
    """Show what the own institution has to answer, what is due first."""
    at, place = timezone.now(), signed_in(request).institution
    rows = selected.inbox(institution_id=place.pk)
    shown = {"rows": rows, "place": place, "table": drawn.slips(rows, at)}
    shown["late"] = sum(drawn.is_overdue(row, at) for row in rows)
    part = "_slip_inbox" if request.headers.get("HX-Request") else "slip_inbox"
    return render(request, f"monitoring/{part}.html", shown)


@require_http_methods(["GET", "POST"])
@requires(Permission.SLIP_ISSUE)
def issue_slip(request: HttpRequest) -> HttpResponse:
    """Issue a slip, about a pair or about anything."""
    at, sealed = timezone.now(), _sealed(request)
    match = selected.origin_match(origin=request.GET.get("origin", "")[:80])
    classes = dict(dictionary.classes(on=timezone.localdate(at)))
    proposed = _proposed(match) if match and "kind" not in request.GET else _asked(request)
    form = forms.Issue(request.POST or None, classes=classes, sealed=sealed, initial=proposed)
    if request.method == "POST" and form.is_valid():
        with refusals_in(request, form):
            made = services.issue(draft=form.draft(), by=signed_in(request), at=at)
            return redirect("monitoring:slip", made.number)
    shown: dict[str, Any] = {"form": form, "match": match}
    shown["known"] = selected.about(origin=match.trail_subject, sealed=sealed) if match else ()
    status = 422 if form.errors else 200
    return render(request, "monitoring/issue_slip.html", shown, status=status)


@require_GET
@requires(Permission.SLIP_VIEW)
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Show one slip: what it says, its images, what was answered, and what comes next."""
    return _page(request, _slip_or_404(request, number))


@action
@require_POST
@requires(Permission.SLIP_REPLY, missing=MISSING)
def step_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Take a plain step of the outlet: read, confirm, acknowledge, begin."""
    _slip_or_404(request, number)
    step = _step(request, rules.OUTLET_STEPS)
    services.step(number=number, step=step, by=signed_in(request), at=timezone.now())
    return redirect("monitoring:slip", number)


@action
@require_POST
@requires(Permission.SLIP_ISSUE, missing=MISSING)
def check_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Take a plain step of the centre: accept, verify, close, hand over."""
    _slip_or_404(request, number)
    step = _step(request, rules.CENTRE_STEPS)
    sealed, by = _sealed(request), signed_in(request)
    services.step(number=number, step=step, by=by, at=timezone.now(), sealed=sealed)
    return redirect("monitoring:slip", number)


@action
@require_POST
@requires(Permission.SLIP_ISSUE, missing=MISSING)
def phone_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Keep that the branch was told by phone."""
    _slip_or_404(request, number)
    services.phone(number=number, by=signed_in(request), at=timezone.now())
    return redirect("monitoring:slip", number)


@action
@takes_files
@require_POST
@requires(Permission.SLIP_REPLY, missing=MISSING)
def answer_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Answer with words and pictures, or send the plan of a rectification."""
    row, form = _slip_or_404(request, number), forms.Answer(request.POST, request.FILES)
    if form.is_valid():
        said = {"step": form.cleaned_data["step"], "words": form.cleaned_data["words"]}
        with refusals_in(request, form):
            services.answer(number=number, pictures=form.pictures(), **said, **_by(request))
            return redirect("monitoring:slip", number)
    return _page(request, row, answer=form)


@action
@require_POST
@requires(Permission.SLIP_ISSUE, missing=MISSING)
def requery_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Ask again because the answer does not do."""
    row, form = _slip_or_404(request, number), forms.Words(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.requery(number=number, words=form.cleaned_data["words"], **_by(request))
            return redirect("monitoring:slip", number)
    return _page(request, row, requery=form)


@action
@require_POST
@requires(Permission.SLIP_REPLY, missing=MISSING)
def appeal_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Appeal against an error slip."""
    row, form = _slip_or_404(request, number), forms.Appeal(request.POST)
    if form.is_valid():
        with refusals_in(request, form):
            services.appeal(number=number, words=form.cleaned_data["words"], **_by(request))
            return redirect("monitoring:slip", number)
    return _page(request, row, appeal=form)


@action
@require_POST
@requires(Permission.SLIP_JUDGE, missing=MISSING)
def judge_slip(request: HttpRequest, number: str) -> HttpResponse:
    """Judge an appeal."""
    row, form = _slip_or_404(request, number), forms.Judgement(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_in(request, form):
            services.judge(
                number=number, upheld=said["upheld"] == "yes", words=said["words"], **_by(request)
            )
            return redirect("monitoring:slip", number)
    return _page(request, row, judgement=form)


def _page(request: HttpRequest, row: Slip, **sent: Any) -> HttpResponse:
    """Draw a slip; a form that was refused is shown again with what was typed."""
    at, by = timezone.now(), signed_in(request)
    seen, flow = selected.record(slip=row), row.sort.flow
    own = by.institution_id == row.institution_id
    open_steps = set(flow.steps_from(row.state))
    # What an answer leads through is taken with it, so the form is there from the first state on.
    words = next((one for one in ("reply", "plan") if _leads(row, one)), "")
    shown: dict[str, Any] = {
        "seen": seen, "row": row, "own": own, "error": drawn.error_of(row),
        "overdue": drawn.is_overdue(row, at), "rung": rules.RUNGS.get(row.rung, ""),
        "sum": sum(point.points for point in seen.points),
        "mine": _buttons(row, outlet=True), "theirs": _buttons(row, outlet=False),
        "answers": words, "asks": "requery" in open_steps,
        "appeals": "appeal" in open_steps and seen.appeal is None,
        "judges": "uphold" in open_steps,
        "answer": forms.Answer(initial={"step": words}), "requery": forms.Words(),
        "appeal": forms.Appeal(), "judgement": forms.Judgement(),
        "images": _images(request, seen),
    }  # fmt: skip
    if shown["appeals"]:
        shown["appeal_until"] = services.appeal_until(slip=row)
    shown |= sent
    shown["form"] = next(iter(sent.values()), None)
    return render(request, "monitoring/slip.html", shown, status=422 if sent else 200)


def _buttons(row: Slip, *, outlet: bool) -> list[Step]:
    """Return the steps of one side that need no words."""
    steps = rules.steps_for(row.kind, row.state, outlet=outlet)
    return [row.sort.flow.step(row.state, one) for one in steps if one not in rules.WORDED]


def _leads(row: Slip, step: str) -> bool:
    """Tell whether an answer of this name is possible from where a slip stands."""
    flow, state = row.sort.flow, row.state
    for one in rules.way_to(row.kind, state, step):
        if one not in flow.steps_from(state):
            return False
        state = flow.after(state, one)
    return True


def _images(request: HttpRequest, seen: selected.Record) -> list[dict[str, object]]:
    evidence = [page for reply in seen.replies for page in reply.pages]
    return [
        *drawn.pictures(request, seen.pages, gettext("Voucher")),
        *drawn.pictures(request, evidence, gettext("Evidence")),
    ]


def _asked(request: HttpRequest) -> dict[str, object]:
    """Return what a link from elsewhere, such as an alert's page, wants to be said."""
    names = ("place", "teller", "code", "text", "origin")
    asked = {name: request.GET.get(name, "")[: rules.TEXT_MOST] for name in names}
    return {"kind": request.GET.get("kind", rules.ERROR)[:20], **asked}


def _proposed(match: Match) -> dict[str, object]:
    """Return what a slip about a pair would say, to be looked over."""
    said = [gettext(RESULTS[match.result].text), match.journal_no, match.voucher_no]
    return {
        "kind": rules.ERROR if match.result in OF_FINDING else rules.QUERY,
        "place": match.institution.number,
        "teller": match.teller if people.staff_member(number=match.teller) else "",
        "code": OF_FINDING.get(match.result, ""),
        "text": " ".join(part for part in said if part),
        "origin": match.trail_subject,
    }


def _file(request: HttpRequest, chosen: selected.Filter, kind: str) -> HttpResponse:
    record_export(request)
    page = selected.page(chosen=chosen, most=selected.EXPORT_MOST)
    table = drawn.slips(page.rows, chosen.at)
    name = f"slips-{timezone.localdate()}"
    sheet = sheets.drawn(name=name, table=table, mark=taken_by(request), total=page.total)
    return sheets.answer(sheet, kind)


def _query(request: HttpRequest) -> str:
    """Return what was asked for, without where the page began."""
    asked = request.GET.copy()
    asked.pop("before", None)
    return asked.urlencode()


def _step(request: HttpRequest, allowed: frozenset[str]) -> str:
    step = request.POST.get("step", "")[:20]
    if step not in allowed:
        raise rules.NotAStep(step=step)
    return step


def _slip_or_404(request: HttpRequest, number: str) -> Slip:
    found = selected.slip(number=number, sealed=_sealed(request))
    if found is None:
        raise Http404
    return found


def _sealed(request: HttpRequest) -> bool:
    held: frozenset[Permission] = getattr(request, "permissions", frozenset())
    return Permission.SLIP_SEALED in held


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"by": signed_in(request), "at": timezone.now()}
