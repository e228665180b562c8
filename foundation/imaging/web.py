"""Pictures of pages for screens: each is checked by class, scoped, and written on the trail."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from foundation.imaging import services
from foundation.people.roles import Permission
from foundation.ui.web import action, requires, signed_in


@require_GET
@action
@requires(Permission.IMAGE_VOUCHER_VIEW)
def view(request: HttpRequest, page_id: int) -> HttpResponse:
    """Answer the copy that the viewer shows."""
    return _picture(request, page_id, "view")


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


def _picture(request: HttpRequest, page_id: int, use: str) -> HttpResponse:
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
