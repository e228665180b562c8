"""Databases beside one another on the same server, and which of them this process speaks to."""

from __future__ import annotations

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ops_platform.env import env
from ops_platform.stack import roles

_ALIAS = "default"
_opened: dict[str, BaseDatabaseWrapper] = {}


def copy(template: str, name: str) -> None:
    """Make a database as a copy of another, to which nobody may be connected meanwhile."""
    for known in (template, name):
        if known in _opened:
            _opened[known].close()
    connections[_ALIAS].close()
    maintenance = roles.with_database(env.dsn("owner"), "postgres")
    roles.clone(maintenance, template=template, name=name)


def owner(name: str) -> str:
    """Return the owner's address of a database."""
    return roles.with_database(env.dsn("owner"), name)


def back() -> None:
    """Close what was opened here, and let Django speak to its own database again."""
    for opened in _opened.values():
        opened.close()
    _opened.clear()
    connections[_ALIAS] = connections.create_connection(_ALIAS)


def use(name: str) -> None:
    """Let Django speak to the database from now on; connections to the others stay open."""
    if name not in _opened:
        opened = connections.create_connection(_ALIAS)
        opened.settings_dict = {**opened.settings_dict, "NAME": name}
        _opened[name] = opened
    connections[_ALIAS] = _opened[name]


def use_in_thread(name: str) -> None:
    """Let Django speak to the database from this thread, by a connection of its own."""
    opened = connections.create_connection(_ALIAS)
    opened.settings_dict = {**opened.settings_dict, "NAME": name}
    connections[_ALIAS] = opened
