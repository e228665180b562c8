"""URLs of what every page shares."""

from django.urls import path

from foundation.ui import pages

app_name = "ui"
urlpatterns = [path("home/", pages.home, name="home")]
