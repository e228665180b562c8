"""What a process looks at before its work: it does not begin over a database that tells all."""

from __future__ import annotations

import structlog
from django.core import checks
from django.db import Error, connection

from foundation.people.apps import scopes_are_kept

_log = structlog.get_logger("ops.booting")


class ScopesNotKept(SystemExit):
    """The database would show rows of one institution to another; the text says what to do."""


def check_scopes() -> None:
    """Refuse to begin where the database does not keep the scopes; raises ScopesNotKept.

    Over a database that is away the process begins: nothing is shown meanwhile, and the probe
    /readyz asks the same as soon as it is back.
    """
    try:
        found = scopes_are_kept(databases=["default"])
    except Error as away:
        _log.warning("booting.unchecked", error=repr(away))
        return
    finally:
        # No child that is forked hereafter may have it.
        connection.close()
    if found:
        raise ScopesNotKept("\n".join(map(_told, found)))


def _told(fault: checks.CheckMessage) -> str:
    return f"{fault.id}: {fault.msg} {fault.hint}"
