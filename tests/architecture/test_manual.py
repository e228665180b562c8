"""The manual keeps up with the product, in both languages.

Every page names a chapter that F1 opens, every role has one, and none is left that nothing leads
to. What a chapter names in bold stands on the screen or is a key in use, its codes are codes of
refusals, its links lead to chapters, and the other language says the same.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from foundation.kernel import errors
from foundation.people.roles import ROLES
from foundation.ui import keyboard, manual
from tests.architecture import tidy
from tests.architecture.test_codes import of_pages
from tests.architecture.test_translations import translations
from tests.architecture.test_urls import pages, view_of

LANGUAGES = ("en", "zh")
TEMPLATES = {
    str(path.relative_to(folder)): path.read_text()
    for folder in tidy.under("**/templates")
    for path in sorted(folder.rglob("*.html"))
}
SLUGS = {path.stem for path in manual.FOLDER.glob("*/*.md")}
BASE = "ui/base.html"
# Keys that no action has: they type, walk and choose on every screen.
HELD = {"Ctrl+V", "Ctrl+Alt+9"}


def parent(name: str) -> str:
    """Return the template that one extends; of two, the one of the whole page."""
    found = re.search(r"{% extends (.*?) %}", TEMPLATES[name])
    return re.findall(r"[\w/]+\.html", found.group(1))[-1] if found else ""


def help_of(name: str) -> str:
    """Return the chapter that a page names, or that the page it extends names."""
    while name and name != BASE:
        found = re.search(r"{% block help %}([\w-]+){% endblock", TEMPLATES[name])
        if found:
            return found.group(1)
        name = parent(name)
    return ""


def on_the_base(name: str) -> bool:
    while name and name != BASE:
        name = parent(name)
    return name == BASE


def whole_pages() -> list[str]:
    """Return what is shown as a page: what a URL is named after, and what none builds upon."""
    of_urls = {
        f"{app}/{page.name}.html"
        for app, page in pages()
        if not app.startswith("api_") and not getattr(view_of(page), "is_action", False)
    }
    built_upon = {parent(name) for name in TEMPLATES}
    found = [name for name in TEMPLATES if name != BASE and on_the_base(name)]
    return [name for name in found if name in of_urls or name not in built_upon]


@cache
def text_of(language: str, slug: str) -> str:
    return (manual.FOLDER / language / f"{slug}.md").read_text()


def bold(language: str, slug: str) -> list[str]:
    return re.findall(r"\*\*(.+?)\*\*", text_of(language, slug))


@cache
def words() -> dict[str, str]:
    """Return the words of the screens with their Chinese."""
    return {text: next(iter(found)) for text, found in translations().items() if len(found) == 1}


@cache
def keys() -> set[str]:
    """Return every key that does something."""
    usual = {keyboard.shown(key) for key in keyboard.usual().values()}
    always = {key for screen in keyboard.screens() for key, _meaning in screen.always}
    walking = {"↑", "↓", *"123456789"}
    return usual | always | walking | HELD


def test_both_languages_have_the_same_chapters_and_the_contents_name_them_all():
    named = (*manual.EVERYWHERE, *manual.POSTS, *manual.PAGES)

    for language in LANGUAGES:
        assert {path.stem for path in (manual.FOLDER / language).glob("*.md")} == set(named)
    assert len(named) == len(set(named))


@pytest.mark.parametrize("name", whole_pages())
def test_every_page_names_its_chapter(name):
    assert help_of(name) in SLUGS, f"{name}: name its chapter in block help"


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_chapter(role):
    assert role.replace("_", "-") in SLUGS


def test_f1_opens_every_chapter_that_is_not_about_a_post():
    opened = {help_of(name) for name in whole_pages()}

    assert SLUGS - set(manual.POSTS) == opened - set(manual.POSTS)


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_headings_of_the_two_languages_match(slug):
    levels = [
        re.findall(r"^(#+) ", text_of(language, slug), re.MULTILINE) for language in LANGUAGES
    ]

    assert levels[0] == levels[1]
    assert levels[0][0] == "#"


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_the_two_languages_have_the_same_steps_codes_and_links(slug):
    for pattern in (r"^\|", r"^\d+\. ", r"^- ", r"E\d{4}", r"\]\(([^)]*)\)"):
        english, chinese = (
            Counter(re.findall(pattern, text_of(language, slug), re.MULTILINE))
            for language in LANGUAGES
        )
        assert english == chinese


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_words_in_bold_stand_on_the_screen(slug):
    english, known = bold("en", slug), words() | {key: key for key in keys()}

    unknown = [word for word in english if word not in known]
    assert not unknown
    assert Counter(known[word] for word in english) == Counter(bold("zh", slug))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_is_one_that_does_something(language):
    pattern = r"(?<![A-Za-z])F\d+|(?:Ctrl|Shift)\+(?:[A-Z]\b|Enter)"
    named = {key for slug in SLUGS for key in re.findall(pattern, text_of(language, slug))}

    assert {"F9", "Ctrl+K", "Shift+Enter"} <= named
    assert not named - keys()


def test_every_code_is_one_of_a_refusal():
    named = {code for slug in SLUGS for code in re.findall(r"E\d{4}", text_of("en", slug))}

    assert not named - errors.refusals().keys() - of_pages().keys()


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_links_lead_to_chapters(slug):
    for address in re.findall(r"\]\(([^)]*)\)", text_of("en", slug)):
        assert re.fullmatch(r"/ui/manual/([\w-]+)/", address)
        assert address.split("/")[3] in SLUGS
