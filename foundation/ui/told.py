"""The plain words of the trail on pages: outcomes, names of details, and values that are codes.

The trail keeps codes, so that what it says never changes; each room's words for its codes are
handed over by the assembly. What nobody has a word for is shown as it is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from foundation.kernel import errors
from foundation.kernel.money import Money

OK = "ok"
OUTCOMES: Mapping[str, str] = {
    OK: _("succeeded"),
    "read": _("was read"),
    "warning": _("to be looked at"),
    "refused": _("was refused"),
    "forbidden": _("not allowed"),
    "not found": _("is not there"),
}
NAMES: Mapping[str, str] = {
    "about": _("About"),
    "after": _("After"),
    "answer": _("Answer"),
    "amount": _("Amount"),
    "attempt": _("Attempt"),
    "before": _("Before"),
    "breaks": _("Breaks of the seal"),
    "check": _("Check"),
    "conditions": _("Conditions"),
    "content": _("Fingerprint of the content"),
    "count": _("Count"),
    "days": _("Count of days"),
    "differences": _("Differences"),
    "document": _("Document"),
    "engine": _("Read by"),
    "entries": _("Entries"),
    "failure": _("Why it failed"),
    "epoch": _("Epoch"),
    "fen": _("Amount"),
    "fields": _("Fields read"),
    "file": _("File"),
    "finding": _("Finding"),
    "first": _("First"),
    "form": _("Title of the form"),
    "founders": _("Administrators of the first day"),
    "grade": _("Grade"),
    "held_by": _("Held by"),
    "hits": _("Hits"),
    "hold": _("Hold"),
    "how": _("How"),
    "image_class": _("Kind of image"),
    "institution": _("Institution"),
    "item": _("Item"),
    "jobs": _("Jobs"),
    "journal_no": _("Journal number"),
    "key": _("Key"),
    "kind": _("Kind"),
    "last": _("Last"),
    "left": _("What is left"),
    "legs": _("Legs"),
    "lines": _("Lines"),
    "list": _("List"),
    "machine": _("Found by machine"),
    "message": _("Message"),
    "minutes": _("Minutes"),
    "name": _("Its name"),
    "number": _("Its number"),
    "origin": _("Origin"),
    "paper": _("Exam paper"),
    "permission": _("Permission"),
    "outcome": _("Outcome"),
    "points": _("Points"),
    "post": _("Post"),
    "post_proposal": _("Proposal of a post"),
    "proposal": _("Proposal"),
    "purpose": _("Purpose"),
    "question": _("Question"),
    "queue": _("Queue"),
    "reason": _("Reason"),
    "reasons": _("Reasons"),
    "refusals": _("Wrong refusals"),
    "remark": _("Remark"),
    "resembles": _("Resembles image"),
    "result": _("Result"),
    "role": _("Role"),
    "rule": _("Rule"),
    "role_proposal": _("Proposal of a role"),
    "roles_ended": _("Roles ended"),
    "rows": _("Rows"),
    "rung": _("Went up to"),
    "seal": _("Seal"),
    "serious": _("Grave wrong approvals"),
    "sha256": _("Fingerprint of the file"),
    "shift": _("Shift"),
    "shards": _("Shards"),
    "skill": _("Skill"),
    "source": _("Source"),
    "staff": _("Staff"),
    "step": _("Step"),
    "subject": _("Subject"),
    "subject_code": _("Account subject"),
    "to": _("To"),
    "tokens": _("Tokens"),
    "until": _("Until"),
    "valid_from": _("Valid from"),
    "valid_until": _("Valid until"),
    "value": _("Value"),
    "version": _("Version"),
    "why": _("Why"),
    "works": _("Working day"),
    "zones": _("Zones"),
}
# What is done, by the room that tells of it: the codes by which the trail keeps it.
_STEPS: Mapping[str, str] = {
    "authorization": (
        "accept_missing admit_admission alarm answer approve approve_fallback approve_known "
        "approve_local approve_offline approve_on_site approve_publication approve_rule "
        "approve_tier automatic check_identity confirm decline_fallback decline_local "
        "decline_missing decline_offline decline_publication decline_rule decline_tier "
        "demote_admission dismiss_case end_fallback end_known end_local enter_exam enter_slip "
        "escalate examine_case expire_admission expire_publication fail_exam find_slip hand_back "
        "hold inherit_admission issue_slips keep_known key_slip lapse lapse_fallback look "
        "miss_slip not_automatic open paper pass_exam pass_up present print_receipt "
        "propose_fallback propose_local propose_offline propose_publication propose_rule "
        "propose_tier raise_case readmit_exam reject reject_on_site resubmit return "
        "return_on_site review say_missing scan_later screening.failed screening.possible "
        "screening.unavailable send_back_slip shadow_review spoil_slip stop_admission submit "
        "time_out try_admission undo uphold_case vouch withdraw withdraw_publication witness "
        "write"
    ),
    "hooks": "approve change decline give_up new_secret propose send_again stop",
    "imaging": (
        "ask_rescan close_batch document.opened end_scan hand_over layout.declined "
        "layout.drawn layout.published layout.retired layout.zones match_batch page.added "
        "page.copied page.read page.read_again page.rescanned page.resembles page.seen.ahead "
        "page.seen.original page.seen.slice page.seen.thumb page.seen.view page.superseded "
        "page.unreadable read_through receive_file receive_more rescan take_apart turn_away"
    ),
    "ledger": (
        "allow approve_shards approve_subject archive_month ask_about_hold ask_export "
        "ask_to_reopen begin_close carry_forward close close_day decline_about_hold "
        "decline_account decline_reopening decline_shards decline_step decline_subject "
        "expire_hold export_journal extend_hold fetch_export freeze import_journal "
        "make_export open_account open_day place_hold propose_account propose_shards "
        "propose_step propose_subject release_hold release_part reopen_day resume_day "
        "seal_day sign_day stop unfreeze"
    ),
    "monitoring": (
        "accept_blanks accept_explanation accept_force accept_slip acknowledge_slip aligned "
        "aml.approve_exemption aml.approve_rating aml.ask_freeze aml.ask_lifting "
        "aml.build_large aml.change_large aml.confirm_case aml.decline_exemption "
        "aml.decline_freeze "
        "aml.decline_list aml.decline_rating aml.dismiss_case aml.dismiss_hit aml.end_exemption "
        "aml.enforce_list aml.examine_hit aml.exempt_large aml.fill_large "
        "aml.hold_inflow aml.import_list aml.join_case aml.join_hit aml.keep_freeze "
        "aml.lapse_large aml.lift_freeze aml.make_aml_report aml.open_case "
        "aml.pass_large aml.place_freeze aml.propose_exemption aml.propose_rating aml.raise_hit "
        "aml.replace_list aml.replace_rating aml.report_case aml.report_large "
        "aml.send_back_case aml.send_back_hit aml.send_back_large aml.submit_case "
        "aml.support_case aml.take_aml_report aml.take_up_large aml.uphold_hit "
        "appeal_slip ask_match assign_alert "
        "bear_out bear_out_look begin_slip charge_points close_false_alert close_slip "
        "close_true_alert close_vouchers confirm cut_slice decline_blanks "
        "decline_explanation decline_force "
        "decline_rule differ_look dismiss_look dismiss_proof dismiss_slip dispute_slice "
        "draft_rule draw_proof drop_rule err_look escalate_slip explain fetch_bulletin force "
        "give_back_points hand_back hand_back_alert hand_over_slip hold_posting "
        "investigate_alert issue_slip join judged keep_quiet key_slice leave_proof make_bulletin "
        "miss_proof not_asked open_look opened paired phone_slip plan_slip propose_force "
        "propose_rule prove_proof publish_rule query_alert raise_alert raise_level receive_slip "
        "register_error reply_slip reply_to_alert requery_slip retire_rule second_keyer "
        "say_blanks "
        "see_slip settle_slice shadow_rule slip_of_alert trace try_rule uphold_look uphold_proof "
        "uphold_slip verify_alert verify_slip void_slice"
    ),
    "people": (
        "add_shift approve_post approve_role assign_post change_password change_staff "
        "choose_keys close_institution close_sign_in copy_roster "
        "decline_institution decline_post decline_role disable_dormant "
        "end_sessions end_vendor "
        "enrol_second_factor forget_second_factor found_bank identify_staff lock "
        "move_institution "
        "open_institution open_reset open_sign_in open_staff open_vendor "
        "propose_institution propose_post propose_role "
        "qualify regrade rename_institution second_factor set_roster sign_in sign_out take_up_post "
        "token.issued token.revoked unlock"
    ),
    "policy": "approve approve_day decline propose propose_day",
    "trail": "export search verify_books",
    "worklist": (
        "assign drop_job escalate expire let_go mark_urgent resume revive_job revive_jobs suspend "
        "take_back"
    ),
}
ACTIONS = tuple(f"{room}.{step}" for room, steps in _STEPS.items() for step in steps.split())
# What a person wants to read beside the step itself; the rest is for the page of the trail.
GIST = (
    "result",
    "finding",
    "reasons",
    "reason",
    "remark",
    "question",
    "answer",
    "outcome",
    "message",
)
# Whole fen, shown as amounts.
FEN = frozenset({"fen", "left"})
_values: dict[str, dict[str, str]] = {}


class Event(Protocol):
    """What of an event of the trail is put into words."""

    result: str
    detail: Mapping[str, Any]

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the detail as pairs."""
        ...


