"""URLs of processing."""

from django.urls.resolvers import URLPattern

app_name = "processing"
urlpatterns: list[URLPattern] = []
