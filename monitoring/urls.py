"""URLs of monitoring."""

from django.urls import path

from monitoring import api, web
from monitoring.web import bulletin, points, slips

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
    # slips
    path("slips/", slips.slips, name="slips"),
    path("slips/inbox/", slips.slip_inbox, name="slip_inbox"),
    path("slips/new/", slips.issue_slip, name="issue_slip"),
    path("slip/<str:number>/", slips.slip, name="slip"),
    path("slip/<str:number>/step/", slips.step_slip, name="step_slip"),
    path("slip/<str:number>/check/", slips.check_slip, name="check_slip"),
    path("slip/<str:number>/phone/", slips.phone_slip, name="phone_slip"),
    path("slip/<str:number>/answer/", slips.answer_slip, name="answer_slip"),
    path("slip/<str:number>/requery/", slips.requery_slip, name="requery_slip"),
    path("slip/<str:number>/appeal/", slips.appeal_slip, name="appeal_slip"),
    path("slip/<str:number>/judge/", slips.judge_slip, name="judge_slip"),
    path("score/", points.score, name="score"),
    path("bulletins/", bulletin.bulletins, name="bulletins"),
    path("bulletins/ask/", bulletin.ask_bulletin, name="ask_bulletin"),
    path("bulletin/<int:bulletin_id>/pdf/", bulletin.bulletin_pdf, name="bulletin_pdf"),
    path("bulletin/<int:bulletin_id>/xlsx/", bulletin.bulletin_xlsx, name="bulletin_xlsx"),
]
api_urlpatterns = [
    path("matches/", api.matches, name="matches"),
    path("match/<int:match_id>/", api.match, name="match"),
    path("slips/", api.slips, name="slips"),
    path("slip/<str:number>/", api.slip, name="slip"),
]
