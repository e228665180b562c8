"""Images in a bucket that speaks S3: four calls, signed by AWS Signature Version 4.

Chosen by `OPS_S3_BUCKET`; without it images lie on the disk. Names are fingerprints, so that an
object is written once and never becomes another; addresses are in path style, as stores inside a
bank's own network have them.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.utils import timezone

SERVICE, TERMINATOR = "s3", "aws4_request"
TIMEOUT_SECONDS = 20
GONE, MADE = 404, (200, 204)


class StoreFailed(OSError):
    """The store did not answer, or not as asked; a job tries again."""


def signature(
    *,
    method: str,
    path: str,
    headers: Mapping[str, str],
    region: str,
    secret: str,
) -> str:
    """Return the signature of a request; the names of the headers are in lower case.

    `headers` hold host, x-amz-date and x-amz-content-sha256, and whatever else is to be signed.
    """
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    asked = "\n".join([method, path, "", lines, names, headers["x-amz-content-sha256"]])
    moment = headers["x-amz-date"]
    scope = f"{moment[:8]}/{region}/{SERVICE}/{TERMINATOR}"
    text = "\n".join(
        ["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(asked.encode()).hexdigest()]
    )
    key = f"AWS4{secret}".encode()
    for part in (moment[:8], region, SERVICE, TERMINATOR):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


class BucketStorage(Storage):
    """A bucket as a storage of Django: read, written once, asked for, taken away; no paths."""

    def __init__(self, *, endpoint: str, bucket: str, region: str, key: str, secret: str) -> None:
        parts = urlsplit(endpoint)
        self._tls, self._host = parts.scheme == "https", parts.netloc
        self._bucket, self._region = bucket, region
        self._key, self._secret = key, secret

    def exists(self, name: str) -> bool:
        """Tell whether there is an object of the name."""
        status, _body = self._call("HEAD", name)
        return status != GONE

    def take_away(self, name: str) -> None:
        """Take an object away; one that is not there is none."""
        self._call("DELETE", name)

    delete = take_away  # as Django calls it

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002
        """Return the name itself: what has the same name has the same content."""
        return name

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:  # noqa: ARG002
        status, body = self._call("GET", name)
        if status == GONE:
            raise FileNotFoundError(name)
        return ContentFile(body, name=name)

    def _save(self, name: str, content: Any) -> str:
        self._call("PUT", name, content.read())
        return name

    def _call(self, method: str, name: str, body: bytes = b"") -> tuple[int, bytes]:
        path = quote(f"/{self._bucket}/{name}", safe="/-_.~")
        kind = http.client.HTTPSConnection if self._tls else http.client.HTTPConnection
        line = kind(self._host, timeout=TIMEOUT_SECONDS)
        try:
            line.request(method, path, body or None, self._signed(method, path, body))
            answer = line.getresponse()
            found = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise StoreFailed(f"{method} {name}: {error!r}") from error
        finally:
            line.close()
        if answer.status not in (*MADE, GONE):
            raise StoreFailed(f"{method} {name}: {answer.status}")
        if method == "PUT" and answer.status == GONE:
            raise StoreFailed(f"{method} {name}: no such bucket")
        return answer.status, found

    def _signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        moment = timezone.now().astimezone(UTC)
        headers = {
            "host": self._host,
            "x-amz-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-amz-date": _stamp(moment),
        }
        sign = signature(
            method=method, path=path, headers=headers, region=self._region, secret=self._secret
        )
        who = f"{self._key}/{_stamp(moment)[:8]}/{self._region}/{SERVICE}/{TERMINATOR}"
        names = ";".join(sorted(headers))
        return headers | {
            "authorization": (
                f"AWS4-HMAC-SHA256 Credential={who}, SignedHeaders={names}, Signature={sign}"
            )
        }


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"
