"""Every page of the urlconf in a real browser, with rows behind it and its dialogs open.

Nobody is shut out (axe, light and dark, Chinese and English), nothing is wider than the desk,
no script fails or is blocked, and what travels is within the budgets of weight. A new page is
opened here by itself; one that nobody can open in this world fails until OPENS says how.
"""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from playwright.sync_api import ConsoleMessage, Page, Response

from authorization import services as authorization
from authorization.models import Request
from foundation.imaging import tasks as imaging_tasks
from foundation.imaging.models import Page as Scan
from foundation.ledger import services as ledger
from foundation.people import services as people_services
from foundation.people.models import Staff
from foundation.people.roles import ROLES, permissions_of
from ops_platform import verifying
from tests.architecture import tidy
from tests.architecture.test_permissions import HOME_OF, Place, addresses, place
from tests.browser import AXE_SOURCE, BACKEND, Part, axe, ready
from tests.factories import authorization as factory
from tests.factories import monitoring, people, rules

pytestmark = pytest.mark.slow

WORK_BYTES, CHART_BYTES, OWN_SCRIPT_BYTES = 150_000, 300_000, 25_000
OPEN = {200, 423}  # 423 is the page that a locked screen shows
ON_THE_DAY = f"first={people.DAY}&last={people.DAY}"


@dataclass(frozen=True)
class World:
    """A branch at work: three outlets with one of everything, and one person of each role."""

    places: list[Place]
    people: dict[str, Staff]
    returned: Request
    posted: Request
    asked: Request
    on_site: Request
    unscanned: Request
    clients: dict[Staff | None, Client] = field(default_factory=dict)

    def client(self, person: Staff | None) -> Client:
        """Return a client as which the person is signed in."""
        if person not in self.clients:
            self.clients[person] = Client()
            if person:
                self.clients[person].force_login(person, backend=BACKEND)
        return self.clients[person]

    def holding(self, permission: str | None) -> Iterator[Staff | None]:
        """Return who may open a page, nobody first where anyone may."""
        if permission is None:
            yield None
        for role, person in self.people.items():
            if permission is None or permission in map(str, permissions_of([role])):
                yield person


# Pages that need another address than that of a waiting item, or a question that finds rows.
OPENS: dict[str, Callable[[World], str]] = {
    "authorization:correct": lambda world: reverse(
        "authorization:correct", args=[world.returned.number]
    ),
    "authorization:answer": lambda world: reverse(
        "authorization:answer", args=[world.asked.number]
    ),
    "authorization:receipt": lambda world: reverse(
        "authorization:receipt", args=[world.posted.number]
    ),
    "authorization:on_site_item": lambda world: reverse(
        "authorization:on_site_item", args=[world.on_site.number]
    ),
    "authorization:scan": lambda world: reverse(
        "authorization:scan", args=[world.unscanned.number]
    ),
    "authorization:missing": lambda world: reverse(
        "authorization:missing", args=[world.unscanned.number]
    ),
    "ledger:accounts": lambda _world: f"{reverse('ledger:accounts')}?text=客户",
    "ledger:export": lambda world: reverse("ledger:export", args=[asked_file(world)]),
    "ledger:journal": lambda _world: f"{reverse('ledger:journal')}?{ON_THE_DAY}",
    "monitoring:trace": lambda world: reverse(
        "monitoring:trace", args=[world.places[0].institution.pk], query=two_alone(world)
    ),
    "trail:look": lambda _world: reverse("trail:look", args=[kept_look()]),
    "ui:home": lambda _world: f"{reverse('ui:home')}?stay",
    "ui:gallery": lambda _world: f"{reverse('ui:gallery')}?bad",
}
OTHERS = {"the page that is not there": "/no/", "an empty list": "/ledger/accounts/?text=x"}


def kept_look() -> int:
    """Look through the books once, so that there is a report."""
    with people_services.acting_as_system(reason="test"):
        looked = verifying.look()
        return verifying.keep(looked, ended_at=people.NOON).pk


