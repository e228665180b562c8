"""The door of every API: strict reading, one permission an address, problems by RFC 9457."""

from foundation.ui.rest._describing import schema_of
from foundation.ui.rest._door import Call, Endpoint, endpoint
from foundation.ui.rest._fields import (
    AccountNumber,
    Base64,
    Choice,
    Day,
    Digits,
    Fen,
    Flag,
    Item,
    Key,
    Named,
    Plain,
    Query,
    SignedFen,
    Whole,
)
from foundation.ui.rest._problems import (
    ADDRESSES,
    answer_of,
    exception_handler,
    fault,
    length_missing,
    not_found,
    too_long,
    unreadable,
)
from foundation.ui.rest._reading import JSON_BYTES_MAX, Images, StrictJson
from foundation.ui.rest._refusals import STATUS, BadAddress, Fault, GateShut, NotThere

__all__ = [
    "ADDRESSES",
    "JSON_BYTES_MAX",
    "STATUS",
    "AccountNumber",
    "BadAddress",
    "Base64",
    "Call",
    "Choice",
    "Day",
    "Digits",
    "Endpoint",
    "Fault",
    "Fen",
    "Flag",
    "GateShut",
    "Images",
    "Item",
    "Key",
    "Named",
    "NotThere",
    "Plain",
    "Query",
    "SignedFen",
    "StrictJson",
    "Whole",
    "answer_of",
    "endpoint",
    "exception_handler",
    "fault",
    "length_missing",
    "not_found",
    "schema_of",
    "too_long",
    "unreadable",
]
