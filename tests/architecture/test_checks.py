"""The checks can fail: each kind of wrong, planted on purpose, is refused by the check for it."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path as url

from tests.architecture import (
    addressed,
    test_glossary,
    test_tidy,
    test_translations,
    test_urls,
    test_wiring,
    tidy,
)

LINT = Path(sys.executable).with_name("lint-imports")
# A module, and an import that it may not have (the contracts in pyproject.toml say why).
WRONG_IMPORTS = (
    ("authorization/services/_posting.py", "monitoring.apps"),
    ("authorization/selectors/_items.py", "clearing.apps"),
    ("clearing/apps.py", "processing.apps"),
    ("processing/apps.py", "monitoring.apps"),
    ("monitoring/apps.py", "reconciliation.apps"),
    ("cash_center/apps.py", "ops_platform.wiring"),
    ("reconciliation/apps.py", "cash_center.apps"),
    ("dashboards/apps.py", "authorization.services"),
    ("foundation/ledger/services/_days.py", "foundation.imaging.models"),
    ("foundation/imaging/services/rescans.py", "foundation.worklist.models"),
    ("foundation/worklist/models.py", "foundation.ledger.models"),
    ("foundation/people/models/_roster.py", "foundation.policy.models"),
    ("foundation/trail/models.py", "foundation.people.models"),
    ("foundation/kernel/money.py", "foundation.trail.models"),
    ("foundation/ui/web.py", "foundation.worklist.models"),
    ("authorization/rules/_items.py", "authorization.models"),
    ("authorization/models/_items.py", "authorization.services"),
    ("authorization/rules/offline.py", "django.utils.timezone"),
    ("authorization/services/_deciding.py", "celery"),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the tree once; what a test plants in it by `planted` is taken away again."""
    folder = tmp_path_factory.mktemp("tree")
    for name in tidy.packages():
        shutil.copytree(
            tidy.ROOT / name,
            folder / name,
            ignore=lambda _folder, names: [
                name for name in names if name in {"static", "templates", "locale", "__pycache__"}
            ],
        )
    shutil.copy(tidy.ROOT / "pyproject.toml", folder)
    return folder


@contextmanager
def planted(copy: Path, texts: Mapping[str, str]) -> Iterator[None]:
    """Add texts to the end of files of the copy, and make those that are not there."""
    before = {file: (copy / file).read_text() for file in texts if (copy / file).is_file()}
    for file, text in texts.items():
        (copy / file).write_text(before.get(file, "") + text)
    try:
        yield
    finally:
        for file in texts:
            (copy / file).unlink()
        for file, text in before.items():
            (copy / file).write_text(text)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(LINT), "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_contracts_hold_as_the_tree_is(copy):
    assert lint(copy).returncode == 0


def test_nineteen_wrong_imports_are_each_refused(copy):
    gone = [file for file, _wrong in WRONG_IMPORTS if not (copy / file).is_file()]
    assert not gone, "say which part of it may not import that"
    with planted(copy, {file: f"\nimport {wrong}\n" for file, wrong in WRONG_IMPORTS}):
        answer = lint(copy)

    said = answer.stdout.replace("\n", " ")
    assert answer.returncode != 0
    missed = []
    for file, wrong in WRONG_IMPORTS:
        module = file.removesuffix(".py").replace("/", ".")
        if (
            f"{module} -> {wrong.split('.utils')[0] if wrong.startswith('django') else wrong}"
            not in said
        ):
            missed.append((module, wrong))
    assert len(WRONG_IMPORTS) == 19
    assert not missed, answer.stdout[-6000:]


def test_a_drawer_for_everything_is_refused(copy):
    with planted(copy, {"authorization/helpers.py": '"""Odds and ends."""\n'}):
        answer = lint(copy)

    assert answer.returncode != 0
    assert "helpers" in answer.stdout


PLANTED = {
    tidy.floating_money: "def pay(amount: float) -> None: ...",
    tidy.clock_read_inside: "def f():\n    return timezone.now()",
    tidy.days_cut_by_greenwich: "def f(row):\n    return row.opened_at.date()",
    tidy.whole_row_saves: "def f(row):\n    row.save()",
    tidy.states_set_elsewhere: "def f(row):\n    row.state = 'x'",
    tidy.foreign_tables: "from foundation.people.models import Staff\nStaff.objects.all()",
    tidy.hidden_writes: "class A:\n    def save(self): ...",
    tidy.environment_read: "import os\nos.environ['OPS_PORT']",
    tidy.unfinished: "x = 1  # TODO: later",
    tidy.signals: "from django.dispatch import receiver",
    tidy.risky_queries: "def f(q):\n    return rows.filter(**q)",
    tidy.requests_as_keywords: "def f(request):\n    g(**request.GET.dict())",
    tidy.unbounded_days: "on = forms.DateField()",
    tidy.long_files: "x = 1\n" * 401,
    tidy.long_functions: "def f():\n" + "    x = 1\n" * 51,
    tidy.public_functions_unclear: "def f(a):\n    return a",
    tidy.long_pages: "@page\ndef f(request):\n" + "    x = 1\n" * 16,
}


