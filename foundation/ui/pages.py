"""Pages of the shell itself: home, search, manual, key card, choices of language and theme."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from foundation.people.roles import Permission
from foundation.ui import api_docs as reference
from foundation.ui import gallery as exhibits
from foundation.ui import manual as book
from foundation.ui import menu
from foundation.ui import search as finder
from foundation.ui.context import DENSITY_COOKIE, THEME_COOKIE, THEMES, Shell
from foundation.ui.middleware import LANGUAGE_COOKIE
from foundation.ui.web import action, public, requires, signed_in

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
    """Answer the centres of the top bar with what waits now."""
    here = request.GET.get("at", "/")[:200]
    return render(request, "ui/_nav.html", {"shell": Shell(request, path=here)})


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
    answers = finder.search(
        staff=signed_in(request), held=Shell(request).permissions, text=text.replace("\x00", "")
    )
    return render(request, "ui/search.html", {"answers": answers, "text": text})


@require_GET
@requires(Permission.HOME)
def keys(request: HttpRequest) -> HttpResponse:
    """Show the keys of the platform on one printed page."""
    return render(request, "ui/keys.html", {"groups": exhibits.KEY_CARD})


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


def _manual(request: HttpRequest, slug: str, template: str) -> HttpResponse:
    language = get_language() or ""
    chapter = book.chapter(slug, language)
    if chapter is None:
        raise Http404
    shown = {"chapter": chapter, "chapters": book.chapters(language)}
    return render(request, template, shown)


def _back(request: HttpRequest) -> HttpResponse:
    target = request.POST.get("next", "/")
    inside = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if inside else "/")


def _keep(answer: HttpResponse, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
