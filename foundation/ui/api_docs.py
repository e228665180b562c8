"""The API for people to read: what the OpenAPI description says, in the order of the rooms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext

from foundation.kernel import errors
from foundation.kernel.errors import Refused
from foundation.people.roles import ROLES
from foundation.ui import rest

_PARAMETER = re.compile(r"%\(\w+\)s")
_PROBLEM = "application/problem+json"
Schema = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A field of a body or an answer, or what stands in an address."""

    name: str
    kind: str
    limits: str
    required: bool
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One status that an operation may answer with."""

    status: int
    phrase: str
    problem: bool


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One address with its method."""

    name: str
    group: str
    method: str
    path: str
    does: str
    permission: str
    callers: list[str]
    parameters: list[Part]
    body: list[Part]
    image_types: list[str]
    answered: list[Part]
    answers: list[Answer]
    example: str

    def holds(self, text: str) -> bool:
        """Return whether the operation is about what was searched for."""
        words = [self.name, self.path, self.method, self.does, self.permission, *self.callers]
        words += [part.name for part in (*self.parameters, *self.body, *self.answered)]
        return text.casefold() in " ".join(words).casefold()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A refusal that a call may meet."""

    code: str
    status: str
    text: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """The operations of one room, and what the room itself refuses."""

    name: str
    operations: list[Operation]
    problems: list[Problem]


def shown(text: str) -> dict[str, Any]:
    """Return what the page shows: groups with an operation that the text finds, and problems."""
    found = [one for one in operations() if one.holds(text.strip())]
    names = dict.fromkeys(one.group for one in found)
    groups = [
        Group(
            name=name,
            operations=[one for one in found if one.group == name],
            problems=[_problem(kind) for kind in _of_room(name)],
        )
        for name in names
    ]
    return {"groups": groups, "count": len(found), "door": [_problem(kind) for kind in rest.STATUS]}


def operations() -> list[Operation]:
    """Return every operation of the API in the order of its addresses."""
    told = rest.schema_of()
    schemas = told["components"]["schemas"]
    return [
        _operation(path, method, told_of, schemas)
        for path, methods in told["paths"].items()
        for method, told_of in methods.items()
    ]


def _operation(path: str, method: str, told: Schema, schemas: Schema) -> Operation:
    bodies = told.get("requestBody", {}).get("content", {})
    body = _resolved(bodies.get("application/json", {}).get("schema", {}), schemas)
    permission = told["x-permission"]
    parameters = [
        _part(one["name"], one["schema"], schemas, required="required" in one, place=one["in"])
        for one in told.get("parameters", [])
    ]
    return Operation(
        name=told["operationId"],
        group=told["tags"][0],
        method=method.upper(),
        path=path,
        does=gettext(" ".join(told["description"].split())),
        permission=permission,
        callers=[gettext(r.name) for r in ROLES.values() if permission in map(str, r.permissions)],
        parameters=parameters,
        body=_parts(body, schemas),
        image_types=[kind for kind in bodies if kind != "application/json"],
        answered=_parts(_answered(told, schemas), schemas),
        answers=[_answer(status, one) for status, one in sorted(told["responses"].items())],
        example=_example(method.upper(), path, told, schemas),
    )


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    for part in schema.get("allOf", [schema])[:1]:
        if "$ref" in part:
            found: Schema = schemas[part["$ref"].rpartition("/")[2]]
            return found
    return schema


def _answered(told: Schema, schemas: Schema) -> Schema:
    for status, answer in told["responses"].items():
        if status.startswith("2"):
            content = answer.get("content", {}).get("application/json", {})
            return _resolved(content.get("schema", {}), schemas)
    return {}


def _parts(schema: Schema, schemas: Schema, before: str = "") -> list[Part]:
    """Return the fields of an object; those of a list's rows are named rows[].number."""
    parts: list[Part] = []
    for name, told in schema.get("properties", {}).items():
        parts.append(
            _part(before + name, told, schemas, required=name in schema.get("required", ()))
        )
        rows = _resolved(told.get("items", {}), schemas)
        parts += _parts(rows, schemas, f"{before}{name}[].")
    return parts


def _part(name: str, told: Schema, schemas: Schema, *, required: bool, place: str = "") -> Part:
    schema = _resolved(told, schemas)
    kind = str(schema.get("format") or schema.get("type", ""))
    return Part(
        name=name,
        kind=f"{kind} | null" if told.get("nullable") else kind,
        limits=" ".join(_limits(schema)),
        required=required,
        place=place,
    )


def _limits(schema: Schema) -> Iterator[str]:
    if "enum" in schema:
        yield " | ".join(map(str, schema["enum"]))
    if "pattern" in schema:
        yield schema["pattern"]
    least, most = (schema.get(f"{end}imum", schema.get(f"{end}Length")) for end in ("min", "max"))
    if least is not None or most is not None:
        yield f"{'' if least is None else least} … {'' if most is None else most}".strip()


def _answer(status: str, told: Schema) -> Answer:
    code = int(status)
    return Answer(
        status=code, phrase=HTTPStatus(code).phrase, problem=_PROBLEM in told.get("content", {})
    )


def _example(method: str, path: str, told: Schema, schemas: Schema) -> str:
    """Return a request as it travels, made of the samples that the fields themselves give."""
    given = {one["name"]: one for one in told.get("parameters", [])}
    for name, one in given.items():
        path = path.replace(f"{{{name}}}", str(_sample(one["schema"], schemas)))
    asked = [
        f"{name}={_sample(one['schema'], schemas)}"
        for name, one in given.items()
        if one["in"] == "query" and one.get("required")
    ]
    lines = [
        f"{method} {path}{'?' if asked else ''}{'&'.join(asked)} HTTP/1.1",
        "Authorization: Bearer <token>",
        "Accept: application/json",
    ]
    bodies = told.get("requestBody", {}).get("content", {})
    for kind in list(bodies)[:1]:
        body = _resolved(bodies[kind]["schema"], schemas)
        lines += [f"Content-Type: {kind}", "", _sample_body(body, schemas)]
    return "\n".join(lines)


def _sample_body(body: Schema, schemas: Schema) -> str:
    fields = body.get("properties")
    if not fields:
        return "<bytes>"
    samples = {name: _sample(told, schemas) for name, told in fields.items()}
    return json.dumps(samples, ensure_ascii=False, indent=2)


def _sample(told: Schema, schemas: Schema) -> Any:
    schema = _resolved(told, schemas)
    if "example" in schema:
        return schema["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "integer":
        return schema.get("minimum", 1)
    return rest.Key.example if schema.get("format") == "uuid" else "text"


def _of_room(name: str) -> list[type[Refused]]:
    room = re.compile(rf"(foundation\.)?{re.escape(name)}\.rules\b")
    return [kind for kind in errors.refusals().values() if room.match(kind.__module__)]


def _problem(kind: type[Refused]) -> Problem:
    return Problem(
        code=kind.code,
        status=str(rest.STATUS.get(kind, "409 / 422")),
        text=_PARAMETER.sub("…", gettext(kind.text)),
        hint=_PARAMETER.sub("…", gettext(kind.hint)) if kind.hint else "",
    )
