"""The manual inside the product: Markdown files by language, shown as safe HTML."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt

FOLDER = Path(__file__).resolve().parent / "manual"
LANGUAGES = {"en": "en"}
START = "start"
# No raw HTML and no images from outside: a page of the manual can do nothing but be read.
READER = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """A page of the manual: its slug, its title and its text as HTML."""

    slug: str
    title: str
    html: str


def chapter(slug: str, language: str) -> Chapter | None:
    """Return a page of the manual, or None where there is no such page."""
    folder = FOLDER / LANGUAGES.get(language[:2], "zh")
    known = {path.stem: path for path in folder.glob("*.md")}
    return _read(known[slug]) if slug in known else None


def chapters(language: str) -> list[Chapter]:
    """Return all pages of the manual, the first page first and the others by title."""
    folder = FOLDER / LANGUAGES.get(language[:2], "zh")
    pages = [_read(path) for path in folder.glob("*.md")]
    return sorted(pages, key=lambda page: (page.slug != START, page.slug))


@lru_cache(maxsize=200)
def _read(path: Path) -> Chapter:
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0].removeprefix("# ").strip()
    return Chapter(slug=path.stem, title=title, html=READER.render(text))
