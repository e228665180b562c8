"""URLs of the authorization centre."""

from django.urls import path

from authorization import api, web
from authorization.web import admission, fallback, offline, publishing, quality, tier

app_name = "authorization"
urlpatterns = [
    # the teller
    path("new/", web.choose, name="choose"),
    path("new/<str:trade_code>/", web.new, name="new"),
    path("check-identity/", web.check_identity, name="check_identity"),
    path("attach/<uuid:key>/", web.attach, name="attach"),
    path("read/<uuid:key>/<str:trade_code>/", web.read_fields, name="read_fields"),
    path("mine/", web.mine, name="mine"),
    path("correct/<str:number>/", web.correct, name="correct"),
    path("withdraw/<str:number>/", web.withdraw, name="withdraw"),
    path("receipt/<str:number>/", web.receipt, name="receipt"),
    path("receipt/<str:number>/pdf/", web.receipt_file, name="receipt_file"),
    # the authorizer
    path("workbench/", web.workbench, name="workbench"),
    path("decide/<str:number>/", web.decide, name="decide"),
    path("undo/<str:number>/", web.undo, name="undo"),
    path("hand-back/<str:number>/", web.hand_back, name="hand_back"),
    path("on-screen/<str:number>/", web.on_screen, name="on_screen"),
    path("ahead/", web.ahead, name="ahead"),
    path("hold/<str:number>/", web.hold, name="hold"),
    path("pass-up/<str:number>/", web.pass_up, name="pass_up"),
    path("on-hold/", web.on_hold, name="on_hold"),
    path("comparison/<str:number>/", web.comparison, name="comparison"),
    path("heartbeat/<int:item_id>/", web.heartbeat, name="heartbeat"),
    # everybody who may look
    path("items/", web.items, name="items"),
    path("item/<str:number>/", web.item, name="item"),
    path("talk/<str:number>/", web.talk, name="talk"),
    path("write/<str:number>/", web.write, name="write"),
    path("answer/<str:number>/", web.answer, name="answer"),
    # how good decisions are
    path("review/", quality.review, name="review"),
    path("review/<int:review_id>/", quality.review_send, name="review_send"),
    path("object/<str:number>/", quality.object_to, name="object_to"),
    path("report/<str:number>/", quality.report_approval, name="report_approval"),
    path("cases/", quality.cases, name="cases"),
    path("case/<int:case_id>/", quality.case, name="case"),
    path("case/<int:case_id>/examine/", quality.examine, name="examine"),
    path("case/<int:case_id>/judge/", quality.judge, name="judge"),
    path("quality/", quality.measured, name="measured"),
    path("quality/decisions/", quality.decisions, name="decisions"),
    # the emergency, in which outlets decide
    path("home/", fallback.home, name="home"),
    path("fallback/", fallback.fallback, name="fallback"),
    path("fallback/propose/", fallback.propose_fallback, name="propose_fallback"),
    path("fallback/<int:switch_id>/", fallback.epoch, name="epoch"),
    path("fallback/<int:switch_id>/decide/", fallback.decide_fallback, name="decide_fallback"),
    path("fallback/<int:switch_id>/end/", fallback.end_fallback, name="end_fallback"),
    path("local/", fallback.local_list, name="local_list"),
    path("local/propose/", fallback.propose_local, name="propose_local"),
    path("local/<int:local_id>/decide/", fallback.decide_local, name="decide_local"),
    path("local/<int:local_id>/end/", fallback.end_local, name="end_local"),
    # who is admitted to what
    path("admissions/", admission.admissions, name="admissions"),
    path("admissions/exam/", admission.enter_exam, name="enter_exam"),
    path("admission/<int:admission_id>/", admission.admission, name="admission"),
    path("admission/<int:admission_id>/decide/", admission.decide_exam, name="decide_exam"),
    path("admission/<int:admission_id>/move/", admission.move_on, name="move_on"),
    path("admission/<int:admission_id>/stop/", admission.stop_admission, name="stop_admission"),
    path("known/", admission.known, name="known"),
    path("known/<int:known_id>/decide/", admission.decide_known, name="decide_known"),
    # figures
    path("friction/", web.friction, name="friction"),
    path("relief/", web.relief, name="relief"),
    path("staffing/", web.staffing, name="staffing"),
    path("team/", web.team, name="team"),
    # slips of outlets that could not reach the server
    path("offline/", offline.offline, name="offline"),
    path("offline/issue/", offline.issue_slips, name="issue_slips"),
    path("offline/book/<int:book_id>/", offline.slip_book, name="slip_book"),
    path("offline/book/<int:book_id>/file/", offline.slip_file, name="slip_file"),
    path("offline/key/", offline.key_slip, name="key_slip"),
    path("offline/key/<str:slip_no>/<str:trade_code>/", offline.key_paper, name="key_paper"),
    path("offline/slip/<str:slip_no>/", offline.slip_of, name="slip_of"),
    path("offline/slip/<str:slip_no>/enter/", offline.enter_slip, name="enter_slip"),
    path("offline/slip/<str:slip_no>/return/", offline.return_slip, name="return_slip"),
    path("offline/slip/<str:slip_no>/explain/", offline.explain_slip, name="explain_slip"),
    path("offline/declare/", offline.declare_offline, name="declare_offline"),
    path("offline/time/<int:period_id>/decide/", offline.decide_offline, name="decide_offline"),
    # what a machine would say, in shadow
    path("tier/", tier.tier, name="tier"),
    path("tier/items/", tier.tier_items, name="tier_items"),
    path("tier/sets/", tier.tier_sets, name="tier_sets"),
    path("tier/sets/propose/", tier.propose_tier, name="propose_tier"),
    path("tier/set/<int:set_id>/", tier.tier_set, name="tier_set"),
    path("tier/set/<int:set_id>/decide/", tier.decide_tier, name="decide_tier"),
    # what a machine decides, once two people have let it
    path("tier/published/", publishing.publications, name="publications"),
    path("tier/publish/", publishing.publish_tier, name="publish_tier"),
    path("tier/published/<int:publication_id>/", publishing.publication, name="publication"),
    path(
        "tier/published/<int:publication_id>/items/",
        publishing.publication_items,
        name="publication_items",
    ),
    path(
        "tier/published/<int:publication_id>/decide/",
        publishing.decide_publication,
        name="decide_publication",
    ),
    path(
        "tier/published/<int:publication_id>/withdraw/",
        publishing.withdraw_publication,
        name="withdraw_publication",
    ),
    # the rules, changed by two people
    path("rules/", web.rule_list, name="rule_list"),
    path("rules/waiting/", web.rules_waiting, name="rules_waiting"),
    path("rules/waiting/approve/", web.approve_rules, name="approve_rules"),
    path("rules/catalogue/propose/", web.propose_catalogue, name="propose_catalogue"),
    path("rules/<str:trade_code>/", web.rule_history, name="rule_history"),
    path("rules/<str:trade_code>/propose/", web.propose_rule, name="propose_rule"),
    path("rule/<int:rule_id>/", web.rule, name="rule"),
    path("rule/<int:rule_id>/decide/", web.decide_rule, name="decide_rule"),
]
api_urlpatterns = [
    path("items/", api.items, name="items"),
    path("item/<str:number>/", api.item, name="item"),
    path("submit/", api.submit, name="submit"),
    path("image/<uuid:key>/", api.image, name="image"),
    path("resubmit/<str:number>/", api.resubmit, name="resubmit"),
    path("inquiry/<str:number>/", api.inquiry, name="inquiry"),
    path("answer/<str:number>/", api.answer, name="answer"),
    path("withdraw/<str:number>/", api.withdraw, name="withdraw"),
]
