"""Pages of the shell itself: home, search, manual, key card, choices of language and theme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET, require_POST

from foundation.kernel.errors import Refused
from foundation.people import selectors
from foundation.people import services as people
from foundation.people.roles import Permission
from foundation.ui import api_docs as reference
from foundation.ui import gallery as exhibits
from foundation.ui import keyboard, menu
from foundation.ui import manual as book
from foundation.ui import search as finder
from foundation.ui.context import DENSITY_COOKIE, THEME_COOKIE, THEMES, Shell
from foundation.ui.middleware import LANGUAGE_COOKIE
from foundation.ui.web import action, inside, public, record_refusal, requires, signed_in

YEAR = 365 * 24 * 3600


@require_GET
@requires(Permission.HOME)
def home(request: HttpRequest) -> HttpResponse:
    """Lead straight to the person's work; everything else that they may open is listed here."""
    target = menu.landing(Shell(request).permissions)
    if target and "stay" not in request.GET:
        return redirect(target)
    return render(request, "ui/home.html")


@require_GET
@requires(Permission.HOME)
@action
def top(request: HttpRequest) -> HttpResponse:
    """Answer the centres of the top bar with what waits now, and the bell beside them."""
    here = request.GET.get("at", "/")[:200]
    return render(request, "ui/_told.html", {"shell": Shell(request, path=here)})


@require_GET
@requires(Permission.HOME)
def notices(request: HttpRequest) -> HttpResponse:
    """Show what the bell tells."""
    return render(request, "ui/notices.html")


@require_GET
@requires(Permission.SEARCH)
def search(request: HttpRequest) -> HttpResponse:
    """Find pages, items, accounts and people by what was typed."""
    text = request.GET.get("q", "")
    answers = finder.search(staff=signed_in(request), held=Shell(request).permissions, text=text)
    return render(request, "ui/search.html", {"answers": answers, "text": text})


@require_GET
@requires(Permission.HOME)
def keys(request: HttpRequest) -> HttpResponse:
    """Show the keys of the platform on one printed page, as the person has them."""
    return render(request, "ui/keys.html", {"screens": keyboard.screens()})


@require_GET
@requires(Permission.HOME)
def my_keys(request: HttpRequest) -> HttpResponse:
    """Show every action with its key, to be changed by pressing another."""
    return _my_keys(request)


@require_POST
@requires(Permission.HOME)
@action
def set_key(request: HttpRequest) -> HttpResponse:
    """Give an action another key, or say why it cannot have it."""
    wanted, key = request.POST.get("action", ""), request.POST.get("key", "")
    return _choose(request, wanted, partial(keyboard.with_key, action=wanted, key=key))


@require_POST
@requires(Permission.HOME)
@action
def reset_keys(request: HttpRequest) -> HttpResponse:
    """Give an action its usual key again, or all of them."""
    wanted = request.POST.get("action", "")
    return _choose(request, wanted, partial(keyboard.without, action=wanted))


@require_GET
@requires(Permission.HOME)
def api_docs(request: HttpRequest) -> HttpResponse:
    """Show the API to those who connect another system: operations, fields, answers, problems."""
    text = request.GET.get("q", "")[:60]
    return render(request, "ui/api_docs.html", reference.shown(text) | {"text": text})


@require_GET
@public
def manual_start(request: HttpRequest) -> HttpResponse:
    """Show the contents of the manual and its first page."""
    return _manual(request, book.START, "ui/manual_start.html")


@require_GET
@public
def manual(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one page of the manual."""
    return _manual(request, slug, "ui/manual.html")


@require_GET
@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component once, for those who build pages and for the accessibility test."""
    if not (settings.DEBUG or settings.OPS_DEMO):
        raise Http404
    return render(request, "ui/gallery.html", exhibits.samples(bad="bad" in request.GET))


@require_POST
@public
@action
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language that the person chose."""
    chosen = request.POST.get("language", "")
    answer = _back(request)
    if chosen in dict(settings.LANGUAGES):
        _keep(answer, LANGUAGE_COOKIE, chosen)
    return answer


@require_POST
@public
@action
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep light or dark, and how much room a row takes."""
    answer = _back(request)
    if request.POST.get("theme") in THEMES:
        _keep(answer, THEME_COOKIE, request.POST["theme"])
    if request.POST.get("density") in {"compact", "roomy"}:
        _keep(answer, DENSITY_COOKIE, request.POST["density"])
    return answer


def _choose(
    request: HttpRequest, wanted: str, change: Callable[[Mapping[str, str]], dict[str, str]]
) -> HttpResponse:
    try:
        people.choose_keys(staff=signed_in(request), change=change, at=timezone.now())
    except LookupError as unknown:
        raise Http404 from unknown
    except Refused as refusal:
        record_refusal(request, refusal)
        return _my_keys(request, {"refusal": refusal, "wanted": wanted}, 422)
    return redirect(f"{reverse('ui:my_keys')}?{urlencode({'changed': wanted or 'all'})}")


def _my_keys(
    request: HttpRequest, more: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    changed = request.GET.get("changed", "")
    own = signed_in(request).own_keys
    context = {"screens": keyboard.screens(), "own": own, "changed": changed, **(more or {})}
    return render(request, "ui/my_keys.html", context, status=status)


def _manual(request: HttpRequest, slug: str, template: str) -> HttpResponse:
    language = get_language() or ""
    chapter = book.chapter(slug, language)
    if chapter is None:
        raise Http404
    parts = [
        ("", book.chapters(book.EVERYWHERE, language)),
        (gettext("By post"), book.chapters(book.POSTS, language)),
        (gettext("By page"), book.chapters(book.PAGES, language)),
    ]
    shown = {"chapter": chapter, "parts": parts, "own": book.of_posts(_roles(request), language)}
    return render(request, template, shown)


def _roles(request: HttpRequest) -> tuple[str, ...]:
    staff = Shell(request).staff
    return selectors.roles_of(staff=staff, on=timezone.localdate()) if staff else ()


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(inside(request, request.POST.get("next", "/")))


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
