"""Who may decide an item, and what a no must say."""

from uuid import uuid4

import pytest

from authorization import rules

ONE, OTHER = uuid4(), uuid4()


def check(**more):
    usual = {
        "decider_person": ONE, "decider_institution_id": 7, "grade": 3,
        "teller_person": OTHER, "institution_id": 8, "grade_needed": 2,
    }  # fmt: skip
    rules.check_decider(**(usual | more))


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"decider_person": OTHER}, rules.OwnItem),
        ({"decider_institution_id": 8}, rules.OwnOutlet),
        ({"grade": 1}, rules.GradeTooLow),
    ],
)
def test_who_may_not_decide(more, refusal):
    with pytest.raises(refusal):
        check(**more)


def test_anyone_else_of_the_grade_may_decide():
    check(grade=2)


@pytest.mark.parametrize(
    ("step", "reasons", "remark", "refusal"),
    [
        ("reject", [], "", rules.ReasonNeeded),
        ("return", [], "", rules.ReasonNeeded),
        ("reject", ["A01"], "", rules.ReasonDoesNotFit),
        ("return", ["A08"], "", rules.ReasonDoesNotFit),
        ("return", ["A99"], "", rules.ReasonDoesNotFit),
        ("return", ["A30"], " ", rules.RemarkNeeded),
    ],
)
def test_a_no_says_why(step, reasons, remark, refusal):
    with pytest.raises(refusal):
        rules.check_reasons(step, reasons, remark)


@pytest.mark.parametrize(
    ("step", "reasons", "remark"),
    [("approve", [], ""), ("reject", ["A08"], ""), ("return", ["A01", "A30"], "右下角缺失")],
)
def test_a_fitting_reason_is_enough(step, reasons, remark):
    rules.check_reasons(step, reasons, remark)


def test_only_the_catalogue_can_be_entered():
    with pytest.raises(rules.UnknownTradeCode):
        rules.trade("9999")


def test_the_hash_tells_every_change_of_content():
    assert rules.content_hash({"a": 1}) == rules.content_hash({"a": 1})
    assert rules.content_hash({"a": 1}) != rules.content_hash({"a": 2})


def test_the_first_nine_reasons_of_a_kind_have_a_digit():
    digits = [reason.digit for reason in rules.numbered_reasons() if reason.step == "reject"]

    assert digits[:9] == list("123456789")
    assert not any(digits[9:])
