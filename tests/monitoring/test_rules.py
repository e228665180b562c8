"""What a comparison comes to, and what an auditor may say about it."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from monitoring import rules
from monitoring.rules import Field

THRESHOLDS = rules.Thresholds(same=80, differs=60)
AMOUNT = Field("amount", "1,200.00", "1,200.00", 95, rules.SAME)
WORDS = Field("amount_words", "壹仟贰佰元整", "壹仟贰佰元整", 90, rules.SAME)
ACCOUNT = Field("account", "6222", "6222", 99, rules.SAME)
VOUCHER = Field("voucher_no", "10230001", "10230001", 97, rules.SAME)
ALL = (AMOUNT, WORDS, ACCOUNT, VOUCHER)


def different(field, confidence=95):
    return replace(field, read="?", confidence=confidence, verdict=rules.DIFFERS)


def judged(*fields, **more):
    return rules.judge(fields, thresholds=THRESHOLDS, **more)


def test_all_that_agrees_with_certainty_is_matched():
    assert judged(*ALL) == rules.MATCHED


@pytest.mark.parametrize("confidence", [0, 79])
def test_agreement_below_the_threshold_is_for_a_person(confidence):
    assert judged(AMOUNT, replace(ACCOUNT, confidence=confidence)) == rules.UNREADABLE


def test_agreement_at_the_threshold_is_believed():
    assert judged(replace(AMOUNT, confidence=80)) == rules.MATCHED


@pytest.mark.parametrize(
    ("field", "result"),
    [
        (AMOUNT, rules.AMOUNT_DIFF),
        (WORDS, rules.AMOUNT_DIFF),
        (ACCOUNT, rules.ACCOUNT_DIFF),
        (VOUCHER, rules.VOUCHER_DIFF),
    ],
)
def test_a_certain_difference_is_named_after_its_field(field, result):
    fields = [different(one) if one is field else one for one in ALL]

    assert judged(*fields) == result


def test_the_gravest_difference_names_the_pair():
    assert judged(different(VOUCHER), different(ACCOUNT), different(WORDS)) == rules.AMOUNT_DIFF


@pytest.mark.parametrize(("confidence", "result"), [(59, "unreadable"), (60, "amount_diff")])
def test_a_doubtful_difference_is_for_a_person(confidence, result):
    assert judged(different(AMOUNT, confidence), ACCOUNT) == result


def test_what_was_not_found_is_for_a_person():
    gone = replace(WORDS, read="", confidence=0, verdict=rules.NOT_FOUND)

    assert judged(AMOUNT, gone) == rules.UNREADABLE


def test_nothing_read_is_never_a_match():
    assert judged() == rules.UNREADABLE


def test_an_image_used_before_is_said_first():
    assert judged(*ALL, duplicate=True) == rules.DUPLICATE_IMAGE


def test_who_touched_a_transaction_may_not_audit_it():
    own = uuid4()

    rules.check_auditor(auditor_person=uuid4(), touched=[own])
    with pytest.raises(rules.OwnWork):
        rules.check_auditor(auditor_person=own, touched=[own])


@pytest.mark.parametrize("reason", ["", "  ", "好的 "])
def test_a_match_by_hand_is_explained(reason):
    with pytest.raises(rules.ForceNeedsReason):
        rules.check_finding(rules.MATCHED_FORCED, reason)


def test_findings_lead_to_their_steps():
    assert rules.check_finding(rules.MATCHED_FORCED, "凭证盖章处遮挡") == "force"
    assert {rules.check_finding(code, "") for code in rules.DIFFERENCES} == {"confirm"}


@pytest.mark.parametrize(
    ("voucher", "line", "others"),
    [
        (False, True, {"amount_diff", "unreadable", "journal_missing"}),
        (True, False, {"amount_diff", "image_missing"}),
        (True, True, set()),
    ],
)
def test_of_what_stands_alone_only_some_things_can_be_found(voucher, line, others):
    possible = rules.findings_of(voucher=voucher, line=line)

    assert not others & set(possible)
    assert rules.check_finding(possible[0], "", possible=possible) == "confirm"
    for finding in others:
        with pytest.raises(rules.NotThisFinding):
            rules.check_finding(finding, "", possible=possible)


@pytest.mark.parametrize("finding", ["matched", "waiting", "", "no"])
def test_other_findings_do_not_exist(finding):
    with pytest.raises(rules.UnknownFinding):
        rules.check_finding(finding, "reason")


@pytest.mark.parametrize(
    ("matched", "judged_count", "rate"),
    [(0, 0, None), (0, 3, Decimal("0.0")), (2, 3, Decimal("66.7")), (3, 3, Decimal("100.0"))],
)
def test_the_rate_is_of_what_was_judged(matched, judged_count, rate):
    assert rules.match_rate(matched=matched, judged=judged_count) == rate


def test_every_result_belongs_to_a_state():
    named = {result for results in rules.RESULTS_OF.values() for result in results}

    assert named == set(rules.RESULTS)
    assert set(rules.RESULTS_OF) == set(rules.FLOW.states)
