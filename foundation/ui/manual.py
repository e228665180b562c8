"""The manual inside the product: Markdown files by language, shown as safe HTML.

A chapter is about a post, named after its role, or about pages, which name it in `block help`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt

from foundation.people.roles import ROLES

FOLDER = Path(__file__).resolve().parent / "manual"
LANGUAGES = {"en": "en"}
START = "start"
# The contents in reading order: first what every page has, then the posts, then page by page.
EVERYWHERE = (START, "sign-in", "screens", "search", "refusals")
POSTS = tuple(role.replace("_", "-") for role in ROLES)
PAGES = (
    "items", "on-site", "scans", "on-hold", "authorization-rules", "quality", "fallback", "offline",
    "friction", "relief", "staffing", "team", "admissions", "tier",
    "images", "batches", "layouts", "matching", "settlement", "tracing", "entry", "proofs",
    "watch", "blanks",
    "monitoring-board", "alerts", "monitoring-rules", "slips", "aml", "screening", "dashboard",
    "queues", "jobs",
    "journal", "import-journal", "accounts", "statement", "holds", "trial-balance",
    "own-accounts", "chart", "hot-accounts", "business-days", "long-files",
    "staff", "roster", "institutions", "roles", "posts", "policy", "calendar", "trail", "proof",
    "api", "webhooks", "processing", "clearing", "cash-center", "reconciliation",
)  # fmt: skip
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


def chapters(slugs: tuple[str, ...], language: str) -> list[Chapter]:
    """Return pages of the manual in this order."""
    found = (chapter(slug, language) for slug in slugs)
    return [page for page in found if page is not None]


def of_posts(roles: tuple[str, ...], language: str) -> list[Chapter]:
    """Return the pages about the posts of somebody who holds the roles."""
    return chapters(tuple(role.replace("_", "-") for role in roles), language)


@lru_cache(maxsize=200)
def _read(path: Path) -> Chapter:
    text = path.read_text(encoding="utf-8")
    title = text.partition("\n")[0].removeprefix("# ").strip()
    return Chapter(slug=path.stem, title=title, html=READER.render(text))
