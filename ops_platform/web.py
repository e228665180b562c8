"""Addresses for machines: is the process alive, can the installation work, its figures."""

from __future__ import annotations

import hmac

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers

from foundation.people.services import acting_as_system
from foundation.ui.web import action, public
from ops_platform import health, metrics
from ops_platform.env import env

_HERE = frozenset({"127.0.0.1", "::1", ""})


@public
@action
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@action
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether work can be done: 200 ready or degraded, 503 unready.

    With ?only=serving it asks what pages need and nothing else, for what shares requests out.
    """
    state = health.examine(serving_only=request.GET.get("only") == "serving")
    told = state.told(whole=_may_read_figures(request))
    answer = JsonResponse(told, status=503 if state.status == "unready" else 200)
    add_never_cache_headers(answer)
    return answer


@public
@action
def metrics_text(request: HttpRequest) -> HttpResponse:
    """Give the figures to this machine, or to who knows OPS_METRICS_TOKEN."""
    if not _may_read_figures(request):
        return HttpResponse(status=403)
    with acting_as_system(reason="metrics"):
        figures = metrics.exposition()
    return HttpResponse(figures, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read_figures(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if env.metrics_token and hmac.compare_digest(given.encode(), env.metrics_token.encode()):
        return True
    here = request.META.get("REMOTE_ADDR", "") in _HERE
    return here and not env.proxies
