"""URLs of people."""

from django.urls import path

from foundation.people import web

app_name = "people"
urlpatterns = [
    # the door
    path("sign-in/", web.sign_in, name="sign_in"),
    path("demo-sign-in/", web.demo_sign_in, name="demo_sign_in"),
    path("sign-out/", web.sign_out, name="sign_out"),
    path("lock/", web.lock, name="lock"),
    path("stay/", web.stay, name="stay"),
    path("unlock/", web.unlock, name="unlock"),
    path("second-factor/", web.second_factor, name="second_factor"),
    path("password/", web.password, name="password"),
    path("new-password/", web.new_password, name="new_password"),
    # institutions
    path("institutions/", web.institutions, name="institutions"),
    path("institutions/new/", web.institution_new, name="institution_new"),
    path("institutions/<str:place>/", web.institution_detail, name="institution_detail"),
    path("institutions/<str:place>/change/", web.institution_change, name="institution_change"),
    path("institution-proposals/", web.institution_proposals, name="institution_proposals"),
    path(
        "institution-proposals/<int:change_id>/decide/",
        web.decide_institution,
        name="decide_institution",
    ),
    # staff
    path("staff/", web.staff, name="staff"),
    path("staff/new/", web.staff_new, name="staff_new"),
    path("staff/<str:number>/", web.staff_detail, name="staff_detail"),
    path("staff/<str:number>/identify/", web.staff_identify, name="staff_identify"),
    path("staff/<str:number>/change/", web.staff_change, name="staff_change"),
    path("staff/<str:number>/qualify/", web.staff_qualify, name="staff_qualify"),
    path("staff/<str:number>/close/", web.staff_close, name="staff_close"),
    path("staff/<str:number>/open/", web.staff_open, name="staff_open"),
    path("staff/<str:number>/end-sessions/", web.end_sessions, name="end_sessions"),
    path("staff/<str:number>/reset-password/", web.reset_password, name="reset_password"),
    path("staff/<str:number>/reset-device/", web.reset_device, name="reset_device"),
    # vendors
    path("vendors/", web.vendors, name="vendors"),
    path("vendors/new/", web.vendor_new, name="vendor_new"),
    path("vendors/<str:company>/", web.vendor_detail, name="vendor_detail"),
    path("vendors/<str:company>/end/", web.vendor_end, name="vendor_end"),
    # rosters
    path("roster/", web.roster, name="roster"),
    path("roster/set/", web.set_roster, name="set_roster"),
    path("roster/copy/", web.copy_roster, name="copy_roster"),
    path("shifts/", web.shifts, name="shifts"),
    # posts
    path("staff/<str:number>/posts/", web.posts, name="posts"),
    path("institutions/<str:place>/posts/", web.institution_posts, name="institution_posts"),
    path("post-proposals/", web.post_proposals, name="post_proposals"),
    path("staff/<str:number>/propose-post/", web.propose_post, name="propose_post"),
    path("post-proposals/<int:post_proposal_id>/", web.post_proposal, name="post_proposal"),
    path("post-proposals/<int:post_proposal_id>/decide/", web.decide_post, name="decide_post"),
    # roles
    path("roles/", web.roles, name="roles"),
    path("proposals/", web.proposals, name="proposals"),
    path("staff/<str:number>/propose-role/", web.propose_role, name="propose_role"),
    path("proposals/<int:proposal_id>/", web.proposal, name="proposal"),
    path("proposals/<int:proposal_id>/decide/", web.decide_role, name="decide_role"),
]
