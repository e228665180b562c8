"""URLs of reconciliation."""

from django.urls.resolvers import URLPattern

app_name = "reconciliation"
urlpatterns: list[URLPattern] = []
