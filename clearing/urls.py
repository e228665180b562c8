"""URLs of clearing."""

from django.urls import path

from clearing import web

app_name = "clearing"
urlpatterns = [
    path("", web.overview, name="overview"),
]
