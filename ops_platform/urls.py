"""Every URL begins with its room's name; pages under it, REST under /api/ with the same name."""

from django.urls import include, path

from foundation.ui import web as ui
from ops_platform import web

FOUNDATION = ("people", "trail", "policy", "ledger", "imaging", "worklist", "ui")
CENTRES = (
    "authorization",
    "cash_center",
    "clearing",
    "dashboards",
    "monitoring",
    "processing",
    "reconciliation",
)
urlpatterns = [
    path("healthz", web.healthz, name="healthz"),
    path("readyz", web.readyz, name="readyz"),
    path("metrics", web.metrics_text, name="metrics_text"),
    path("", ui.front_door, name="front_door"),
    *(path(f"{name}/", include(f"foundation.{name}.urls")) for name in FOUNDATION),
    *(path(f"{name.replace('_', '-')}/", include(f"{name}.urls")) for name in CENTRES),
]
handler403 = "foundation.ui.web.forbidden"
handler404 = "foundation.ui.web.not_found"
handler500 = "foundation.ui.web.fault"
