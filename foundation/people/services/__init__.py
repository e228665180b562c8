"""What people can do: act inside a scope, stand in the tree, hold roles, sign in."""

from foundation.people.services._changes import decide_change, propose_change
from foundation.people.services._door import (
    count_try,
    fail_sign_in,
    forget_tries_before,
    forget_try,
    hashing,
    lock,
    seen,
    sign_out,
    start_session,
    unlock,
)
from foundation.people.services._founding import found_bank
from foundation.people.services._identity import enter_identities
from foundation.people.services._keys import choose_keys
from foundation.people.services._passwords import (
    change_password,
    first_password,
    open_reset,
    use_reset,
)
from foundation.people.services._places import open_institution
from foundation.people.services._posts import (
    begin_post,
    decide_post,
    propose_post,
    take_up_post,
    take_up_posts,
)
from foundation.people.services._roles import decide_role, grant_role, propose_role
from foundation.people.services._roster import add_shift, copy_week, set_roster
from foundation.people.services._scope import acting, acting_as_system, at_end
from foundation.people.services._second_factor import (
    check_second_factor,
    enrol_second_factor,
    forget_second_factor,
    reseal_second_factors,
    secret_of,
)
from foundation.people.services._staff import (
    change_staff,
    close_sign_in,
    disable_dormant,
    end_sessions,
    identify_staff,
    open_sign_in,
    open_staff,
    qualify,
    regrade,
)
from foundation.people.services._tokens import issue_token, revoke_tokens
from foundation.people.services._vendors import end_vendor, open_vendor

__all__ = [
    "acting",
    "acting_as_system",
    "add_shift",
    "at_end",
    "begin_post",
    "change_password",
    "change_staff",
    "check_second_factor",
    "choose_keys",
    "close_sign_in",
    "copy_week",
    "count_try",
    "decide_change",
    "decide_post",
    "decide_role",
    "disable_dormant",
    "end_sessions",
    "end_vendor",
    "enrol_second_factor",
    "enter_identities",
    "fail_sign_in",
    "first_password",
    "forget_second_factor",
    "forget_tries_before",
    "forget_try",
    "found_bank",
    "grant_role",
    "hashing",
    "identify_staff",
    "issue_token",
    "lock",
    "open_institution",
    "open_reset",
    "open_sign_in",
    "open_staff",
    "open_vendor",
    "propose_change",
    "propose_post",
    "propose_role",
    "qualify",
    "regrade",
    "reseal_second_factors",
    "revoke_tokens",
    "secret_of",
    "seen",
    "set_roster",
    "sign_out",
    "start_session",
    "take_up_post",
    "take_up_posts",
    "unlock",
    "use_reset",
]
