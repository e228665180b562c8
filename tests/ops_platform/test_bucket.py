"""Images in a bucket that speaks S3: signed as it expects, written once, missed when gone."""

import hashlib
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.core.files.storage import default_storage, storages

from foundation.imaging import gateways, rules
from ops_platform import bucket as buckets
from ops_platform import knobs
from ops_platform.env import Env, WrongEnvironment

KEY, SECRET, REGION = (
    "AKIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "us-east-1",
)
EMPTY = hashlib.sha256(b"").hexdigest()


class Bucket(BaseHTTPRequestHandler):
    """A store of one bucket in memory, which believes only what is signed with its secret."""

    objects: dict[str, bytes] = {}
    puts: list[str] = []
    broken = False

    def _asked(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        (given,) = re.finditer(
            r"SignedHeaders=(\S+), Signature=(\w+)", self.headers["authorization"]
        )
        headers = {name: self.headers[name] for name in given[1].split(";")}
        sign = buckets.signature(
            method=self.command, path=self.path, headers=headers, region=REGION, secret=SECRET
        )
        whole = headers["x-amz-content-sha256"] == hashlib.sha256(body).hexdigest()
        if self.broken:
            return self._answer(503)
        if sign != given[2] or not whole:
            return self._answer(403)
        if self.command == "PUT":
            self.puts.append(self.path)
            self.objects[self.path] = body
            return self._answer(200)
        if self.command == "DELETE":
            self.objects.pop(self.path, None)
            return self._answer(204)
        found = self.objects.get(self.path)
        return self._answer(404) if found is None else self._answer(200, found)

    do_GET = do_HEAD = do_PUT = do_DELETE = _asked  # noqa: N815

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Keep silent."""


@pytest.fixture
def bucket(settings):
    store = type("Own", (Bucket,), {"objects": {}, "puts": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), store)
    Thread(target=server.serve_forever, daemon=True).start()
    options = {
        "endpoint": f"http://127.0.0.1:{server.server_port}", "bucket": "vouchers",
        "region": REGION, "key": KEY, "secret": SECRET,
    }  # fmt: skip
    backend = "ops_platform.bucket.BucketStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}
    yield store
    server.shutdown()
    server.server_close()


def test_the_signature_is_that_of_the_published_example():
    headers = {
        "host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9",
        "x-amz-content-sha256": EMPTY, "x-amz-date": "20130524T000000Z",
    }  # fmt: skip

    assert buckets.signature(
        method="GET", path="/test.txt", headers=headers, region=REGION, secret=SECRET
    ) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"  # fmt: skip


def test_an_original_is_kept_under_its_fingerprint_and_written_once(bucket):
    names = {gateways.keep_original(data=b"pixels", kind="PNG") for _time in range(2)}

    (name,) = names
    assert bucket.puts == [f"/vouchers/{name}"]
    sha256 = hashlib.sha256(b"pixels").hexdigest()
    assert gateways.original(name=name, sha256=sha256) == b"pixels"


def test_a_picture_is_lent_to_the_reader_from_a_folder_that_nobody_else_opens(
    bucket, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    name = gateways.keep_original(data=b"blank form", kind="PNG")

    lent = {Path(gateways.file_of(name=name)) for _time in range(2)}

    (path,) = lent
    assert path.parent == tmp_path / "passing"
    assert path.read_bytes() == b"blank form"
    assert path.parent.stat().st_mode & 0o077 == 0


def test_what_is_gone_or_changed_is_refused(bucket):
    name = gateways.keep_original(data=b"pixels", kind="PNG")
    bucket.objects[f"/vouchers/{name}"] = b"others"
    with pytest.raises(rules.EvidenceDamaged):
        gateways.original(name=name, sha256=hashlib.sha256(b"pixels").hexdigest())

    default_storage.delete(name)

    assert not default_storage.exists(name)
    with pytest.raises(rules.EvidenceDamaged):
        gateways.copy(name=name)


def test_a_wrong_secret_or_a_store_out_of_order_is_a_failure_not_an_absence(bucket):
    bucket.broken = True
    with pytest.raises(buckets.StoreFailed, match="503"):
        gateways.keep_original(data=b"pixels", kind="PNG")
    bucket.broken = False
    storages["default"]._secret = "another"  # noqa: SLF001
    with pytest.raises(buckets.StoreFailed, match="403"):
        default_storage.exists("original/x")


def test_a_store_that_is_not_there_is_a_failure(settings):
    store = buckets.BucketStorage(
        endpoint="http://127.0.0.1:9",
        bucket="b",
        region=REGION,
        key="k",
        secret="s",
    )

    with pytest.raises(buckets.StoreFailed):
        store.exists("x")


def test_a_bucket_is_named_by_one_knob():
    text = "https://key:se%2Fcret@s3.bank.example:9000/vouchers?region=cn-north-1"

    assert knobs.bucket_parts(Env.load({"OPS_S3_URL": text}).bucket_url) == {
        "endpoint": "https://s3.bank.example:9000", "bucket": "vouchers", "region": "cn-north-1",
        "key": "key", "secret": "se/cret",
    }  # fmt: skip
    for wrong in ("s3.bank.example", "https://s3.bank.example/vouchers", "ftp://k:s@h/b"):
        with pytest.raises(WrongEnvironment, match="OPS_S3_URL"):
            Env.load({"OPS_S3_URL": wrong})
