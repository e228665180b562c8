"""How the text of a knob is read: a value, or ValueError that says what it must be."""

import dataclasses
from collections.abc import Callable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg2
from psycopg2.extensions import parse_dsn


def knob(name: str, read: Callable[[str], Any], default: Any = None, text: str = "") -> Any:
    """Return the field of a knob: its name, how it is read, what it is when not given, and why."""
    return dataclasses.field(default=default, metadata=about(name, read, text))


def about(name: str, read: Callable[[str], Any], text: str) -> dict[str, Any]:
    """Return what a field tells of its knob."""
    return {"name": name, "read": read, "text": text}


def given_text(given: Mapping[str, str], name: str) -> str:
    """Return the text of a knob, from itself or from the file named by NAME_FILE."""
    text, file = given.get(name, ""), given.get(f"{name}_FILE", "")
    if text and file:
        raise ValueError(f"and {name}_FILE are both given")
    if not file:
        return text
    try:
        return Path(file).read_text().strip()
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"is given as {name}_FILE, which cannot be read") from None


def switch(text: str) -> bool:
    """Read on and off."""
    words = {"1": True, "on": True, "true": True, "yes": True}
    words |= {"0": False, "off": False, "false": False, "no": False}
    if text.lower() not in words:
        raise ValueError("must be on or off")
    return words[text.lower()]


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader that takes one of the words."""

    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return text

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return a reader of whole numbers between the two."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return read


def names(text: str) -> tuple[str, ...]:
    """Read names by comma."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def networks(text: str) -> tuple[str, ...]:
    """Read networks by comma."""
    return tuple(str(ip_network(part)) for part in names(text))


def folder(text: str) -> Path:
    """Read the name of a folder."""
    return Path(text).expanduser().absolute()


def database_url(text: str) -> str:
    """Read the address of a database."""
    try:
        parse_dsn(text)
    except psycopg2.ProgrammingError:
        raise ValueError("is not a PostgreSQL address") from None
    return text


def redis_url(text: str) -> str:
    """Read the address of a Redis server."""
    if text.partition("://")[0] not in {"redis", "rediss", "unix"}:
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return text


def bucket_url(text: str) -> str:
    """Read https://key:secret@host/bucket?region=name, as a store that speaks S3 is named."""
    if not all(bucket_parts(text).values()):
        raise ValueError("must be https://key:secret@host/bucket?region=name")
    return text


def bucket_parts(text: str) -> dict[str, str]:
    """Return what a bucket's address says, for the storage of images."""
    parts = urlsplit(text)
    place = parts.hostname or ""
    if parts.port:
        place += f":{parts.port}"
    return {
        "endpoint": f"{parts.scheme}://{place}" if parts.scheme in {"http", "https"} else "",
        "bucket": parts.path.strip("/"),
        "region": parse_qs(parts.query).get("region", ["us-east-1"])[0],
        "key": unquote(parts.username or ""),
        "secret": unquote(parts.password or ""),
    }


def role_name(text: str) -> str:
    """Read the plain name of a role."""
    if not text.isidentifier() or not text.isascii() or text != text.lower():
        raise ValueError("must be a plain lower-case name")
    return text
