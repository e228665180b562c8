"""Every page has a permission, one name for view, URL and template, and a test of that name."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from django.template.loader import get_template
from django.urls import URLPattern, URLResolver, get_resolver

from foundation.people.roles import Permission
from foundation.ui import rest
from tests.architecture import addressed, tidy

OUTSIDE = {"schema", "static"}


def pages() -> list[tuple[str, URLPattern]]:
    return [
        (str(part.app_name), page)
        for part in get_resolver().url_patterns
        if isinstance(part, URLResolver) and part.app_name
        for page in part.url_patterns
        if isinstance(page, URLPattern)
    ]


def view_of(page: URLPattern) -> Any:
    return page.callback


PAGES = [
    pytest.param(app, page, id=f"{app}.{page.name}")
    for app, page in pages()
    if not app.startswith("api_")
]
APIS = [
    pytest.param(app, page, id=f"{app}.{page.name}")
    for app, page in pages()
    if app.startswith("api_")
]


def folder(app: str) -> str:
    inside = (tidy.ROOT / "foundation" / app).is_dir()
    return f"foundation/{app}" if inside else app


@cache
def opened_by_tests(app: str, below: str) -> set[str]:
    tests = (tidy.ROOT / "tests" / below).rglob("*.py")
    return addressed.opened([path.read_text() for path in tests], room=app)


@pytest.mark.parametrize(("app", "page"), PAGES)
def test_page_asks_for_a_permission(app, page):
    assert hasattr(view_of(page), "permission"), "use @requires(…) or, for anyone, @public"


@pytest.mark.parametrize(("app", "page"), PAGES)
def test_page_has_one_name(app, page):
    assert view_of(page).__name__ == page.name
    if not getattr(view_of(page), "is_action", False):
        get_template(f"{app}/{page.name}.html")


@pytest.mark.parametrize(("app", "page"), PAGES)
def test_page_has_a_test(app, page):
    assert page.name in opened_by_tests(app, folder(app)), f"no test opens {app}:{page.name}"


@pytest.mark.parametrize(("app", "page"), APIS)
def test_api_is_an_endpoint_with_one_permission_and_one_name(app, page):
    view = view_of(page)

    assert isinstance(view.permission, Permission), "use @rest.endpoint(…)"
    assert issubclass(view.cls, rest.Endpoint)
    assert view.__name__ == page.name


@pytest.mark.parametrize(("app", "page"), APIS)
def test_api_is_described_and_has_a_test(app, page):
    operations = {
        told["operationId"] for path in rest.schema_of()["paths"].values() for told in path.values()
    }

    assert f"{app.removeprefix('api_')}_{page.name}" in operations
    assert page.name in opened_by_tests(app, "api"), f"no test calls {app}:{page.name}"