def know(words: Mapping[str, str], *names: str) -> None:
    """Let values of details of these names be called by words, as translations know them."""
    for name in names:
        _values.setdefault(name, {}).update(words)


def outcome(result: str) -> str:
    """Return how something ended; a refusal with its code and what it says."""
    if result in OUTCOMES:
        return gettext(OUTCOMES[result])
    refusal = errors.refusals().get(result)
    return f"{result} {gettext(refusal.text)}" if refusal and "%(" not in refusal.text else result


def code_of(typed: str) -> str:
    """Return the result that a person means who types the word that the page shows."""
    return next((code for code, word in OUTCOMES.items() if gettext(word) == typed), typed)


def details(event: Event) -> Iterator[tuple[str, str]]:
    """Return what an event says as pairs of words; what is empty says nothing."""
    for name, value in event.items:
        shown = _value(name, event.detail.get(name, value), value)
        if shown:
            yield gettext(NAMES[name]) if name in NAMES else name, shown


def gist(event: Event) -> str:
    """Return in one line what a person wants to read of an event beside what was done."""
    found = [
        _value(name, event.detail[name], str(event.detail[name]))
        for name in GIST
        if event.detail.get(name)
    ]
    return " · ".join(found)


def _value(name: str, kept: Any, shown: str) -> str:
    if name in FEN and type(kept) is int:
        return Money(kept).format()
    if isinstance(kept, list):
        return ", ".join(_word(name, str(one)) for one in kept)
    return _word(name, shown)


def _word(name: str, value: str) -> str:
    word = _values.get(name, {}).get(value)
    return gettext(word) if word else value
