"""URLs of dashboards."""

from django.urls.resolvers import URLPattern

app_name = "dashboards"
urlpatterns: list[URLPattern] = []
