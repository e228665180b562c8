"""URLs of processing."""

from django.urls import path

from processing import web

app_name = "processing"
urlpatterns = [
    path("", web.overview, name="overview"),
]