@pytest.mark.parametrize("rule", tidy.RULES, ids=lambda rule: rule.__name__)
def test_each_rule_of_style_refuses_what_it_is_for(rule):
    text = PLANTED[rule]
    file = {tidy.public_functions_unclear: "selectors.py", tidy.long_pages: "web.py"}
    where = f"authorization/{file.get(rule, 'forms.py')}"

    assert list(rule(tidy.Source(where, ast.parse(text), tuple(text.splitlines()))))


@pytest.mark.parametrize(
    "line",
    [
        "g(**request.POST)", "g(**dict(request.GET))",
        "g(**{name: text[:80] for name, text in request.GET.items()})",
        "g(**({'x': 1} | request.data))", "g(**{**self.request.query_params})",
        "asked = {n: v[:80] for n, v in request.GET.items()}; g('ok', **asked)",
    ],
)  # fmt: skip
def test_what_a_caller_sends_is_refused_as_names_of_arguments_in_every_form(line):
    text = f"def f(request):\n    {line}"

    assert list(tidy.requests_as_keywords(tidy.parsed("dashboards/web.py", text)))


@pytest.mark.parametrize(
    "line",
    [
        "g(request.GET.dict())", "g(**form.cleaned_data)", "g(**{'x': request.GET['x']})",
        "form = F(request.POST); g(**form.cleaned_data)",
    ],
)  # fmt: skip
def test_what_a_form_has_read_may_name_arguments(line):
    text = f"def f(request):\n    {line}"

    assert not list(tidy.requests_as_keywords(tidy.parsed("dashboards/web.py", text)))


HELPERS = """
def go(desk, name):
    return desk.get(reverse(f"monitoring:{name}"))

def address(name):
    return reverse(f"monitoring:{name}")

def find(desk, name):
    return desk.get(reverse("monitoring:match"), {"kind": name})
"""


def test_a_page_without_a_permission_is_refused():
    def bare(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    with pytest.raises(AssertionError):
        test_urls.test_page_asks_for_a_permission("authorization", url("bare/", bare, name="bare"))


@pytest.mark.parametrize(
    "line",
    [
        'reverse("monitoring:look", args=[1])', 'go(desk, "look")', 'client.get(address("look"))',
        'redirect("monitoring:look")',
    ],
)  # fmt: skip
def test_a_page_that_a_test_opens_is_found(line):
    assert "look" in addressed.opened([HELPERS, line], room="monitoring")


@pytest.mark.parametrize(
    "line",
    ['find(desk, "look")', 'kind = "look"', 'reverse("monitoring:look_list")', 'go(desk, "looks")',
     'reverse("imaging:look")', '"a look:look"'],
)  # fmt: skip
def test_a_name_that_is_no_address_is_no_test_of_a_page(line):
    assert "look" not in addressed.opened([HELPERS, line], room="monitoring")


def test_an_event_that_nobody_hears_is_refused():
    @dataclass(frozen=True)
    class Unheard:
        item_id: int

    with pytest.raises(AssertionError):
        test_wiring.test_event_is_heard(Unheard)


def test_a_text_without_chinese_is_refused(monkeypatch):
    found = {**test_translations.asked(), "Nobody ever translated this sentence.": "x.py"}
    monkeypatch.setattr(test_translations, "asked", lambda: found)

    with pytest.raises(AssertionError, match="Nobody ever translated"):
        test_translations.test_every_text_has_its_chinese()


@pytest.mark.parametrize("kind", ["STATES", "ROLES", "queues", "RESULTS", "ENDINGS"])
def test_a_code_without_a_row_in_the_glossary_is_refused(kind, monkeypatch):
    found = {**test_glossary.codes(), f"{kind}.unheard": "Teller"}
    monkeypatch.setattr(test_glossary, "codes", lambda: found)

    with pytest.raises(AssertionError, match="unheard"):
        test_glossary.test_what_has_a_code_stands_in_the_glossary_by_the_word_on_screens()


def test_a_row_of_the_glossary_with_another_word_is_refused(monkeypatch):
    said = [("出纳", "teller", code, "x") if code == "ROLES.teller" else (zh, en, code, about)
            for zh, en, code, about in test_glossary.rows()]  # fmt: skip
    monkeypatch.setattr(test_glossary, "rows", lambda: said)

    with pytest.raises(AssertionError, match="出纳"):
        test_glossary.test_what_has_a_code_stands_in_the_glossary_by_the_word_on_screens()


def test_a_word_that_nothing_shows_is_refused_by_name_and_catalogue(tmp_path, monkeypatch):
    path = tmp_path / "django.po"
    path.write_text('msgid "Shown by nobody"\nmsgstr "无人"\n\nmsgid "Teller"\nmsgstr "柜员"\n')
    monkeypatch.setattr(tidy, "ROOT", tmp_path)
    monkeypatch.setattr(test_translations, "CATALOGUES", [path])
    monkeypatch.setattr(test_translations, "used", lambda: {"Teller"})

    with pytest.raises(AssertionError, match=r"django.po: 'Shown by nobody'"):
        test_translations.test_every_word_of_a_catalogue_is_used()


def test_inline_style_in_a_template_is_refused(tmp_path, monkeypatch):
    page = tmp_path / "page.html"
    page.write_text('<p style="color:red">x</p>\n')
    monkeypatch.setattr(tidy, "ROOT", tmp_path)

    with pytest.raises(AssertionError):
        test_tidy.test_template_is_short_and_clean(page)
