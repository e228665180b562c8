"""Pages of the authorization centre: the teller's, the authorizer's, and the lists."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from authorization import forms, rules, selectors, services
from authorization.models import Request
from authorization.selectors import quality as doubts
from authorization.web import _desk, _drawn, _rule_words
from authorization.web._counter import (
    attach,
    check_identity,
    choose,
    correct,
    item_or_404,
    mine,
    new,
    read_fields,
    receipt,
    receipt_file,
    withdraw,
)
from authorization.web._counter import seen as seen_by
from authorization.web._desk import pictures
from authorization.web._friction import friction
from authorization.web._holds import answer, hold, on_hold, pass_up
from authorization.web._own_day import decided, waiting
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
from authorization.web._talk import talk, talking, write
from authorization.web._team import team
from foundation.kernel.errors import Refused
from foundation.kernel.text import whole
from foundation.people.models import Staff
from foundation.people.roles import Permission
from foundation.trail import services as trail
from foundation.ui import menu, sheets
from foundation.ui.web import (
    action,
    record_export,
    record_refusal,
    requires,
    signed_in,
    taken_by,
)
from foundation.worklist import rules as worklist_rules
from foundation.worklist import services as worklist

__all__ = [
    "ahead",
    "answer",
    "approve_rules",
    "attach",
    "check_identity",
    "choose",
    "comparison",
    "correct",
    "decide",
    "decide_rule",
    "decided",
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
    "pass_up",
    "pictures",
    "propose_catalogue",
    "propose_rule",
    "read_fields",
    "receipt",
    "receipt_file",
    "relief",
    "rule",
    "rule_history",
    "rule_list",
    "rules_waiting",
    "staffing",
    "talk",
    "team",
    "undo",
    "waiting",
    "withdraw",
    "workbench",
    "write",
]


@require_GET
@requires(Permission.AUTHORIZATION_DECIDE)
@trail.together()
def workbench(request: HttpRequest) -> HttpResponse:
    """Show the item that the authorizer holds, or the next one."""
    return _desk.desk(request)


@action
@require_POST
@requires(Permission.AUTHORIZATION_DESK, missing=(rules.NoSuchItem,))
@trail.together()
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Record the authorizer's decision and bring the next item with the same answer."""
    form = forms.Decision(request.POST)
    if not form.is_valid():
        item_or_404(number)
        return _desk.desk(request, form=form)
    typed = form.cleaned_data
    try:
        made = services.decide(
            number=number, decider=signed_in(request), at=timezone.now(), **typed
        )
    except rules.NoSuchItem:
        raise
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk.desk(request, refusal=refusal, form=form)
    return _desk.desk(request, decided=number, step=typed["step"], undo_seconds=made.undo_seconds)


@action
@require_POST
@requires(Permission.AUTHORIZATION_DECIDE, missing=(rules.NoSuchItem,))
@trail.together()
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take back what was just decided, and bring the item to the desk again."""
    try:
        services.undo(number=number, by=signed_in(request), at=timezone.now())
    except rules.NoSuchItem:
        raise
    except Refused as refusal:
        record_refusal(request, refusal)
        return _desk.desk(request, refusal=refusal)
    return _desk.desk(request, decided=number, step="undo")


@action
@require_POST
@requires(Permission.AUTHORIZATION_DESK, missing=(rules.NoSuchItem,))
@trail.together()
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
    fields = selectors.comparison(request=item_or_404(number))
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


@action
@require_GET
@requires(Permission.AUTHORIZATION_DECIDE)
def ahead(request: HttpRequest) -> JsonResponse:
    """Tell a desk which images it will likely show next; it is given nothing by that."""
    return JsonResponse({"images": _desk.likely_next(request)})


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def items(request: HttpRequest) -> HttpResponse:
    """List the day's items: every figure of the centre opens here."""
    today = menu.business_date(signed_in(request), timezone.localdate())
    form = forms.Chosen(request.GET.dict() | {"on": request.GET.get("on") or today.isoformat()})
    chosen = form.chosen(today=today)
    if (kind := request.GET.get("export", "")) in sheets.KINDS:
        return _items_file(request, chosen, kind)
    page = selectors.listed(chosen=chosen)
    shown = {"page": page, "chosen": chosen, "form": form, "query": form.query()}
    shown["table"] = _drawn.items(page.rows)
    return render(request, "authorization/items.html", shown)


