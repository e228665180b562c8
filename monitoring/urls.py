"""URLs of monitoring."""

from django.urls import path

from monitoring import api, web

app_name = "monitoring"
urlpatterns = [
    # everybody who may look
    path("matches/", web.matches, name="matches"),
    path("match/<int:match_id>/", web.match, name="match"),
    path("day/", web.day, name="day"),
    # the auditor
    path("audit/", web.audit, name="audit"),
    path("decide/<int:match_id>/", web.decide, name="decide"),
    path("hand-back/<int:match_id>/", web.hand_back, name="hand_back"),
    path("heartbeat/<int:item_id>/", web.heartbeat, name="heartbeat"),
]
api_urlpatterns = [
    path("matches/", api.matches, name="matches"),
    path("match/<int:match_id>/", api.match, name="match"),
]
