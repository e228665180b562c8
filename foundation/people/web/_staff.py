"""Institutions and staff: who is where, certified for what, and whether they may sign in."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from foundation.people import forms, rules, selectors, services
from foundation.people.models import Institution, Staff
from foundation.people.roles import ROLES, Permission
from foundation.people.web._posts import at_place
from foundation.trail import selectors as trail
from foundation.ui.web import action, refusals_in, requires, signed_in

_PAGE, _FIRST, _LAST = 50, 10, 3


@require_GET
@requires(Permission.STAFF_VIEW)
def institutions(request: HttpRequest) -> HttpResponse:
    """Show the tree of institutions within the scope."""
    rows = [(row, row.path.count("/") - 2) for row in selectors.institutions_in_scope()]
    return render(request, "people/institutions.html", {"rows": rows})


@require_GET
@requires(Permission.STAFF_VIEW)
def institution_detail(request: HttpRequest, place: str) -> HttpResponse:
    """Show one institution: where it stands, who works there, what happened to it."""
    row = _place(place)
    above, below = selectors.above(row=row), selectors.directly_below(row=row)
    page = {
        "row": row,
        "above": above,
        "below": below,
        "in_scope": selectors.parents_of(ids=[one.pk for one in (*above, *below)]),
        "people": selectors.staff_in_scope(of=row, limit=_FIRST),
        "count": selectors.staff_count(row=row),
        "posts": at_place(selectors.posts(at=row, limit=_FIRST)),
        "entries": trail.timeline(subject=f"people.institution:{row.number}", limit=30),
    }
    return render(request, "people/institution_detail.html", page)


@require_http_methods(["GET", "POST"])
@requires(Permission.INSTITUTION_MANAGE)
def institution_new(request: HttpRequest) -> HttpResponse:
    """Open an institution under another."""
    form = forms.InstitutionNew(request.POST or None, places=_places())
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        parent = given.pop("institution")
        with refusals_in(request, form):
            services.open_institution(**given, parent=parent, by=by, at=timezone.now())
            return redirect("people:institutions")
    return render(request, "people/institution_new.html", {"form": form}, status=_status(form))


@require_GET
@requires(Permission.STAFF_VIEW)
def staff(request: HttpRequest) -> HttpResponse:
    """List staff of the institutions in scope, by number or name."""
    text, after = request.GET.get("q", "").strip()[:30], request.GET.get("after", "")[:12]
    place = _place(request.GET["place"]) if request.GET.get("place") else None
    rows = selectors.staff_in_scope(text=text, after=after, of=place, limit=_PAGE)
    following = rows[-1].number if len(rows) == _PAGE else ""
    known = selectors.identified(persons={row.person for row in rows})
    page = {"rows": rows, "known": known, "q": text, "after": following, "place": place}
    return render(request, "people/staff.html", page)


@require_GET
@requires(Permission.STAFF_VIEW)
def staff_detail(request: HttpRequest, number: str) -> HttpResponse:
    """Show one member of staff: posts, skills, roles and what happened."""
    return render(request, "people/staff_detail.html", _detail(_found(number)))


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.STAFF_MANAGE)
def staff_new(request: HttpRequest) -> HttpResponse:
    """Open a number for a new member of staff."""
    form = _opening_form(request)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form), form.asking():
            row = services.open_staff(**given, by=by, at=timezone.now())
            return redirect("people:staff_detail", row.number)
    return render(request, "people/staff_new.html", {"form": form}, status=_status(form))


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.STAFF_IDENTIFY)
def staff_identify(request: HttpRequest, number: str) -> HttpResponse:
    """Enter whose a number is that was opened without."""
    row = _found(number)
    form = forms.Identity(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form), form.asking():
            services.identify_staff(staff_id=row.pk, **given, by=by, at=timezone.now())
            return redirect("people:staff_detail", number)
    page = {"form": form, "row": row}
    return render(request, "people/staff_identify.html", page, status=_status(form))


@require_http_methods(["GET", "POST"])
@requires(Permission.STAFF_MANAGE)
def staff_change(request: HttpRequest, number: str) -> HttpResponse:
    """Change name or grade."""
    row = _found(number)
    now = {"name": row.name, "grade": row.grade}
    form = forms.StaffChange(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.change_staff(staff_id=row.pk, **given, by=by, at=timezone.now())
            return redirect("people:staff_detail", number)
    page = {"form": form, "row": row}
    return render(request, "people/staff_change.html", page, status=_status(form))


@require_http_methods(["GET", "POST"])
@requires(Permission.STAFF_MANAGE)
def staff_qualify(request: HttpRequest, number: str) -> HttpResponse:
    """Enter a certified skill."""
    row = _found(number)
    form = forms.Qualification(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given, by = form.cleaned_data, signed_in(request)
        with refusals_in(request, form):
            services.qualify(staff_id=row.pk, **given, by=by, at=timezone.now())
            return redirect("people:staff_detail", number)
    page = {"form": form, "row": row}
    return render(request, "people/staff_qualify.html", page, status=_status(form))


@action
@require_POST
@requires(Permission.STAFF_MANAGE)
def staff_close(request: HttpRequest, number: str) -> HttpResponse:
    """Let the number sign in no more."""
    row, reason = _found(number), _reason(request)
    services.close_sign_in(staff_id=row.pk, reason=reason, by=signed_in(request), at=timezone.now())
    return redirect("people:staff_detail", number)


@action
@require_POST
@requires(Permission.STAFF_MANAGE)
def staff_open(request: HttpRequest, number: str) -> HttpResponse:
    """Let a closed number sign in again."""
    row, reason = _found(number), _reason(request)
    services.open_sign_in(staff_id=row.pk, reason=reason, by=signed_in(request), at=timezone.now())
    return redirect("people:staff_detail", number)


@action
@require_POST
@requires(Permission.STAFF_MANAGE)
def end_sessions(request: HttpRequest, number: str) -> HttpResponse:
    """End whatever session the person has."""
    row, reason = _found(number), _reason(request)
    services.end_sessions(staff_id=row.pk, reason=reason, by=signed_in(request), at=timezone.now())
    return redirect("people:staff_detail", number)


@never_cache
@require_POST
@requires(Permission.STAFF_MANAGE)
def reset_password(request: HttpRequest, number: str) -> HttpResponse:
    """Open a reset and show its code, once."""
    row, where = _found(number), request.META.get("REMOTE_ADDR", "")
    code = services.open_reset(
        staff_id=row.pk, by=signed_in(request), at=timezone.now(), where=where
    )
    return render(request, "people/reset_password.html", {"row": row, "code": code})


@action
@require_POST
@requires(Permission.STAFF_MANAGE)
def reset_device(request: HttpRequest, number: str) -> HttpResponse:
    """Take away a lost device of the second factor."""
    row, where = _found(number), request.META.get("REMOTE_ADDR", "")
    services.forget_second_factor(
        staff_id=row.pk, by=signed_in(request), at=timezone.now(), where=where
    )
    return redirect("people:staff_detail", number)


def _opening_form(request: HttpRequest) -> forms.Staff:
    named = {"vendor": request.GET.get("vendor", "")}
    vendors = selectors.vendors_in_use()
    return forms.Staff(request.POST or None, places=_places(), vendors=vendors, initial=named)


def _found(number: str) -> Staff:
    row = selectors.staff_member(number=number)
    if row is None:
        raise Http404
    return row


def _place(number: str) -> Institution:
    row = selectors.institution(number=number)
    if row is None:
        raise Http404
    return row


def _places() -> list[Institution]:
    return [row for row in selectors.institutions_in_scope() if row.active]


def _detail(row: Staff) -> dict[str, Any]:
    roles = [
        (held, gettext(ROLES[held.role].name) if held.role in ROLES else held.role)
        for held in selectors.role_history(staff=row)
    ]
    return {
        "row": row,
        "roles": roles,
        "posts": [
            (post, rules.standing(post.valid_from, post.valid_until, on=timezone.localdate()))
            for post in selectors.posts(of=row, limit=_LAST)
        ],
        "qualifications": [
            (skill, rules.standing(skill.valid_from, skill.valid_until, on=timezone.localdate()))
            for skill in selectors.qualifications(staff=row)
        ],
        "entries": trail.timeline(subject=f"people.staff:{row.number}", limit=30),
        "known": selectors.identified(persons=[row.person]),
        "others": selectors.other_numbers(of=row),
        "form": forms.Reason(),
    }


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").strip()[:200]


def _status(form: django_forms.Form) -> int:
    return 422 if form.errors else 200
