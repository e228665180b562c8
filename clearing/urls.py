"""URLs of clearing."""

from django.urls.resolvers import URLPattern

app_name = "clearing"
urlpatterns: list[URLPattern] = []
