"""URLs of monitoring."""

from django.urls import path

from monitoring import api, web
from monitoring.web import entry, settling

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
    # the outlet's day
    path("settlement/<int:outlet_id>/", settling.settlement, name="settlement"),
    path("run-day/<int:outlet_id>/", settling.run_day, name="run_day"),
    path("explain/<int:match_id>/", settling.explain, name="explain"),
    path(
        "decide-explanation/<int:explanation_id>/",
        settling.decide_explanation,
        name="decide_explanation",
    ),
    path("close-vouchers/<int:outlet_id>/", settling.close_vouchers, name="close_vouchers"),
    # slices
    path("entry/", entry.entry, name="entry"),
    path("key-slice/<int:slice_id>/", entry.key_slice, name="key_slice"),
    path("arbiter/", entry.arbiter, name="arbiter"),
    path("arbitrate/<int:slice_id>/", entry.arbitrate, name="arbitrate"),
    path("keyers/", entry.keyers, name="keyers"),
]
api_urlpatterns = [
    path("matches/", api.matches, name="matches"),
    path("match/<int:match_id>/", api.match, name="match"),
]
