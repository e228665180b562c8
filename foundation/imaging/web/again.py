"""What is asked of an image that cannot be read: another reading, or a better scan."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from foundation.imaging import rules, selectors, services
from foundation.imaging.services import rescans
from foundation.people.roles import Permission
from foundation.ui.web import action, requires, signed_in


@action
@require_POST
@requires(Permission.IMAGE_READ_AGAIN)
def read_again(request: HttpRequest, page_id: int) -> HttpResponse:
    """Send an unreadable page to the readers once more."""
    _check_sees(request, page_id)
    services.read_again(page_id=page_id, by=signed_in(request), at=timezone.now())
    return redirect("imaging:page", page_id)


@action
@require_POST
@requires(Permission.IMAGE_READ_AGAIN)
def ask_rescan(request: HttpRequest, page_id: int) -> HttpResponse:
    """Ask the outlet for a better scan of a page of its batch."""
    _check_sees(request, page_id)
    rescans.ask(page_ids=[page_id], by=signed_in(request), at=timezone.now())
    return redirect("imaging:page", page_id)


def _check_sees(request: HttpRequest, page_id: int) -> None:
    """Refuse a class that the person may not see; 404 for what is out of sight."""
    page = selectors.page(page_id=page_id)
    if page is None:
        raise Http404
    rules.check_may_view(
        image_class=page.image_class,
        permissions=request.permissions,  # type: ignore[attr-defined]
    )
