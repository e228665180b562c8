"""The glossary and the code say the same: models, states, roles, queues, by their Chinese names."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.utils import translation
from django.utils.translation import gettext

from foundation.kernel.flow import Flow
from foundation.people.roles import ROLES
from foundation.ui import states
from foundation.worklist import rules as worklist
from monitoring import rules as monitoring
from tests.architecture import test_wiring, tidy
from tests.architecture.test_urls import pages

ROW = re.compile(r"\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
MODEL = re.compile(r"[a-z_]+\.[A-Z][A-Za-z]+")
_FOUNDATION = tuple(tidy.ROOT.glob("foundation/*/apps.py"))
TERM = "—"  # of the bank, without a name in the code
FIRST_WORDS = {"机构", "网点", "柜员", "队列", "授权", "提出", "提回", "账户", "分录"}


@cache
def rows() -> list[tuple[str, str, str, str]]:
    page = (tidy.ROOT / "docs/glossary.md").read_text()
    found = [row for line in page.splitlines() if (row := ROW.fullmatch(line))]
    cells = [tuple(cell.strip().strip("`") for cell in row.groups()) for row in found]
    return [(zh, en, name, is_) for zh, en, name, is_ in cells if zh not in {"中文", "---"}]


def _about(model: type[Model]) -> Any:
    return model._meta  # noqa: SLF001 -- Django's own public name


@cache
def code() -> str:
    return "\n".join(line for source in tidy.sources() for line in source.lines)


@cache
def words() -> set[str]:
    return set(re.findall(r"\w+", code()))


@cache
def models() -> dict[str, type[Model]]:
    rooms = {path.parent.name for path in (*tidy.ROOT.glob("*/apps.py"), *_FOUNDATION)}
    return {
        f"{_about(model).app_label}.{model.__name__}": model
        for model in apps.get_models()
        if _about(model).app_label in rooms and not model.__module__.startswith("django")
    }


def flows() -> list[Flow]:
    """Return every table of steps but that of pairs, which show their result and no state."""
    modules = [
        vars(importlib.import_module(test_wiring.module_of(source.path)))
        for source in tidy.sources()
        if source.layer == "rules"
    ]
    found = [value for module in modules for value in module.values() if isinstance(value, Flow)]
    return [flow for flow in found if flow is not monitoring.FLOW]


def codes() -> dict[str, str]:
    """Return the text of everything that has a code and is shown by a word."""
    states_of = {state for flow in flows() for state in flow.states}
    return {
        **{f"STATES.{state}": states.look(state).text for state in states_of},
        **{f"ROLES.{code}": role.name for code, role in ROLES.items()},
        **{f"queues.{code}": queue.title for code, queue in worklist.queues().items()},
        **{f"RESULTS.{code}": result.text for code, result in monitoring.RESULTS.items()},
        **{f"ENDINGS.{code}": ending.text for code, ending in worklist.ENDINGS.items()},
    }


def test_what_has_a_code_stands_in_the_glossary_by_the_word_on_screens():
    kinds = {name.partition(".")[0] for name in codes()}
    with translation.override("zh-hans"):
        shown = {name: gettext(text) if text else "" for name, text in codes().items()}

    written = {code: zh for zh, _en, code, _is in rows() if code.partition(".")[0] in kinds}

    assert written == shown


def test_a_pair_shows_a_result_in_every_state():
    assert set(monitoring.RESULTS_OF) == set(monitoring.FLOW.states)
    assert {one for some in monitoring.RESULTS_OF.values() for one in some} == {*monitoring.RESULTS}


@pytest.mark.parametrize("name", sorted(models()))
def test_every_model_stands_in_the_glossary_by_its_chinese_name(name):
    with translation.override("zh-hans"):
        called = str(_about(models()[name]).verbose_name)

    assert [zh for zh, _en, code, _is in rows() if code == name] == [called]


@pytest.mark.parametrize("name", sorted({row[2] for row in rows() if row[2] != TERM}))
def test_every_name_of_the_glossary_is_in_the_code(name):
    if ":" in name:
        assert name in {f"{app}:{page.name}" for app, page in pages()}
    elif MODEL.fullmatch(name):
        assert name in models()
    else:
        word = name.rpartition(".")[2]
        assert word in words() or (" " in word and re.search(rf"\b{re.escape(word)}\b", code()))


def test_no_word_is_explained_twice_and_none_is_empty():
    terms = Counter(zh for zh, _en, _name, _is in rows())

    assert [zh for zh, times in terms.items() if times > 1] == []
    assert all(all(row) for row in rows())
    assert terms.keys() >= FIRST_WORDS
