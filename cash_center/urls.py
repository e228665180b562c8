"""URLs of cash_center."""

from django.urls.resolvers import URLPattern

app_name = "cash_center"
urlpatterns: list[URLPattern] = []
