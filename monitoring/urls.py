"""URLs of monitoring."""

from django.urls.resolvers import URLPattern

app_name = "monitoring"
urlpatterns: list[URLPattern] = []
