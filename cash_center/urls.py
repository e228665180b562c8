"""URLs of cash_center."""

from django.urls import path

from cash_center import web

app_name = "cash_center"
urlpatterns = [
    path("", web.overview, name="overview"),
]
