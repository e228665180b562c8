"""What the shell of every page shows, read only when a template asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from foundation.kernel import scope
from foundation.people.models import Staff
from foundation.people.roles import Permission, permissions_of
from foundation.ui import door, idle, keyboard, menu

THEMES = ("light", "dark")
THEME_COOKIE = "ops_theme"
DENSITY_COOKIE = "ops_density"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A centre in the top bar, as the person sees it."""

    centre: menu.Centre
    places: list[menu.Place]
    waiting: int
    current: bool

    @property
    def told(self) -> str:
        """Return how many wait, as the bar says it."""
        return f"{menu.MOST}+" if self.waiting > menu.MOST else str(self.waiting)

    @property
    def address(self) -> str:
        """Return the landing page: the first that the person may open."""
        return self.places[0].address


def _room(address: str) -> str:
    """Return the app that an address belongs to."""
    return address.strip("/").partition("/")[0].replace("-", "_")


class Shell:
    """The frame of one page for one person; nothing is asked of the database before it is shown."""

    def __init__(self, request: HttpRequest, path: str = "") -> None:
        self._request = request
        self._path = path or request.path

    @cached_property
    def staff(self) -> Staff | None:
        """Return who is signed in; the lock screen still knows."""
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Staff) else None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Return what the person may do, as the door read it, or read now on a page without one."""
        held = getattr(self._request, "permissions", None)
        if held is None and self.staff:
            held = permissions_of(door.entered(self._request, self.staff).roles)
        return held or frozenset()

    @cached_property
    def through(self) -> bool:
        """Return whether the person is let in: nothing is to be done first at the door."""
        return self.staff is not None and door.first(self._request, self.staff) == ""

    @cached_property
    def entries(self) -> list[Entry]:
        """Return the centres of the top bar with what waits in them."""
        room = _room(self._path)
        return [
            Entry(
                centre=centre,
                places=pages,
                waiting=self._waiting(centre.key),
                current=room in {centre.key, *(_room(page.address) for page in pages)},
            )
            for centre, pages in menu.centres(self.permissions)
        ]

    @property
    def here(self) -> Entry | None:
        """Return the centre whose page this is."""
        return next((entry for entry in self.entries if entry.current), None)

    @cached_property
    def keys(self) -> dict[str, str]:
        """Return the key of every action for the person."""
        return keyboard.keys_of(self.staff.own_keys if self.staff else {})

    @cached_property
    def notices(self) -> list[menu.Notice]:
        """Return what the bell tells."""
        known = self.staff and scope.inside()
        return menu.notices(self.staff, self.permissions) if known and self.staff else []

    @cached_property
    def business_date(self) -> date:
        """Return the business date, which is not the wall clock's."""
        today = timezone.localdate()
        known = self.staff and scope.inside()
        return menu.business_date(self.staff, today) if known and self.staff else today

    @property
    def theme(self) -> str:
        """Return light or dark."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else THEMES[0]

    @property
    def density(self) -> str:
        """Return how much room a row takes."""
        return "roomy" if self._request.COOKIES.get(DENSITY_COOKIE) == "roomy" else "compact"

    @property
    def language(self) -> str:
        """Return the language as HTML writes it."""
        return "en" if (get_language() or "").startswith("en") else "zh-CN"

    @property
    def demo(self) -> bool:
        """Return whether all figures are made up."""
        return bool(settings.OPS_DEMO)

    @cached_property
    def idle_seconds(self) -> int:
        """Return after how long without a key or a click the screen is locked."""
        if not self.staff or not scope.inside():
            return idle.IDLE_SECONDS
        return door.idle_seconds(self._request, self.staff)

    @property
    def trace(self) -> str:
        """Return the number that finds this request in the logs."""
        return str(getattr(self._request, "request_id", ""))

    @property
    def mark(self) -> str:
        """Return the watermark of images: who, when, from where."""
        if not self.staff:
            return ""
        where = self._request.META.get("REMOTE_ADDR", "")
        now = f"{timezone.localtime():%Y-%m-%d %H:%M}"
        return f"{self.staff.number} {self.staff.name} {now} {where}".strip()

    def _waiting(self, key: str) -> int:
        if not self.staff or not scope.inside():
            return 0
        return menu.waiting(key, self.staff, self.permissions)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the frame of the page, who is signed in and what they may do."""
    frame = Shell(request)
    return {
        "shell": frame,
        "staff": SimpleLazyObject(lambda: frame.staff),
        "permissions": SimpleLazyObject(lambda: frame.permissions),
    }
