"""URLs of reconciliation."""

from django.urls import path

from reconciliation import web

app_name = "reconciliation"
urlpatterns = [
    path("", web.overview, name="overview"),
]
