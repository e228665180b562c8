"""URLs of ledger."""

from django.urls import path

from foundation.ledger import api, web

app_name = "ledger"
urlpatterns = [
    path("accounts/", web.accounts, name="accounts"),
    path("account/<slug:number>/", web.account, name="account"),
    path("journal/", web.journal, name="journal"),
    path("entry/<int:entry_id>/", web.entry, name="entry"),
    path("import/", web.import_journal, name="import_journal"),
]
api_urlpatterns = [
    path("accounts/", api.accounts, name="accounts"),
    path("account/<str:number>/", api.account, name="account"),
    path("statement/<str:number>/", api.statement, name="statement"),
    path("journal/", api.journal, name="journal"),
]
