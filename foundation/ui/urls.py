"""URLs of what every page shares, and of the page about the API, which stands beside it."""

from django.urls import path

from foundation.ui import api, pages

app_name = "ui"
urlpatterns = [
    path("api/docs/", pages.api_docs, name="api_docs"),
    path("ui/home/", pages.home, name="home"),
    path("ui/top/", pages.top, name="top"),
    path("ui/notices/", pages.notices, name="notices"),
    path("ui/search/", pages.search, name="search"),
    path("ui/keys/", pages.keys, name="keys"),
    path("ui/keys/mine/", pages.my_keys, name="my_keys"),
    path("ui/keys/set/", pages.set_key, name="set_key"),
    path("ui/keys/reset/", pages.reset_keys, name="reset_keys"),
    path("ui/manual/", pages.manual_start, name="manual_start"),
    path("ui/manual/<slug:slug>/", pages.manual, name="manual"),
    path("ui/gallery/", pages.gallery, name="gallery"),
    path("ui/language/", pages.set_language, name="set_language"),
    path("ui/theme/", pages.set_theme, name="set_theme"),
]
api_urlpatterns = [path("schema/", api.schema, name="schema")]
