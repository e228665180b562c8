"""URLs of trail."""

from django.urls.resolvers import URLPattern

app_name = "trail"
urlpatterns: list[URLPattern] = []
