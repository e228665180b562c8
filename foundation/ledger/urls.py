"""URLs of ledger."""

from django.urls import path

from foundation.ledger import api, web

app_name = "ledger"
urlpatterns = [
    path("accounts/", web.accounts, name="accounts"),
    path("account/<slug:number>/", web.account, name="account"),
    path("account-propose/<slug:number>/", web.account_propose, name="account_propose"),
    path("account-decide/<slug:number>/", web.account_decide, name="account_decide"),
    path("own-accounts/", web.own_accounts, name="own_accounts"),
    path("own-propose/", web.own_propose, name="own_propose"),
    path("own-decide/", web.own_decide, name="own_decide"),
    path("journal/", web.journal, name="journal"),
    path("entry/<int:entry_id>/", web.entry, name="entry"),
    path("exports/", web.exports, name="exports"),
    path("export/<uuid:export_key>/", web.export, name="export"),
    path("export-ask/", web.export_ask, name="export_ask"),
    path("export-file/<uuid:export_key>/<int:part_no>/", web.export_file, name="export_file"),
    path("import/", web.import_journal, name="import_journal"),
    # holds
    path("hold/<int:hold_id>/", web.hold, name="hold"),
    path("hold-place/<slug:number>/", web.hold_place, name="hold_place"),
    path("hold-change/<int:hold_id>/", web.hold_change, name="hold_change"),
    path("hold-decide/<int:hold_id>/", web.hold_decide, name="hold_decide"),
    # hot accounts
    path("hot-accounts/", web.hot_accounts, name="hot_accounts"),
    path("hot/<slug:number>/", web.hot, name="hot"),
    path("hot-propose/<slug:number>/", web.hot_propose, name="hot_propose"),
    path("hot-decide/<slug:number>/", web.hot_decide, name="hot_decide"),
    # the chart of accounts
    path("subjects/", web.subjects, name="subjects"),
    path("subject-propose/", web.subject_propose, name="subject_propose"),
    path("subject-decide/", web.subject_decide, name="subject_decide"),
    # the past
    path("statement/<slug:number>/", web.statement, name="statement"),
    path("trial-balance/", web.trial_balance, name="trial_balance"),
    path("trial-accounts/<slug:code>/", web.trial_accounts, name="trial_accounts"),
    path("tie-out/", web.tie_out, name="tie_out"),
    # business days
    path("days/", web.days, name="days"),
    path("day/<int:day_id>/", web.day, name="day"),
    path("day-step/<int:day_id>/", web.day_step, name="day_step"),
    path("day-carry/<int:day_id>/", web.day_carry, name="day_carry"),
    path("day-sign/<int:day_id>/", web.day_sign, name="day_sign"),
    path("day-reopen/<int:day_id>/", web.day_reopen, name="day_reopen"),
    path("first-day/", web.first_day, name="first_day"),
    path("open-next/<int:day_id>/", web.open_next, name="open_next"),
    path("close-many/", web.close_many, name="close_many"),
    path("run/<uuid:run_key>/", web.run, name="run"),
    path("sign/", web.sign, name="sign"),
    path("sign-many/", web.sign_many, name="sign_many"),
    path("day-report/<int:closing_id>/", web.day_report, name="day_report"),
    path("day-report-pdf/<int:closing_id>/", web.day_report_pdf, name="day_report_pdf"),
]
api_urlpatterns = [
    path("accounts/", api.accounts, name="accounts"),
    path("account/<str:number>/", api.account, name="account"),
    path("statement/<str:number>/", api.statement, name="statement"),
    path("journal/", api.journal, name="journal"),
]
