"""URLs of dashboards."""

from django.urls import path

from dashboards import web

app_name = "dashboards"
urlpatterns = [
    path("live/", web.live, name="live"),
    path("items/", web.items, name="items"),
    path("export/", web.export, name="export"),
    path("report/", web.report, name="report"),
]
