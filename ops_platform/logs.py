"""Logs: one JSON object a line, with request, person, item and job, masked before it is written."""

import logging
import logging.config
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from foundation.kernel import numbering
from foundation.kernel.text import mask_account, mask_id, mask_mobile
from foundation.trail import events as trail

_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")
_ACCOUNT = re.compile(r"(?<!\d)\d(?:[ -]?\d){15,18}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_SECRET_WORDS = ("password", "secret", "token", "authorization", "cookie", "otp")
# Fields made by ourselves; a trace id may look like an account number.
_OURS = frozenset({"timestamp", "level", "logger", "request_id", "job_id", "pid"})
_DEPTH_MAX = 6

Event = MutableMapping[str, Any]


def masked(text: str) -> str:
    """Return the text with account, identity and mobile numbers made unreadable."""
    text = _ID.sub(lambda found: mask_id(found[0]), text)
    text = _ACCOUNT.sub(_account_masked, text)
    return _MOBILE.sub(lambda found: mask_mobile(found[0]), text)


def _account_masked(found: re.Match[str]) -> str:
    """Return the number masked; an item's own number, which is nobody's account, as it is."""
    try:
        numbering.parse_item_number(found[0])
    except numbering.NotAnItemNumber:
        return mask_account(re.sub("[ -]", "", found[0]))
    return found[0]


def mask_event(_logger: Any, _method: str, event: Event) -> Event:
    """Mask every value of a log line; secrets are left out whole."""
    for name, value in event.items():
        if name not in _OURS:
            event[name] = _mask_value(name, value, _DEPTH_MAX)
    return event


def _mask_value(name: str, value: Any, depth: int) -> Any:
    if any(word in name.lower() for word in _SECRET_WORDS):
        return "…"
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        text = str(value)
        return value if masked(text) == text else masked(text)
    if isinstance(value, Mapping) and depth:
        return {str(key): _mask_value(str(key), part, depth - 1) for key, part in value.items()}
    if isinstance(value, list | tuple | set) and depth:
        return [_mask_value("", part, depth - 1) for part in value]
    return masked(str(value))


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(level: str) -> dict[str, Any]:
    """Return Django's LOGGING: all loggers, ours and others', through the same masking renderer."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "ops_platform.logs.formatter"}},
        "handlers": {
            "stream": {
                "class": "logging.StreamHandler",
                "stream": "ext://sys.stdout",
                "formatter": "json",
            }
        },
        "root": {"handlers": ["stream"], "level": level},
        "loggers": {
            "django.server": {"propagate": True, "handlers": []},
            # Said by our own middleware, with the person and the time it took.
            "django.request": {"level": "ERROR"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }


def note_subject(event: trail.Recorded) -> None:
    """Let what is logged of this request or job name what its line on the trail is about."""
    if event.subject:
        structlog.contextvars.bind_contextvars(subject=event.subject)


def formatter() -> logging.Formatter:
    """Return the formatter of every handler: line ends inside a value stay inside it."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_SHARED,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            mask_event,
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
        ],
    )


def configure(logging_settings: dict[str, Any]) -> None:
    """Set logging up; named by the setting LOGGING_CONFIG."""
    logging.captureWarnings(capture="pytest" not in sys.modules)
    logging.config.dictConfig(logging_settings)
    structlog.configure(
        processors=[*_SHARED[:3], *_SHARED[4:], _wrapped],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


_wrapped: Any = structlog.stdlib.ProcessorFormatter.wrap_for_formatter
