"""Items that wait for a second person; their decisions, holds, messages, rules and quality."""

from authorization.models._inquiries import Inquiry
from authorization.models._items import Decision, Request
from authorization.models._quality import QualityCase, Review
from authorization.models._rule import AuthRule
from authorization.models._talking import Message
from authorization.models._verdict import Verdict

__all__ = [
    "AuthRule",
    "Decision",
    "Inquiry",
    "Message",
    "QualityCase",
    "Request",
    "Review",
    "Verdict",
]
