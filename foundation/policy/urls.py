"""URLs of policy."""

from django.urls import path

from foundation.policy import web

app_name = "policy"
urlpatterns = [
    # business numbers
    path("numbers/", web.numbers, name="numbers"),
    path("numbers/<str:code>/", web.history, name="history"),
    path("numbers/<str:code>/propose/", web.propose, name="propose"),
    path("proposals/<int:policy_id>/decide/", web.decide, name="decide"),
    # days of the calendar
    path("days/", web.days, name="days"),
    path("days/propose/", web.propose_day, name="propose_day"),
    path("days/<str:on>/", web.day, name="day"),
    path("days/<int:day_id>/approve/", web.approve_day, name="approve_day"),
]
