"""URLs of people."""

from django.urls import path

from foundation.people import web

app_name = "people"
urlpatterns = [
    path("sign-in/", web.sign_in, name="sign_in"),
    path("sign-out/", web.sign_out, name="sign_out"),
]
