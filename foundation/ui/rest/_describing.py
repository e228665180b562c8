"""The API described for machines: OpenAPI from the same serializers, with every kind of problem."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from foundation.ui.rest._problems import MEDIA_TYPE

ALWAYS = (400, 401, 403, 404, 405, 406, 429)
WITH_BODY = (413, 415)
TYPES: Mapping[Any, Any] = {"str": str, "int": int, "UUID": UUID}
# What a parser's media type stands for, as a caller names what it sends.
KINDS: Mapping[str, Sequence[str]] = {"image/*": ("image/png", "image/jpeg", "image/tiff")}


class ProblemOfField(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """Why a call was refused (RFC 9457): code names the refusal, trace_id finds it in the logs."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.RegexField(r"^E[0-9]{4}$")
    trace_id = serializers.CharField()
    errors = ProblemOfField(many=True, required=False)  # type: ignore[assignment]


class _OwnFields(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "foundation.ui.rest._fields.Described"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        """Return what the field says of itself."""
        del auto_schema, direction
        return self.target.described()


class _SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "foundation.ui.rest._door.SessionSignIn"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """Return the session of the pages."""
        del auto_schema
        return {"type": "apiKey", "in": "cookie", "name": "ops_session"}


class _TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "foundation.ui.rest._door.TokenSignIn"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Any:
        """Return the token that a person was given for another system."""
        del auto_schema
        return {"type": "http", "scheme": "bearer"}


def describe(
    does: Callable[..., Any],
    *,
    method: str,
    asks: type[serializers.Serializer[Any]] | None,
    answers: type[serializers.Serializer[Any]] | None,
    status: int,
    files: Sequence[str],
    may: str,
) -> Callable[[Any], Any]:
    """Return the decorator that describes an endpoint from what it asks and answers."""
    in_body = method != "GET" and not files and asks is not None
    wrong = (*ALWAYS, 409, 422, *(WITH_BODY if method != "GET" else ()))
    named = [
        OpenApiParameter(name, TYPES[part.annotation], OpenApiParameter.PATH)
        for name, part in list(inspect.signature(does).parameters.items())[1:]
    ]
    described: Callable[[Any], Any] = extend_schema(
        operation_id=f"{does.__module__.split('.')[-2]}_{does.__name__}",
        description=inspect.getdoc(does),
        tags=[does.__module__.split(".")[-2]],
        parameters=[*named, *([asks] if asks and not in_body else [])],
        request=asks if in_body else _bytes_of(files) if files else None,
        extensions={"x-permission": may},
        responses={status: answers, **{(code, MEDIA_TYPE): Problem for code in wrong}},
    )
    return described


def _bytes_of(files: Sequence[str]) -> Mapping[str, Any]:
    kinds = [kind for one in files for kind in KINDS.get(one, (one,))]
    return {kind: {"type": "string", "format": "binary"} for kind in kinds}


@lru_cache(maxsize=1)
def schema_of() -> dict[str, Any]:
    """Return the description of the whole API."""
    found: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return found
