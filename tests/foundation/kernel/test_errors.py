"""A refusal has a code of its own and says everything that its text promises."""

from __future__ import annotations

import pickle

import pytest

from foundation.kernel import errors
from foundation.kernel.errors import Refused, refusals
from foundation.kernel.flow import StepNotAllowed


@pytest.fixture(autouse=True)
def _own_register(monkeypatch):
    """Keep the refusals of these tests out of the register of the platform."""
    monkeypatch.setattr(errors, "_by_code", dict(refusals()))


@pytest.fixture
def vault_shut():
    class VaultShut(Refused):
        code = "E9901"
        text = "The vault %(vault)s is shut; 5 %% of the cash is inside."
        hint = "Come back on %(day)s."

    return VaultShut


def test_a_refusal_reads_in_english_and_in_the_language_of_the_user(vault_shut):
    refusal = vault_shut(vault="A", day="Monday", field="vault")

    assert str(refusal) == "The vault A is shut; 5 % of the cash is inside."
    assert refusal.field == "vault"
    assert refusal.shown(lambda _: "金库 %(vault)s 已关闭") == "金库 A 已关闭"
    assert refusal.hinted(str) == "Come back on Monday."


def test_a_refusal_without_hint_hints_nothing():
    class Closed(Refused):
        code = "E9902"
        text = "Closed."

    assert not Closed().hinted(str.upper)
    assert not Closed().field


def test_a_refusal_survives_the_way_to_another_process():
    copy = pickle.loads(pickle.dumps(StepNotAllowed(step="go", state="shut", field="state")))

    assert isinstance(copy, StepNotAllowed)
    assert copy.params == {"step": "go", "state": "shut"}
    assert copy.field == "state"


def test_a_refusal_is_raised_with_every_param_of_text_and_hint(vault_shut):
    with pytest.raises(TypeError, match="without day"):
        vault_shut(vault="A")


def test_the_base_is_not_raised():
    with pytest.raises(TypeError, match="by its name"):
        raise Refused


@pytest.mark.parametrize("code", ["", "E12", "X1234", "E12345", "E１２３４"])
def test_a_refusal_has_a_code_of_its_own(code):
    with pytest.raises(TypeError, match="code of its own"):
        type("Nameless", (Refused,), {"code": code, "text": "No."})


def test_a_refusal_does_not_inherit_its_code(vault_shut):
    with pytest.raises(TypeError, match="code of its own"):
        type("Inherited", (vault_shut,), {})


def test_a_refusal_has_a_text():
    with pytest.raises(TypeError, match="text of its own"):
        type("Silent", (Refused,), {"code": "E9903"})


def test_two_refusals_never_share_a_code(vault_shut):
    with pytest.raises(TypeError, match="E9901 is the code of"):
        type("Other", (Refused,), {"code": "E9901", "text": "No."})


@pytest.mark.parametrize("text", ["100 %", "%s of it", "%(limit)d"])
def test_a_text_has_only_named_places(text):
    with pytest.raises(TypeError, match="may stand in"):
        type("Loose", (Refused,), {"code": "E9904", "text": text})


def test_the_register_lists_the_refusals_of_the_platform_by_code(vault_shut):
    assert refusals()["E9901"] is vault_shut
    assert list(refusals()) == sorted(refusals())
