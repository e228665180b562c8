"""URLs of what every page shares."""

from django.urls import path

from foundation.ui import api, pages

app_name = "ui"
urlpatterns = [
    path("home/", pages.home, name="home"),
    path("top/", pages.top, name="top"),
    path("notices/", pages.notices, name="notices"),
    path("search/", pages.search, name="search"),
    path("keys/", pages.keys, name="keys"),
    path("manual/", pages.manual_start, name="manual_start"),
    path("manual/<slug:slug>/", pages.manual, name="manual"),
    path("gallery/", pages.gallery, name="gallery"),
    path("language/", pages.set_language, name="set_language"),
    path("theme/", pages.set_theme, name="set_theme"),
]
api_urlpatterns = [path("schema/", api.schema, name="schema")]
