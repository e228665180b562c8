"""URLs of monitoring."""

from django.urls import path

from monitoring import api, web
from monitoring.web import aml, screening, suspicious

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
]