def _items_file(request: HttpRequest, chosen: selectors.Filter, kind: str) -> HttpResponse:
    """Return the list as a file that says who took it."""
    record_export(request)
    rows, total = selectors.in_file(chosen=chosen)
    sheet = sheets.drawn(
        name=f"items-{chosen.on}", table=_drawn.items(rows), mark=taken_by(request), total=total
    )
    return sheets.answer(sheet, kind)


@require_GET
@requires(Permission.AUTHORIZATION_VIEW)
def item(request: HttpRequest, number: str) -> HttpResponse:
    """Show one item: where it stands, live for its teller, and all that happened."""
    found, person = _settled(number), signed_in(request)
    shown = _standing(request, found, person)
    if request.headers.get("HX-Request"):
        return render(request, "authorization/_standing.html", shown)
    seen = selectors.record(request=found)
    shown["approvers"] = selectors.approvers(request=found)
    shown["later_scan"] = selectors.later_scan(request=found)
    shown |= _taking_back(request, found)
    shown |= {"seen": seen, "identity": selectors.identity(request=found)}
    shown["pictures"] = pictures(request, seen.pages, seen.fields)
    shown |= {"why": _rule_words.why(found.why), **_drawn.waiting(seen, person)}
    return render(request, "authorization/item.html", shown | talking(found, person))


def _settled(number: str) -> Request:
    """Return an item in sight, with what was decided of it if its seconds are over."""
    found = item_or_404(number)
    if found.state != rules.SETTLING:
        return found
    # Its seconds may be over while the job that ends them waits behind others.
    return services.settle(number=number, at=timezone.now())


def _standing(request: HttpRequest, found: Request, person: Staff) -> dict[str, object]:
    """Return where an item stands and what the person can do with it; its teller has seen it."""
    own = found.teller_id == person.pk
    if own and found.decided_at:
        seen_by(person, [found.number])
    asked = selectors.open_inquiry(request=found) if found.state == rules.ON_HOLD else None
    return {
        "item": found,
        "own": own,
        "open_steps": rules.FLOW.steps_from(found.state),
        "asked": asked is not None and _drawn.concerns(asked, found, person),
        "why_not": _drawn.why_not(found),
        **_doubts(request, found),
    }


def _taking_back(request: HttpRequest, found: Request) -> dict[str, object]:
    """Return what an item takes back or is taken back by, and whether this person may do so."""
    known = selectors.correction(request=found)
    held: frozenset[str] = getattr(request, "permissions", frozenset())
    here = signed_in(request).institution_id == found.institution_id
    may = here and Permission.AUTHORIZATION_SUBMIT in held and bool(known.trade_code)
    return {"correction": known, "may_take_back": may}


def _doubts(request: HttpRequest, item: Request) -> dict[str, object]:
    """Return the cases of an item, and whether this person may begin one."""
    cases, staff = doubts.cases_of(request=item), signed_in(request)
    refused = item.state in (rules.REJECTED, rules.RETURNED)
    held: frozenset[str] = getattr(request, "permissions", frozenset())
    yes = item.state == rules.POSTED and bool(item.decider_label)
    objects = refused and staff.institution_id == item.institution_id
    reports = yes and Permission.QUALITY_VIEW in held
    # What an outlet decided alone, on site, is no decision of the centre.
    open_to_doubt = (
        not cases and (objects or reports) and doubts.last_decision(request=item) is not None
    )
    return {
        "cases": cases,
        "may_object": objects and open_to_doubt,
        "may_report": reports and open_to_doubt,
    }
