"""From one slice to the next: the server's time of keying, with a long queue behind it.

Each answer of the desk keeps what was keyed and brings the next slice with its picture, so that
one request is all that a keyer waits for. A thousand slices wait, of pairs of every outlet.
"""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image, ImageDraw

from foundation.imaging import gateways
from foundation.imaging.models import Document, Page
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from monitoring import rules
from monitoring.models import Match
from monitoring.services import entry
from ops_platform.bench import databases
from ops_platform.bench.rows import Row, limited, percentile
from ops_platform.demo import house, seed
from ops_platform.serve import settle

NAME, KEYER = "bench_keying", "219001"
PAIRS, FIELDS = 340, ("amount", "amount_words", "account")
KEYED, WARM_UP, MOST_MS = 200, 10, Decimal(50)
_HELD = re.compile(r'data-slice="(?P<slice>\d+)".*?name="fence" value="(?P<fence>\d+)"', re.DOTALL)


def run() -> list[Row]:
    """Key slice after slice and measure until the next one is on its way to the screen."""
    try:
        databases.copy("bench_empty", NAME)
        databases.use(NAME)
        now = timezone.localtime()
        _found(now)
        settle()
        taken, queries = _keyed()
    finally:
        databases.back()
    case = f"a slice keyed, the next one answered: p95 of {len(taken)}, {queries} queries"
    p95 = percentile(taken, 95).quantize(Decimal("0.1"))
    median = percentile(taken, 50).quantize(Decimal("0.1"))
    return [
        limited(bench="keying", case=case, ours=p95, unit="ms", most=MOST_MS),
        limited(bench="keying", case="  median", ours=median, unit="ms", most=MOST_MS),
    ]


def _keyed() -> tuple[Sequence[Decimal], int]:
    client = Client(HTTP_HOST="127.0.0.1")
    with people.acting_as_system(reason="bench"):
        keyer = Staff.objects.get(number=KEYER)
    client.force_login(keyer, "django.contrib.auth.backends.ModelBackend")
    shown = client.get("/monitoring/entry/").content.decode()
    taken = []
    for _turn in range(WARM_UP + KEYED):
        spent, shown = _once(client, shown)
        taken.append(spent)
    with CaptureQueriesContext(connection) as asked:
        _once(client, shown)
    for query in asked.captured_queries:
        sys.stderr.write(f"{query['time']} s {query['sql'][:160]}\n")
    return taken[WARM_UP:], len(asked)


def _once(client: Client, shown: str) -> tuple[Decimal, str]:
    held = _HELD.search(shown)
    assert held is not None, f"no slice is held: {shown[-500:]}"
    typed = {"value": "120000", "strokes": 7, "milliseconds": 1800, "fence": held["fence"]}
    address = f"/monitoring/key-slice/{held['slice']}/"
    began = time.perf_counter_ns()
    answer = client.post(address, typed, headers={"HX-Request": "true"})
    spent = Decimal(time.perf_counter_ns() - began) / 1_000_000
    assert answer.status_code == 200, answer.content[:500]
    return spent, answer.content.decode()


def _found(now: datetime) -> None:
    """Open the house and put slices of many pairs before its keyers."""
    with people.acting_as_system(reason="bench"):
        founded = now.date() - seed.HOUSE_AGE
        places = seed.open_places(house.OUTLETS_MAX)
        staff = seed.enlist(
            places=places, outlet_count=house.OUTLETS_MAX, secret=people.first_password(),
            on=founded, at=now,
        )  # fmt: skip
        seed.set_policies(staff=staff, on=founded, at=now)
        outlets = [place for place in places.values() if place.kind == "outlet"]
        centre = staff[KEYER].institution
        for turn in range(PAIRS):
            _cut(outlets[turn % len(outlets)], centre, turn, now)


def _cut(place: Institution, centre: Institution, turn: int, now: datetime) -> None:
    on: date = now.date()
    document = Document.objects.create(
        institution=place, subject=f"bench:{turn}", kind="voucher", opened_by="bench", opened_at=now
    )
    page = Page.objects.create(
        institution=place, document=document, seq=1, side="front", image_class="voucher",
        state="read", format="JPEG", size_bytes=1, width_px=100, height_px=100,
        sha256=f"{turn:064x}", looks="", original="bench", stored_by="bench", stored_at=now,
    )  # fmt: skip
    match = Match.objects.create(
        institution=place, business_date=on, journal_no=f"{turn:08}", journal_at=now,
        amount_fen=120_000, document=document, state=rules.OPEN, result=rules.UNREADABLE,
        created_at=now, judged_at=now,
    )  # fmt: skip
    cuts = [entry.Cut(field, page.pk, _picture(f"{turn:05} {field}")) for field in FIELDS]
    entry.make(match_id=match.pk, cuts=cuts, institution_id=centre.pk, at=now)


def _picture(text: str) -> str:
    """Keep the picture of a slice; return its name in the store."""
    sheet = Image.new("L", (420, 60), 245)
    ImageDraw.Draw(sheet).text((12, 18), text, fill=20)
    out = io.BytesIO()
    sheet.save(out, "WEBP")
    data = out.getvalue()
    return gateways.keep_copy(data=data, sha256=gateways.fingerprint(data=data), use="slice")
