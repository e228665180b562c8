"""URLs of imaging."""

from django.urls import path

from foundation.imaging import api, web
from foundation.imaging.web import again, batches, layouts

app_name = "imaging"
urlpatterns = [
    path("page/<int:page_id>/", web.page, name="page"),
    path("page/<int:page_id>/read-again/", again.read_again, name="read_again"),
    path("page/<int:page_id>/ask-rescan/", again.ask_rescan, name="ask_rescan"),
    # layouts
    path("layouts/", layouts.layouts, name="layouts"),
    path("layouts/draw/", layouts.draw_layout, name="draw_layout"),
    path("layout/<int:layout_id>/", layouts.layout, name="layout"),
    path("layout/<int:layout_id>/picture/", layouts.layout_picture, name="layout_picture"),
    path("layout/<int:layout_id>/zones/", layouts.layout_zones, name="layout_zones"),
    path("layout/<int:layout_id>/try/", layouts.try_layout, name="try_layout"),
    path("layout/<int:layout_id>/decide/", layouts.decide_layout, name="decide_layout"),
    # pictures
    path("view/<int:page_id>/", web.view, name="view"),
    path("ahead/<int:page_id>/", web.ahead, name="ahead"),
    path("seen/<int:page_id>/", web.seen, name="seen"),
    path("thumb/<int:page_id>/", web.thumb, name="thumb"),
    path("link/<int:page_id>/<slug:use>/", web.link, name="link"),
    path("original/<int:page_id>/", web.original, name="original"),
    # batches
    path("batches/", batches.batches, name="batches"),
    path("batches/hand-over/", batches.hand_over, name="hand_over"),
    path("batch/<int:batch_id>/", batches.batch, name="batch"),
    path("batch/<int:batch_id>/cover/", batches.cover, name="cover"),
    path("batch/<int:batch_id>/receive/", batches.receive, name="receive"),
    path("batch/<int:batch_id>/end-scan/", batches.end_scan, name="end_scan"),
    path("batch/<int:batch_id>/receive-more/", batches.receive_more, name="receive_more"),
    path("rescans/", batches.rescans, name="rescans"),
    path("rescan/<int:rescan_id>/", batches.rescan, name="rescan"),
]
api_urlpatterns = [
    path("batches/", api.batches, name="batches"),
    path("batches/hand-over/", api.hand_over, name="hand_over"),
    path("batch/<int:batch_id>/", api.batch, name="batch"),
    path("batch/<int:batch_id>/scan/", api.scan, name="scan"),
    path("batch/<int:batch_id>/end-scan/", api.end_scan, name="end_scan"),
]
