"""Pictures of pages for screens: each is checked by class, scoped, and written on the trail."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from foundation.imaging import forms, rules, selectors, services
from foundation.imaging.models import Page
from foundation.people.roles import Permission
from foundation.policy import selectors as policy
from foundation.policy.rules import NotSet
from foundation.ui import subjects, timed
from foundation.ui.web import action, requires, signed_in

TITLES = dict(forms.IMAGE_CLASSES)
# The pictures whose address a viewer may ask for anew.
LINKED = ("view", "thumb", "original")


@require_GET
@requires(Permission.IMAGE_VOUCHER_VIEW)
def page(request: HttpRequest, page_id: int) -> HttpResponse:
    """Show one image with its versions, its readings and everything that happened to it."""
    seen = selectors.sheet(
        page_id=page_id,
        permissions=request.permissions,  # type: ignore[attr-defined]
        below=forms.Older(request.GET).place(),
    )
    if seen is None:
        raise Http404
    raws = [selectors.subject_of(page_id=page_id), seen.page.document.subject]
    names = subjects.named_for(request, raws)
    context = {"seen": seen, "names": names, "name": names[raws[0]], "title": title_of(seen.page)}
    context |= {"images": [picture(request, seen.page)]}
    context["original"] = address(request, "original", seen.page.pk)
    return render(request, "imaging/page.html", context)


def title_of(page: Page) -> str:
    """Return the word of a page's class in the language of the reader."""
    return str(TITLES[page.image_class])


def picture(request: HttpRequest, page: Page) -> dict[str, object]:
    """Return a page as the viewer takes it; the whole one where no copy was made yet."""
    return {
        "title": title_of(page),
        "src": address(request, "view" if page.view else "original", page.pk),
        "thumb": address(request, "thumb" if page.thumb else "original", page.pk),
        "width": page.width_px,
        "height": page.height_px,
        "note": f"SHA-256 {page.sha256[:8]}…",
    }


@require_GET
@action
@requires(Permission.IMAGE_VOUCHER_VIEW)
def view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Answer the copy that the viewer shows."""
    return _picture(request, page_id, "view")


@require_GET
@action
@requires(Permission.IMAGE_VOUCHER_VIEW)
def ahead(request: HttpRequest, page_id: int) -> HttpResponse:
    """Answer the same copy to a desk that will show it with the next item."""
    return _picture(request, page_id, "ahead")


@require_POST
@action
@requires(Permission.IMAGE_VOUCHER_VIEW)
def seen(request: HttpRequest, page_id: int) -> HttpResponse:
    """Keep that a copy that was fetched ahead is shown now."""
    _check_link(request, page_id)
    found = services.seen(
        page_id=page_id,
        viewer=signed_in(request),
        permissions=request.permissions,  # type: ignore[attr-defined]
        at=timezone.now(),
        where=request.META.get("REMOTE_ADDR", ""),
    )
    if not found:
        raise Http404
    return HttpResponse(status=204)


@require_GET
@action
@requires(Permission.IMAGE_VOUCHER_VIEW)
def thumb(request: HttpRequest, page_id: int) -> HttpResponse:
    """Answer the small copy for lists of pages."""
    return _picture(request, page_id, "thumb")


@require_GET
@action
@requires(Permission.IMAGE_VOUCHER_VIEW)
def original(request: HttpRequest, page_id: int) -> HttpResponse:
    """Answer the page in full resolution, with the viewer's name drawn across it."""
    return _picture(request, page_id, "original")


@require_GET
@action
@requires(Permission.IMAGE_VOUCHER_VIEW)
def link(request: HttpRequest, page_id: int, use: str) -> HttpResponse:
    """Answer a fresh address of a picture to a viewer whose own has expired."""
    seen = selectors.page(page_id=page_id)
    if seen is None or use not in LINKED:
        raise Http404
    rules.check_may_view(
        image_class=seen.image_class,
        permissions=request.permissions,  # type: ignore[attr-defined]
    )
    return JsonResponse({"src": address(request, use, page_id)})


def address(request: HttpRequest, use: str, page_id: int) -> str:
    """Return where the reader finds a picture for some minutes, in this session alone."""
    return timed.address(request, f"imaging:{use}", page_id)


def _check_link(request: HttpRequest, page_id: int) -> None:
    """Refuse an address that has expired or was given to another; 404 for what is out of sight."""
    if selectors.page(page_id=page_id) is None:
        raise Http404
    if not timed.holds(request, within=timedelta(minutes=_link_minutes())):
        raise rules.LinkExpired


def _link_minutes() -> int:
    try:
        return policy.whole(code="imaging.link_minutes", on=timezone.localdate())
    except NotSet:
        return rules.LINK_MINUTES


def _picture(request: HttpRequest, page_id: int, use: str) -> HttpResponse:
    _check_link(request, page_id)
    shown = services.show(
        page_id=page_id,
        use=use,
        viewer=signed_in(request),
        permissions=request.permissions,  # type: ignore[attr-defined]
        at=timezone.now(),
        where=request.META.get("REMOTE_ADDR", ""),
    )
    if shown is None:
        raise Http404
    response = HttpResponse(shown.data, content_type=shown.content_type)
    response["Cache-Control"] = "private, no-store"
    response["Content-Disposition"] = f'inline; filename="{shown.file_name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
