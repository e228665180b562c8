"""The door of every page: who, may they, within which institutions, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, wraps
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext

from foundation.kernel.errors import Refused
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.people.roles import Permission, permissions_of
from foundation.trail import services as trail
from foundation.ui import door

Page = Callable[..., HttpResponse]


def requires(
    permission: Permission, *, missing: tuple[type[Refused], ...] = ()
) -> Callable[[Page], Page]:
    """Open a page only to staff who hold the permission, in a transaction over their institutions.

    A Refused raised inside rolls the page's work back, is written on the trail and shown in place.
    `missing` are the refusals that mean "there is no such thing" here: 404, as is Http404, whether
    it exists for others or for nobody; and that somebody asked for it is on the trail.
    """

    def decorate(page: Page) -> Page:
        @wraps(page)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            staff = request.user
            if not isinstance(staff, Staff) or not staff.is_active:
                return to_sign_in(request)
            found = door.entered(request, staff)
            held = permissions_of(found.roles)
            request.permissions = held  # type: ignore[attr-defined]
            within = partial(people_services.acting, staff=staff, allowed=found.scope)
            if permission not in held:
                with within():
                    record_forbidden(request, permission)
                    return forbidden(request)
            try:
                with within():
                    return page(request, *args, **kwargs)
            except Http404:
                with within():
                    record_missing(request)
                    return not_found(request)
            except Refused as refusal:
                with within():
                    record_refusal(request, refusal)
                    lacking = isinstance(refusal, missing)
                    return not_found(request) if lacking else refused(request, refusal)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(page: Page) -> Page:
    """Mark a page that anyone may open: sign-in, health, the browser-floor notice."""
    page.permission = None  # type: ignore[attr-defined]
    return page


def action(page: Page) -> Page:
    """Mark an address that acts and redirects, or answers a part: it has no page of its own."""
    page.is_action = True  # type: ignore[attr-defined]
    return page


def takes_files(page: Page) -> Page:
    """Mark an address that takes files: more may be sent to it than a form has."""
    page.takes_files = True  # type: ignore[attr-defined]
    return page


def signed_in(request: HttpRequest) -> Staff:
    """Return the member of staff behind the request."""
    if isinstance(request.user, Staff):
        return request.user
    raise PermissionDenied


def inside(request: HttpRequest, target: str) -> str:
    """Return the address that was asked for, if it is one of ours; else the front door's."""
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours and target.startswith("/") else "/"


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send the browser to the sign-in page, and back here afterwards; a part is told with 401."""
    ended = getattr(request, "session_ended", "")
    told = {"ended": ended} if ended else {}
    address = reverse("people:sign_in")
    if request.headers.get("HX-Request"):
        target = f"{address}?{urlencode(told)}" if told else address
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return redirect(f"{address}?{urlencode({'next': request.get_full_path(), **told})}")


def record_refusal(request: HttpRequest, refusal: Refused) -> None:
    """Put a refusal that a page shows by itself on the trail, as the door does with the others."""
    view = request.resolver_match.view_name if request.resolver_match else request.path
    _record(request, signed_in(request), view, refusal.code)


def record_missing(request: HttpRequest) -> None:
    """Put on the trail that a person asked for what does not exist for them."""
    view = request.resolver_match.view_name if request.resolver_match else request.path
    _record(request, signed_in(request), view, "not found")


def record_forbidden(request: HttpRequest, permission: Permission) -> None:
    """Put on the trail that a person asked for what their roles do not cover."""
    view = request.resolver_match.view_name if request.resolver_match else request.path
    _record(request, signed_in(request), view, "forbidden", {"permission": str(permission)})


def record_export(request: HttpRequest) -> None:
    """Put on the trail that a person took a page's rows away as a file, and which they asked for.

    For rooms that only read; where a service makes the file, the service records it.
    """
    asked = {name[:40]: value[:80] for name, value in request.GET.items()}
    view = request.resolver_match.view_name if request.resolver_match else request.path
    _record(request, signed_in(request), view, "ok", asked)


def taken_by(request: HttpRequest) -> str:
    """Return who takes a file away and when, as its head says."""
    return f"{signed_in(request).label} {timezone.localtime():%Y-%m-%d %H:%M:%S}"


@contextmanager
def refusals_in(request: HttpRequest, form: forms.BaseForm) -> Iterator[None]:
    """Show what is refused inside at the field that it is about; undo what was begun inside.

    The page goes on after it with a form that has errors, so that nothing typed is lost.
    """
    try:
        with transaction.atomic():
            yield
    except Refused as refusal:
        refuse_in(request, form, refusal)


def refuse_in(request: HttpRequest, form: forms.BaseForm, refusal: Refused) -> None:
    """Show a refusal at the field that it is about, so that nothing typed is lost."""
    record_refusal(request, refusal)
    show_in(form, refusal)


def show_in(form: forms.BaseForm, refusal: Refused) -> None:
    """Show a refusal that the service itself has put on the trail at the field it is about."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, " ".join((refusal.shown(gettext), refusal.hinted(gettext))).strip())


def refused(request: HttpRequest, refusal: Refused, status: int = 409) -> HttpResponse:
    """Show a refusal: what, why, what to do; 409, so that nothing takes it for success."""
    return render(request, "ui/refused.html", {"refusal": refusal}, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that the person's roles do not allow this."""
    return render(request, "ui/forbidden.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that there is no such thing among what the person may see."""
    return render(request, "ui/not_found.html", status=404)


def too_long(request: HttpRequest, *, limit: int) -> HttpResponse:
    """Say that more was sent than the address takes; the limit is in bytes."""
    return render(request, "ui/too_long.html", {"megabytes": limit // 1048576}, status=413)


def fault(request: HttpRequest) -> HttpResponse:
    """Say that something unforeseen happened, with the number to quote."""
    return render(request, "ui/fault.html", status=500)


def csrf_failure(request: HttpRequest, **_why: object) -> HttpResponse:
    """Say that the form is too old to be sent."""
    return render(request, "ui/forbidden.html", {"reason": "csrf"}, status=403)


@public
def front_door(request: HttpRequest) -> HttpResponse:
    """Send a person to the home page of their role, or to the sign-in page."""
    if not isinstance(request.user, Staff):
        return redirect(settings.LOGIN_URL)
    return redirect("ui:home")


def _record(
    request: HttpRequest,
    staff: Staff,
    action_name: str,
    result: str,
    asked: Mapping[str, object] | None = None,
) -> None:
    trail.record(
        institution_id=staff.institution_id,
        actor=staff.label,
        action=action_name,
        subject=f"page:{request.path}"[:80],
        at=timezone.now(),
        result=result,
        where=request.META.get("REMOTE_ADDR", ""),
        detail=asked,
    )
