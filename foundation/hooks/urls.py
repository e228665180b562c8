"""URLs of hooks."""

from django.urls import path

from foundation.hooks import web

app_name = "hooks"
urlpatterns = [
    path("", web.subscriptions, name="subscriptions"),
    path("propose/", web.propose, name="propose"),
    path("subscription/<int:subscription_id>/", web.subscription, name="subscription"),
    path("subscription/<int:subscription_id>/change/", web.change, name="change"),
    path("subscription/<int:subscription_id>/stop/", web.stop, name="stop"),
    path("subscription/<int:subscription_id>/secret/", web.new_secret, name="new_secret"),
    path("terms/<int:terms_id>/decide/", web.decide, name="decide"),
    path("delivery/<int:delivery_id>/", web.delivery, name="delivery"),
    path("delivery/<int:delivery_id>/again/", web.send_again, name="send_again"),
]
