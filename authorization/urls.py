"""URLs of authorization."""

from django.urls.resolvers import URLPattern

app_name = "authorization"
urlpatterns: list[URLPattern] = []
