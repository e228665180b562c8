"""URLs of monitoring."""

from django.urls import path

from monitoring import api, web
from monitoring.web import (
    alerts,
    aml,
    board,
    bulletin,
    customers,
    entry,
    points,
    screening,
    settling,
    slips,
    suspicious,
    workshop,
)

app_name = "monitoring"
urlpatterns = [
    # everybody who may look
    path("matches/", web.matches, name="matches"),
    path("match/<int:match_id>/", web.match, name="match"),
    path("day/", web.day, name="day"),
    path("board/", board.board, name="board"),
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
    # the desk against money laundering; whatever begins so is kept from all others
    path("aml/", aml.aml_desk, name="aml_desk"),
    path("aml/large/<int:large_id>/", aml.aml_large, name="aml_large"),
    path("aml/large/<int:large_id>/fill/", aml.aml_fill, name="aml_fill"),
    path("aml/large/<int:large_id>/review/", aml.aml_review, name="aml_review"),
    path("aml/exemptions/", aml.aml_exemptions, name="aml_exemptions"),
    path("aml/exemptions/propose/", aml.aml_propose, name="aml_propose"),
    path("aml/exemption/<int:exemption_id>/decide/", aml.aml_decide, name="aml_decide"),
    path("aml/reports/", aml.aml_reports, name="aml_reports"),
    path("aml/reports/make/", aml.aml_make_report, name="aml_make_report"),
    path("aml/reports/file/<int:report_id>/", aml.aml_report_file, name="aml_report_file"),
    path("aml/ratings/", customers.aml_ratings, name="aml_ratings"),
    path("aml/ratings/propose/", customers.aml_propose_rating, name="aml_propose_rating"),
    path(
        "aml/rating/<int:rating_id>/decide/", customers.aml_decide_rating, name="aml_decide_rating"
    ),
    path("aml/freezes/", customers.aml_freezes, name="aml_freezes"),
    path("aml/freezes/ask/", customers.aml_ask_freeze, name="aml_ask_freeze"),
    path(
        "aml/freeze/<int:freeze_id>/decide/", customers.aml_decide_freeze, name="aml_decide_freeze"
    ),
    path("aml/freeze/<int:freeze_id>/lift/", customers.aml_ask_lifting, name="aml_ask_lifting"),
    path("aml/lists/", screening.aml_lists, name="aml_lists"),
    path("aml/lists/import/", screening.aml_import, name="aml_import"),
    path("aml/list/<int:list_id>/decide/", screening.aml_decide_list, name="aml_decide_list"),
    path("aml/hits/", screening.aml_hits, name="aml_hits"),
    path("aml/hit/<int:hit_id>/", screening.aml_hit, name="aml_hit"),
    path("aml/hit/<int:hit_id>/judge/", screening.aml_judge, name="aml_judge"),
    path("aml/hit/<int:hit_id>/confirm/", screening.aml_confirm, name="aml_confirm"),
    path("aml/screen/", screening.aml_screen, name="aml_screen"),
    path("aml/cases/", suspicious.aml_cases, name="aml_cases"),
    path("aml/cases/open/", suspicious.aml_open_case, name="aml_open_case"),
    path("aml/case/<int:aml_case_id>/", suspicious.aml_case, name="aml_case"),
    path("aml/case/<int:aml_case_id>/submit/", suspicious.aml_submit, name="aml_submit"),
    path("aml/case/<int:aml_case_id>/review/", suspicious.aml_review_case, name="aml_review_case"),
    path("aml/case/<int:aml_case_id>/lead/", suspicious.aml_lead_case, name="aml_lead_case"),
    path("aml/case/<int:aml_case_id>/report/", suspicious.aml_report_case, name="aml_report_case"),
]
api_urlpatterns = [
    path("matches/", api.matches, name="matches"),
    path("match/<int:match_id>/", api.match, name="match"),
    path("slips/", api.slips, name="slips"),
    path("slip/<str:number>/", api.slip, name="slip"),
    path("slip/<str:number>/answer/", api.answer_slip, name="answer_slip"),
    path("alerts/", api.alerts, name="alerts"),
    path("alert/<int:alert_id>/", api.alert, name="alert"),
]