def two_alone(world: World) -> dict[str, object]:
    """Let a voucher stand alone, and choose it with a line that does."""
    at = world.places[0]
    with people_services.acting_as_system(reason="test"):
        counter = monitoring.Counter(at.institution, "", at.account)
        stray = monitoring.alone(counter, at.teller, amount="¥1.00", account=at.account)
        _make_copies(stray.document.pages.get().pk)
    return {"on": people.DAY, "stray": stray.pk, "line": at.match.pk}


def asked_file(world: World) -> UUID:
    """Let the teller have asked for a long file."""
    teller = world.people["teller"]
    with people_services.acting(staff=teller):
        export = ledger.ask_export(
            key=uuid4(), kind="journal", asked={}, title="流水", at=people.NOON, by=teller
        )
    return export.key


@dataclass
class Findings:
    """What is wrong with the screens."""

    faults: list[str] = field(default_factory=list)
    shapes: set[tuple[str, int]] = field(default_factory=set)
    where: str = ""

    def add(self, what: str) -> None:
        self.faults.append(f"{self.where} {what}")

    def watch(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("response", self._answered)

    def _said(self, said: ConsoleMessage) -> None:
        # Answers are judged below; a page that is left takes its unanswered requests along.
        told = said.text.startswith("Failed to load resource") or "AbortError" in said.text
        if said.type == "error" and not told:
            self.add(said.text)

    def _answered(self, answer: Response) -> None:
        asked = answer.request
        if answer.status >= 400 and not asked.is_navigation_request():
            self.add(f"{asked.method} {answer.url}: {answer.status}")


@pytest.fixture
def world(live: Any, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    settings.OPS_DEMO = True
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager", name="周明")
        people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
        staff = {
            role: people.staff(getattr(bank, HOME_OF[min(ROLES[role].institution_kinds)]), role,
                               grade=5)
            for role in ROLES
        }  # fmt: skip
        counter = factory.counter(bank)
        factory.open_day(bank.elsewhere)
        returned = _decided(counter, staff, "return", "A01")
        posted = _decided(counter, staff, "approve")
        asked = _asked(counter, staff)
        outlets = (bank.outlet, bank.sibling, bank.elsewhere)
        places = [place(bank, outlet, outlet.name) for outlet in outlets]
        monitoring.difference(monitoring.counter(bank.outlet), places[0].teller)
        on_site, unscanned = _on_site(counter, staff), _unscanned(counter, staff)
        for scan in Scan.objects.all():
            _make_copies(scan.pk)
    return World(places, staff, returned, posted, asked, on_site, unscanned)


def _make_copies(page_id: int) -> None:
    commit = imaging_tasks.make_copies(page_id=page_id)
    if commit:
        commit()


def _asked(counter: factory.Counter, staff: dict[str, Staff]) -> Request:
    """Put an item on hold to ask its teller for an image."""
    factory.sent(staff["teller"], factory.withdrawal(counter))
    held = authorization.open_next(authorizer=staff["auth_lead"], at=people.NOON)
    assert held
    return authorization.hold(
        number=held.number, kind="rescan", question="请补扫背面", fence=held.opened_fence,
        authorizer=staff["auth_lead"], at=people.NOON,
    ).request  # fmt: skip


def _on_site(counter: factory.Counter, staff: dict[str, Staff]) -> Request:
    """Let a transfer wait for somebody of its outlet, who opened it."""
    said = rules.plain("1101", amount_from_fen=1, outlet_levels=1)
    rules.in_force(said, institution=counter.outlet)
    item = factory.sent(staff["teller"], factory.transfer(counter))
    authorization.look(number=item.number, by=staff["outlet_supervisor"], at=people.NOON)
    return item


def _unscanned(counter: factory.Counter, staff: dict[str, Staff]) -> Request:
    """Post a deposit whose voucher follows."""
    said = rules.plain("1001", scan_mode="later", rescan_minutes=30)
    rules.in_force(said, institution=counter.outlet)
    return authorization.submit(
        key=uuid4(), order=factory.deposit(counter), teller=staff["teller"], at=people.NOON
    )


def _decided(counter: factory.Counter, staff: dict[str, Staff], step: str, *why: str) -> Request:
    sent = factory.sent(staff["teller"], factory.withdrawal(counter))
    held = authorization.open_next(authorizer=staff["auth_lead"], at=people.NOON)
    assert held
    assert held.pk == sent.pk
    return authorization.decide(
        number=held.number, step=step, shown=held.content_hash, fence=held.opened_fence,
        decider=staff["auth_lead"], at=people.NOON, reasons=why,
    )  # fmt: skip


def screens(world: World) -> Iterator[tuple[str, Staff | None, str]]:
    """Return each page with a person whom it opens to, found by asking."""
    for name, page, usual, _bound in addresses(world.places[0]):
        if name.startswith("api_") or _acts(page):
            continue
        address = OPENS[name](world) if name in OPENS else usual
        person, status = _opener(page, address, world)
        if status == 405:
            continue  # it only takes what is sent to it
        assert status in OPEN, f"{name}: say in OPENS how it is opened; {address} answers {status}"
        yield name, person, address
    for name, address in OTHERS.items():
        yield name, world.people["audit_lead"], address


def _acts(page: URLPattern) -> bool:
    return bool(getattr(page.callback, "is_action", False))


def _opener(page: URLPattern, address: str, world: World) -> tuple[Staff | None, int]:
    status = 0
    for person in world.holding(getattr(page.callback, "permission", None)):
        answer = world.client(person).get(address, HTTP_USER_AGENT="Chrome/120")
        status = answer.status_code
        if status in OPEN and "html" in answer["Content-Type"]:
            return person, status
    return None, status


LANGUAGES = ("zh-hans", "en")
LIVE = "*/live/?*"  # not served in tests


@pytest.mark.usefixtures("uncopied")
def test_no_page_shuts_anybody_out_breaks_or_is_heavy(world, browse, live):
    findings, page = Findings(), browse(None)
    # Asked of the browser: Playwright's own routes would keep it from keeping files.
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setBlockedURLs", {"urls": [LIVE]})
    page.add_init_script(AXE_SOURCE)
    findings.watch(page)
    for name, person, address in screens(world):
        page.context.clear_cookies(name="ops_session")
        if person:
            session = world.client(person).cookies["ops_session"].value
            page.context.add_cookies([{"name": "ops_session", "value": session, "url": live.url}])
        for language in LANGUAGES:
            spoken = {"name": "ops_language", "value": language, "url": live.url}
            page.context.add_cookies([spoken])
            findings.where = f"{name} ({language})"
            look(page, address, findings)

    assert not findings.faults, "\n".join(findings.faults)


def look(page: Page, address: str, findings: Findings) -> None:
    answer = page.goto(address)
    ready(page)
    judge(page, findings)
    told = page.evaluate(TOLD)
    for fault in told["wide"]:
        findings.add(f"wider than the desk: {fault}")
    assert answer
    sent = answer.request.sizes()["responseBodySize"]
    assert 0 < sent < told["length"], "the page was not packed"
    for fault in weights(told["loaded"], sent):
        findings.add(fault)
    for dialog in told["dialogs"]:
        page.evaluate("id => document.getElementById(id).showModal()", dialog)
        judge(page, findings, f"#{dialog}")
        page.evaluate("id => document.getElementById(id).close()", dialog)


def judge(page: Page, findings: Findings, part: str = "") -> None:
    """Ask axe by all its rules; by those that look at colours in both themes, once a shape.

    What has one shape has the same colours in the same theme, whatever its texts say: of many alike
    in a row, three are looked at. What a page is about and the frame around it are parts of their
    own, since a frame is that of many pages.
    """
    shapes = page.evaluate(SHAPES, [part or MATTER, valued()])
    for fault in axe(page, part=part, but=COLOURS):
        findings.add(f"light {part}: {fault}")
    parts: list[Part] = [{"include": part or MATTER, "exclude": [ALIKE]}]
    parts += [] if part else [{"exclude": [MATTER, ALIKE]}]
    seen = {(str(one), hash(shape)): one for one, shape in zip(parts, shapes, strict=False)}
    new = [one for key, one in seen.items() if key not in findings.shapes]
    findings.shapes.update(seen)
    for theme, one in itertools.product(("light", "dark"), new):
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        for fault in axe(page, part=one, only=COLOURS):
            findings.add(f"{theme} {part}: {fault}")


MATTER, ALIKE = "main", "[data-alike]"
COLOURS = ("color-contrast", "link-in-text-block")
# All that a style sheet can tell elements apart by, and where text stands; not what it says. Of a
# link also whether the text around it is longer, which axe asks before it looks at its colour. Of
# what stands in a part, also all that it stands in. Marks what is as two before and one after it.
SHAPES = """([part, valued]) => {
    document.documentElement.dataset.bsTheme = "light";
    const length = nodes => nodes.reduce((sum, node) => sum + node.textContent.trim().length, 0);
    const beside = link => {
        const box = link.closest("p, li, td, th, dd, div, section, main, body");
        const links = length([...box.querySelectorAll("a")]);
        return length([box]) - links > links;
    };
    const marks = node => [...node.attributes].filter(one => one.name !== "data-alike")
        .map(one => valued.includes(one.name) ? `${one.name}=${one.value}` : one.name).sort();
    const said = node => [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim());
    const inner = document.querySelector(part);
    const head = node => [node.localName, ...marks(node)];
    const below = node => {
        const shapes = [...node.children].map(shape);
        shapes.forEach((one, place) => {
            const second = shapes.indexOf(one, shapes.indexOf(one) + 1);
            if (0 < second && second < place && place < shapes.lastIndexOf(one))
                node.children[place].dataset.alike = "";
        });
        return [said(node), "(", ...shapes, ")"];
    };
    const shape = node => node === inner ? "" :
        [...head(node), node.localName === "a" && beside(node), ...below(node)].join(" ");
    const within = [];
    for (let node = inner; node; node = node.parentElement) within.push(...head(node));
    return [[...within, ...below(inner)].join(" "), shape(document.documentElement)];
}"""
ON_SCREEN = [
    one
    for one in tidy.ROOT.glob("*/**/static/**/*.css")
    if one.name != "print.css" and one.relative_to(tidy.ROOT).parts[0] != "var"
]


@cache
def valued() -> list[str]:
    """Return the attributes whose value a style sheet may ask for."""
    asked = (re.findall(r"\[([\w-]+)[~|^$*]?=", one.read_text()) for one in ON_SCREEN)
    return sorted({"class", "style", *itertools.chain(*asked)})


def test_no_language_has_colours_of_its_own():
    """Otherwise one shape would not be one look in both languages."""
    told = "".join(one.read_text() for one in ON_SCREEN)
    rules = re.findall(r":lang\([^{}]*\{([^}]*)\}", told)
    named = {part.partition(":")[0].strip() for rule in rules for part in rule.split(";")}

    assert named <= {"display", "flex-wrap", "row-gap", "width"}
    assert "class" in valued()
    assert "data-bs-theme" in valued()


TOLD = """() => ({
    wide: document.documentElement.scrollWidth <= innerWidth ? [] :
        [...document.querySelectorAll('main *')]
        .filter(node => node.getBoundingClientRect().right > innerWidth)
        .slice(0, 3).map(node => node.outerHTML.slice(0, 160)),
    loaded: performance.getEntriesByType('resource').map(entry => entry.name),
    length: document.documentElement.outerHTML.length,
    dialogs: [...document.querySelectorAll('main dialog')].map(dialog => dialog.id),
})"""


@cache
def packed(address: str) -> int:
    """Return the bytes that travel for a static file once collected; fonts are packed already."""
    data = b"".join(Client().get(urlsplit(address).path).streaming_content)
    return len(data) if address.endswith("woff2") else len(gzip.compress(data))


def weights(loaded: list[str], sent: int) -> Iterator[str]:
    """Tell what is heavier than its budget on a first visit: files, and the page as it was sent."""
    static = {one for one in loaded if urlsplit(one).path.startswith("/static/")}
    scripts = {one for one in static if one.endswith(".js") and "/vendor/" not in one}
    most = CHART_BYTES if any("echarts" in one for one in static) else WORK_BYTES
    whole = sum(map(packed, static)) + sent
    own = sum(map(packed, scripts))
    if whole > most:
        yield f"weighs {whole} of {most} bytes"
    if own > OWN_SCRIPT_BYTES:
        yield f"loads {own} of {OWN_SCRIPT_BYTES} bytes of scripts"
    assert scripts, "the browser told nothing of what it loaded"
