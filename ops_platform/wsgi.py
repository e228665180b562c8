"""The way in for pages and REST."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ops_platform.settings")


class Request(WSGIRequest):
    """Django's own; a kind of content that cannot be read counts as none told.

    Django reads it while it makes the request, where nothing stands behind it that could answer.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        try:
            super().__init__(environ)
        except (LookupError, ValueError):
            self.encoding = "utf-8"
            super().__init__(environ | {"CONTENT_TYPE": ""})


class Handler(WSGIHandler):
    """Answers requests of ours."""

    request_class = Request


django.setup(set_prefix=False)
application = Handler()
