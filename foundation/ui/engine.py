"""Django's templates, but what a page was shown goes with the page (decision 0227)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends import django as backend
from django.template.context import make_context
from django.utils.safestring import SafeString


class Templates(backend.DjangoTemplates):
    """The engine of settings.TEMPLATES."""

    def from_string(self, template_code: str) -> Template:
        """Return a template of a text."""
        return Template(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> Template:
        """Return a template of a file; raises TemplateDoesNotExist."""
        return Template(super().get_template(template_name).template, self)


class Template(backend.Template):
    """A template that empties its context once it was drawn.

    Django's context holds itself: hundreds of rows would wait for the garbage collector, and every
    tenth page for the collector.
    """

    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> SafeString:
        """Draw the template."""
        shown = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            return self.template.render(shown)
        except TemplateDoesNotExist as missing:
            backend.reraise(missing, self.backend)
        finally:
            while len(shown.dicts) > 1:
                shown.pop()
