"""URLs of the authorization centre."""

from django.urls import path

from authorization import api, web

app_name = "authorization"
urlpatterns = [
    # the teller
    path("new/<str:trade_code>/", web.new, name="new"),
    path("attach/<uuid:key>/", web.attach, name="attach"),
    path("mine/", web.mine, name="mine"),
    path("correct/<str:number>/", web.correct, name="correct"),
    path("withdraw/<str:number>/", web.withdraw, name="withdraw"),
    path("receipt/<str:number>/", web.receipt, name="receipt"),
    # the authorizer
    path("workbench/", web.workbench, name="workbench"),
    path("decide/<str:number>/", web.decide, name="decide"),
    path("hand-back/<str:number>/", web.hand_back, name="hand_back"),
    path("comparison/<str:number>/", web.comparison, name="comparison"),
    path("heartbeat/<int:item_id>/", web.heartbeat, name="heartbeat"),
    # everybody who may look
    path("items/", web.items, name="items"),
    path("item/<str:number>/", web.item, name="item"),
]
api_urlpatterns = [
    path("items/", api.items, name="items"),
    path("item/<str:number>/", api.item, name="item"),
    path("submit/", api.submit, name="submit"),
    path("image/<uuid:key>/", api.image, name="image"),
    path("withdraw/<str:number>/", api.withdraw, name="withdraw"),
]
