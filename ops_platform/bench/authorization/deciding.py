"""From the key to the next item: an authorizer at a queue of 200 approves, in a real browser.

The server is a process of its own, as it is in earnest; the key is pressed and the frames are
counted in the browser, so that nothing of this process is in the figures. Then without a browser:
from a decision sent to the answer with the next item, alone; `crowd` measures the same in a crowd.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, sync_playwright

from foundation.people.models import Staff
from foundation.people.services import acting_as_system
from foundation.policy.models import Policy
from ops_platform.bench import databases
from ops_platform.bench.authorization import clients
from ops_platform.bench.bank import Wanted, found, play
from ops_platform.bench.rows import Row, limited, percentile
from ops_platform.browser import CHROMIUM
from ops_platform.env import BASE
from ops_platform.stack import roles
from ops_platform.stack.children import spawn, wait_or_kill

NAME = "bench_desk"
ITEMS, ROUNDS, WARM_UP = 200, 60, 10
PAINTED_MS, PICTURE_MS, NEXT_MS = Decimal(300), Decimal(250), Decimal(50)
AUTHORIZER = "210020"
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_START_SECONDS = 60

# The moment of the key, of the second frame after another item stands there, and of its image.
_WATCH = """() => {
    const held = document.getElementById("item").dataset.item;
    const frames = () => new Promise(go => requestAnimationFrame(() => requestAnimationFrame(go)));
    let began = 0;
    addEventListener("keydown", () => { began = performance.now(); }, {capture: true, once: true});
    window.measured = new Promise(done => {
        const look = async () => {
            const item = document.getElementById("item");
            if (!began || !item || item.dataset.item === held) return setTimeout(look, 1);
            await frames();
            const painted = performance.now() - began;
            const image = () => document.querySelector("ops-viewer .op-stage img");
            while (!(image()?.complete && image().naturalWidth)) {
                await new Promise(go => setTimeout(go, 2));
            }
            await frames();
            done([painted, performance.now() - began]);
        };
        look();
    });
}"""


def run() -> list[Row]:
    """Make the queue, start a server on it, and press the key until the figures are there."""
    try:
        prepare()
        session = _session()  # asked for before the browser's loop runs in this thread
        with serving() as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
            page = browser.new_page(viewport={"width": 1366, "height": 768})
            page.context.add_cookies([{"name": "ops_session", "value": session, "url": address}])
            took = pressed(page, address)
            browser.close()
            nexts = answered(address, session)
        painted, pictures = ([one[place] for one in took] for place in (0, 1))
        return [
            _row("the next item painted", painted, PAINTED_MS),
            _row("its first image on the screen", pictures, PICTURE_MS),
            *decide_to_next("alone", nexts),
        ]
    finally:
        databases.back()


def prepare() -> None:
    """Let 200 transfers wait, their images copied; no cap of pairs ends the measuring."""
    now = timezone.localtime()
    databases.copy("bench_empty", NAME)
    databases.use(NAME)
    found(now=now)
    with acting_as_system(reason="bench"):
        said = Policy.objects.get(code="authorization.pair_hour_most")
        Policy.objects.create(
            code=said.code,
            value="1000",
            valid_from=now.date(),
            proposed_by=said.proposed_by,
            proposed_at=said.proposed_at,
            approved_by=said.approved_by,
            approved_at=said.approved_at,
        )
    waiting = [Wanted("wait", (20 + place) * 1_000_000) for place in range(ITEMS)]
    play(waiting, on=now.date(), at=now)


@contextmanager
def serving() -> Iterator[str]:
    """Serve the bank by a process of its own for the length of a block; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environ = os.environ | {
        "DATABASE_URL": roles.with_database(os.environ["DATABASE_URL"], NAME),
        "OPS_PORT": str(port),
    }
    address = f"http://127.0.0.1:{port}"
    with (Path(os.environ["OPS_VAR"]) / "desk.log").open("ab") as log:
        command = [sys.executable, "-W", "ignore", "-m", "ops_platform.serve"]
        child = spawn(command, log=log, folder=BASE, environ=environ)
    try:
        _wait_for(address)
        yield address
    finally:
        child.terminate()
        wait_or_kill(child, seconds=20)


def pressed(page: Page, address: str) -> list[tuple[Decimal, Decimal]]:
    """Approve again and again; return the milliseconds to the item and to its image, warmed up."""
    page.goto(f"{address}/authorization/workbench/")
    page.wait_for_selector("#item ops-viewer img")
    found = []
    for _ in range(WARM_UP + ROUNDS):
        page.wait_for_timeout(400)  # a person looks; the pictures of the next are fetched
        page.evaluate(_WATCH)
        page.keyboard.press("F9")
        painted, picture = page.evaluate("() => window.measured")
        found.append((_ms(painted), _ms(picture)))
    return found[WARM_UP:]


def answered(address: str, session: str) -> list[Decimal]:
    """Approve without a browser; return the milliseconds to the answer, warmed up."""
    line, took = clients.Line(address.removeprefix("http://"), session), []
    page = line.get("/authorization/workbench/")
    for _ in range(WARM_UP + ROUNDS):
        item = clients.on_desk(page)
        assert item is not None, "there are items enough"
        began = time.monotonic()
        page = line.approve(item)
        took.append(_ms(1000 * (time.monotonic() - began)))
    line.close()
    return took[WARM_UP:]


def decide_to_next(where: str, took: list[Decimal]) -> list[Row]:
    """Return the rows of how long the answer to a decision took, which brings the next item."""
    return [
        limited(
            bench="authorization", case=f"decide to next, {where}, p{part} of {len(took)}",
            ours=percentile(took, part), unit="ms", most=NEXT_MS,
        )
        for part in (50, 95)
    ]  # fmt: skip


def _session() -> str:
    client = Client()
    with acting_as_system(reason="bench"):
        staff = Staff.objects.get(number=AUTHORIZER)
    client.force_login(staff, "django.contrib.auth.backends.ModelBackend")
    return client.cookies["ops_session"].value


def _wait_for(address: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            urlopen(f"{address}/people/sign-in/", timeout=5).close()  # noqa: S310
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


def _ms(value: Any) -> Decimal:
    return Decimal(value).quantize(Decimal("0.1"))


def _row(what: str, took: list[Decimal], most: Decimal) -> Row:
    middle = percentile(took, 50)
    case = f"F9 to {what}, p95 of {len(took)} (p50 {middle} ms)"
    return limited(
        bench="authorization", case=case, ours=percentile(took, 95), unit="ms", most=most
    )
