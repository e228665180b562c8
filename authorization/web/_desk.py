"""The authorizer's desk, as every step of it answers: the item before them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from authorization import forms, rules, selectors, services
from authorization.forms.on_site import Said
from authorization.models import Request, TierVerdict
from authorization.selectors import fallback as switches
from authorization.web import _drawn_tier, _rule_words
from authorization.web._talk import talking
from foundation.imaging import selectors as imaging
from foundation.imaging.models import Page
from foundation.kernel.errors import Refused
from foundation.people.roles import Permission
from foundation.ui import timed
from foundation.ui.web import signed_in
from foundation.worklist import selectors as worklist

# How many images of the next item a desk fetches before it is given one.
AHEAD = 4
Form = forms.Decision | forms.Hold | forms.PassUp | None


def desk(
    request: HttpRequest,
    *,
    decided: str = "",
    step: str = "",
    undo_seconds: int = 0,
    refusal: Refused | None = None,
    resting: bool = False,
    form: Form = None,
) -> HttpResponse:
    """Answer the desk: the item held or the next one, and what was done before."""
    if Permission.AUTHORIZATION_DECIDE not in _held(request):
        return at_home(request, decided=decided, refusal=refusal, resting=resting, form=form)
    authorizer = signed_in(request)
    at = timezone.now()
    opened = None if resting else services.open_next(authorizer=authorizer, at=at)
    seen = selectors.desk(authorizer=authorizer, today=timezone.localdate(), opened=opened)
    context: dict[str, Any] = {
        "day": seen.day,
        "decided": decided,
        "step": step,
        "undo_seconds": undo_seconds,
        "refusal": refusal,
        "resting": resting,
        "form": form,
    }
    if opened is not None and seen.shown is not None:
        context |= _opened(request, seen.shown, at, form) | talking(
            opened, authorizer, said=seen.shown.said
        )
    elif not resting:
        context["again"] = worklist.left_for_seconds(
            queue=rules.QUEUE, staff=authorizer, on=timezone.localdate()
        )
    part = "_desk" if request.headers.get("HX-Request") else "workbench"
    status = 409 if refusal else 422 if form else 200
    return render(request, f"authorization/{part}.html", context, status=status)


def at_home(
    request: HttpRequest,
    *,
    decided: str = "",
    refusal: Refused | None = None,
    resting: bool = False,
    form: Form = None,
) -> HttpResponse:
    """Answer the desk of an outlet in an emergency: its next item, or that the centre decides."""
    authorizer, at = signed_in(request), timezone.now()
    standing = switches.standing(staff=authorizer, at=at)
    opened = None
    if standing is not None and not resting:
        opened = services.open_at_home(authorizer=authorizer, at=at)
    context: dict[str, Any] = {
        "standing": standing,
        "decided": decided,
        "refusal": refusal,
        "resting": resting,
        "form": form,
    }
    if opened is not None:
        context |= _opened(request, selectors.shown(request=opened), at, form)
    part = "_home" if request.headers.get("HX-Request") else "home"
    status = 409 if refusal else 422 if form else 200
    return render(request, f"authorization/{part}.html", context, status=status)


def _held(request: HttpRequest) -> frozenset[str]:
    held: frozenset[str] = getattr(request, "permissions", frozenset())
    return held


def _may_pass_up(request: HttpRequest) -> bool:
    held = _held(request)
    return Permission.AUTHORIZATION_DECIDE in held and Permission.AUTHORIZATION_LEAD not in held


def _of_this(form: Form, item: Request) -> Said | None:
    """Return the no that was refused if it was about the item on the desk as it stands there."""
    if not isinstance(form, forms.Decision):
        return None
    said = (form["shown"].value(), form["fence"].value())
    return form if said == (item.content_hash, str(item.opened_fence)) else None


def _opened(
    request: HttpRequest, shown: selectors.Shown, at: datetime, form: Form
) -> dict[str, Any]:
    queued_at = shown.request.queued_at or at
    item = shown.request.work_item
    lease = item.lease_until - at if item and item.lease_until else timedelta()
    return {
        "shown": shown,
        "pictures": pictures(request, shown.pages, shown.fields),
        "noes": noes(_of_this(form, shown.request)),
        "holds": rules.HOLDS.values(),
        "may_pass_up": _may_pass_up(request),
        "tier_no": _tier_no(shown.refused),
        "why": _rule_words.why(shown.request.why),
        "since": max(0, (at - shown.opened_at) // timedelta(seconds=1)),
        "waited": max(0, (shown.opened_at - queued_at) // timedelta(seconds=1)),
        "lease_seconds": max(0, lease // timedelta(seconds=1)),
    }


@dataclass(frozen=True)
class No:
    """A kind of no as its dialog shows it: again, with what was typed, once it was refused."""

    step: str
    choices: SafeString
    remark: str = ""
    again: bool = False


def noes(refused: Said | None = None) -> tuple[No, ...]:
    """Return both kinds of no as a page shows them, the one that was refused as it was typed."""
    step = refused["step"].value() if refused else ""
    return tuple(
        _typed_again(kind, refused)
        if refused and kind == step
        else No(kind, _choices(kind, get_language() or ""))
        for kind in ("reject", "return")
    )


def _typed_again(step: str, refused: Said) -> No:
    chosen, remark = refused["reasons"].value(), refused["remark"].value()
    choices = _choices(step, get_language() or "", frozenset(chosen or ()))
    return No(step, choices, remark or "", again=True)


@lru_cache(maxsize=64)
def _choices(step: str, _language: str, chosen: frozenset[str] = frozenset()) -> SafeString:
    """Return the choices of a kind of no in the language of the page, drawn once."""
    one = (
        '<label><input type="checkbox" name="reasons" value="{}"{}>'
        '<span class="op-digit">{}</span>{}</label>'
    )
    rows = (row for row in rules.numbered_reasons() if row.step == step)
    checked = SafeString(" checked")
    return format_html_join(
        "",
        one,
        ((r.code, checked if r.code in chosen else "", r.digit, gettext(r.text)) for r in rows),
    )


def _tier_no(verdict: TierVerdict | None) -> dict[str, str] | None:
    """Return why a published set of the automatic tier refused to pass the round, if it did."""
    if verdict is None:
        return None
    reason = rules.REASONS[verdict.reason]
    line = verdict.tier_set.says[verdict.line - 1]
    return {"reason": f"{reason.code} {gettext(reason.text)}", "held": _drawn_tier.said(line)}


def likely_next(request: HttpRequest) -> list[dict[str, str]]:
    """Return where the views of the likely next item are, as one shows them, and is told of it."""
    reader, today = signed_in(request), timezone.localdate()
    subject = worklist.likely_next(queue=rules.QUEUE, staff=reader, on=today)
    found = selectors.item(number=subject.partition(":")[2]) if subject else None
    pages = imaging.pages(document_id=found.document_id) if found else ()
    return [
        {
            "src": _timed(request, "view", page),
            "ahead": _timed(request, "ahead", page),
            "seen": _timed(request, "seen", page),
        }
        for page in pages[:AHEAD]
        if page.view
    ]


def _timed(request: HttpRequest, use: str, page: Page) -> str:
    return timed.address(request, f"imaging:{use}", page.pk)


def _title(page: Page) -> str:
    slot = rules.slot_of(page.image_class, page.side)
    return gettext(slot.name) if slot else gettext("Image")


def pictures(
    request: HttpRequest, pages: Sequence[Page], fields: Sequence[selectors.Field]
) -> list[dict[str, Any]]:
    """Return the images of an item as the viewer takes them, with the boxes of what was read."""
    return [
        {
            "title": _title(page),
            "src": _timed(request, "view" if page.view else "original", page),
            "thumb": _timed(request, "thumb" if page.thumb else "original", page),
            "width": page.width_px,
            "height": page.height_px,
            "note": f"SHA-256 {page.sha256[:8]}…",
            "page": reverse("imaging:page", args=[page.pk]),
            "boxes": {
                field.name: [*field.box, field.verdict == "differs"]
                for field in fields
                if field.page_id == page.pk and field.box
            },
        }
        for page in pages
    ]
