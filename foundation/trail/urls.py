"""URLs of the trail."""

from django.urls import path

from foundation.trail import web

app_name = "trail"
urlpatterns = [
    path("entries/", web.entries, name="entries"),
    path("entries/export/", web.export, name="export"),
    path("looks/", web.looks, name="looks"),
    path("look/<int:look_id>/", web.look, name="look"),
]
