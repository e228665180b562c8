"""A batch is killed at random points: every page is read exactly once in effect, nothing is lost.

Worker, its child, broker and database die while files are uploaded, taken apart and read;
CHAOS_SEED repeats an order of kills.
"""

from __future__ import annotations

import os
import random
import re
import signal
import sys
import time
import urllib.parse
from collections.abc import Iterator

import pytest

from tests import chaos
from tests.counter import Client
from tests.factories import batches as factory
from tests.stack import Stack, until

pytestmark = pytest.mark.slow

FILES, SHEETS = 8, 5
KILLS = 2 * ("worker", chaos.CHILD, "redis", "postgres", "web-1")
WHO = """
SELECT s.number, s.institution_id FROM people_staff s
JOIN people_staffrole r ON r.staff_id = s.id WHERE r.role = '{role}' ORDER BY s.number LIMIT 1
"""
PAGES = """
SELECT id FROM imaging_page WHERE document_id IN (
    SELECT id FROM imaging_document WHERE subject = 'imaging.batch:{key}')
"""


def files() -> Iterator[bytes]:
    """Make files of several sheets, each sheet like no other."""
    for _file in range(FILES):
        yield factory.tiff(*(factory.sheet(size=(420, 300)) for _sheet in range(SHEETS)))


def upload(client: Client, path: str, data: bytes, place: int) -> int:
    mark = "----batch"
    head = f'--{mark}\r\nContent-Disposition: form-data; name="scans"; filename="{place}.tif"\r\n'
    body = (
        f"{head}Content-Type: image/tiff\r\n\r\n".encode() + data + f"\r\n--{mark}--\r\n".encode()
    )
    status, _text = client.call(path, body, f"multipart/form-data; boundary={mark}")
    return status


def signed_in(stack: Stack, role: str) -> Client:
    client = Client(stack.address, stack.rows(WHO.format(role=role))[0][0])
    client.sign_in()
    return client


def handed_over(stack: Stack) -> tuple[str, int]:
    """Hand a day over as the outlet does; return the address of the batch and its key."""
    client = signed_in(stack, "outlet_supervisor")
    day = stack.rows("SELECT max(date) FROM ledger_businessday WHERE state = 'open'")[0][0]
    typed = {"business_date": str(day), "sheets": str(FILES * SHEETS)}
    status, text = client.call(
        "/imaging/batches/hand-over/", urllib.parse.urlencode(typed).encode()
    )
    assert status == 200, text
    key = re.search(r"/imaging/batch/(\d+)/", text)
    assert key is not None
    return key.group(0), int(key.group(1))


def test_every_page_is_read_exactly_once_in_effect(stack: Stack) -> None:
    seed = int(os.environ.get("CHAOS_SEED", random.SystemRandom().randrange(10_000)))
    sys.stderr.write(f"CHAOS_SEED={seed}\n")
    chosen, order = random.Random(seed), list(KILLS)
    chosen.shuffle(order)
    path, key = handed_over(stack)
    clerk = signed_in(stack, "audit_lead")

    for place, data in enumerate(files()):
        assert upload(clerk, f"{path}receive/", data, place) == 200
        if order:
            time.sleep(chosen.uniform(0, 1))
            name = order.pop()
            os.kill(until(lambda name=name: chaos.alive(stack, name), what=name), signal.SIGKILL)
    for name in order:
        time.sleep(chosen.uniform(0, 2))
        os.kill(until(lambda name=name: chaos.alive(stack, name), what=name), signal.SIGKILL)
    asked = f"SELECT count(*) FROM imaging_batchfile WHERE batch_id = {key} AND state = 'arrived'"
    until(lambda: answered(stack, asked) == 0, seconds=240, what="the files")
    assert clerk.call(f"{path}end-scan/", b"note=")[0] == 200
    read = f"SELECT count(*) FROM imaging_batch WHERE id = {key} AND read_at IS NOT NULL"
    until(lambda: answered(stack, read) == 1, seconds=240, what="the reading")

    pages = PAGES.format(key=key)
    assert stack.rows(
        "SELECT count(*), count(DISTINCT page_id) FROM imaging_frame"
        f" WHERE batch_id = {key} AND part = 'main'"
    ) == [(FILES * SHEETS, FILES * SHEETS)]
    assert stack.rows(f"SELECT count(*) FROM imaging_page WHERE id IN ({pages})") == [
        (FILES * SHEETS,)
    ]
    assert stack.rows(
        f"SELECT count(*), count(DISTINCT page_id) FROM imaging_reading WHERE page_id IN ({pages})"
    ) == [(FILES * SHEETS, FILES * SHEETS)]
    assert stack.rows("SELECT kind, last_error FROM worklist_job WHERE state = 'dead'") == []


def answered(stack: Stack, question: str) -> int | None:
    """Return the one number of an answer; a database that is being killed says nothing."""
    try:
        return int(stack.rows(question)[0][0])
    except chaos.psycopg2.OperationalError:
        return None
