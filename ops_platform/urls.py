"""Every URL begins with its room's name; pages under it, REST under /api/ with the same name."""

from importlib import import_module

from django.urls import include, path

from foundation.ui import web as ui
from ops_platform import web

FOUNDATION = ("people", "trail", "policy", "ledger", "imaging", "worklist", "hooks")
CENTRES = (
    "authorization",
    "cash_center",
    "clearing",
    "dashboards",
    "monitoring",
    "processing",
    "reconciliation",
)
APIS = {
    "authorization": "authorization",
    "imaging": "foundation.imaging",
    "ledger": "foundation.ledger",
    "monitoring": "monitoring",
    "ui": "foundation.ui",
    "worklist": "foundation.worklist",
}
urlpatterns = [
    path("healthz", web.healthz, name="healthz"),
    path("readyz", web.readyz, name="readyz"),
    path("metrics", web.metrics_text, name="metrics_text"),
    path("", ui.front_door, name="front_door"),
    *(path(f"{name}/", include(f"foundation.{name}.urls")) for name in FOUNDATION),
    path("", include("foundation.ui.urls")),
    *(path(f"{name.replace('_', '-')}/", include(f"{name}.urls")) for name in CENTRES),
    *(
        path(
            "api/" if name == "ui" else f"api/{name}/",
            include((import_module(f"{room}.urls").api_urlpatterns, f"api_{name}")),
        )
        for name, room in APIS.items()
    ),
]
handler400 = "foundation.ui.rest.unreadable"
handler403 = "foundation.ui.web.forbidden"
handler404 = "foundation.ui.rest.not_found"
handler500 = "foundation.ui.rest.fault"
