"""Every refusal of the kernel has its Chinese, with the same places to fill in."""

from __future__ import annotations

import gettext
import importlib
import pkgutil
import re

import pytest

from foundation import kernel
from foundation.kernel.errors import Refused, refusals
from tests.foundation.kernel.vectors import ROOT

for module in pkgutil.iter_modules(kernel.__path__, "foundation.kernel."):
    importlib.import_module(module.name)
REFUSALS = [c for c in refusals().values() if c.__module__.startswith("foundation.kernel.")]
CHINESE = gettext.translation(
    "django", ROOT / "foundation/kernel/locale", languages=["zh_Hans"]
).gettext


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_refusal_of_the_kernel_is_shown_in_chinese(refusal: type[Refused]) -> None:
    for msgid in filter(None, (refusal.text, refusal.hint)):
        chinese = CHINESE(msgid)
        assert re.search("[\u4e00-\u9fff]", chinese), f"no Chinese for {msgid!r}"
        assert set(re.findall(r"%\(\w+\)s", chinese)) == set(re.findall(r"%\(\w+\)s", msgid))


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.code)
def test_a_refusal_of_the_kernel_has_a_code_of_the_kernel(refusal: type[Refused]) -> None:
    assert refusal.code.startswith("E0")
