"""URLs of imaging."""

from django.urls import path

from foundation.imaging import web

app_name = "imaging"
urlpatterns = [
    path("page/<int:page_id>/", web.page, name="page"),
    # pictures
    path("view/<int:page_id>/", web.view, name="view"),
    path("ahead/<int:page_id>/", web.ahead, name="ahead"),
    path("seen/<int:page_id>/", web.seen, name="seen"),
    path("thumb/<int:page_id>/", web.thumb, name="thumb"),
    path("original/<int:page_id>/", web.original, name="original"),
]
