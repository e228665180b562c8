"""URLs of monitoring."""

from django.urls import path

from monitoring import api, web
from monitoring.web import alerts, bulletin, entry, points, settling, slips, workshop

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
    # alerts
    path("alerts/", alerts.alerts, name="alerts"),
    path("alert/<int:alert_id>/", alerts.alert, name="alert"),
    path("alert-desk/", alerts.alert_desk, name="alert_desk"),
    path("step-alert/<int:alert_id>/", alerts.step_alert, name="step_alert"),
    path("hand-back-alert/<int:alert_id>/", alerts.hand_back_alert, name="hand_back_alert"),
    path("keep-quiet/<int:alert_id>/", alerts.keep_quiet, name="keep_quiet"),
    path("register-error/<int:alert_id>/", alerts.register_error, name="register_error"),
    # rules
    path("rule-list/", workshop.rule_list, name="rule_list"),
    path("rule/<int:rule_id>/", workshop.rule, name="rule"),
    path("draft-rule/", workshop.draft_rule, name="draft_rule"),
    path("draft-version/<int:rule_id>/", workshop.draft_version, name="draft_version"),
    path("version/<int:version_id>/", workshop.version, name="version"),
    path("propose-version/<int:version_id>/", workshop.propose_version, name="propose_version"),
    path("decide-version/<int:version_id>/", workshop.decide_version, name="decide_version"),
    path("try-version/<int:version_id>/", workshop.try_version, name="try_version"),
    path("trial/<int:backtest_id>/", workshop.trial, name="trial"),
    path("rules-waiting/", workshop.rules_waiting, name="rules_waiting"),
    path("publish-rules/", workshop.publish_rules, name="publish_rules"),
    path("propose-shipped/", workshop.propose_shipped, name="propose_shipped"),
    path("overlap/", workshop.overlap, name="overlap"),
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
    path("slips/", api.slips, name="slips"),
    path("slip/<str:number>/", api.slip, name="slip"),
]
