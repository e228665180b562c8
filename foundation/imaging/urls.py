"""URLs of imaging."""

from django.urls.resolvers import URLPattern

app_name = "imaging"
urlpatterns: list[URLPattern] = []
