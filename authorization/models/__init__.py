"""Items that wait for a second person; their decisions, holds, messages, rules and quality."""

from authorization.models._identity import IdCheck
from authorization.models._inquiries import Inquiry
from authorization.models._items import Decision, Request
from authorization.models._opening import Opening, SignUp
from authorization.models._quality import QualityCase, Review
from authorization.models._rule import AuthRule
from authorization.models._talking import Message
from authorization.models._tier import TierSet, TierVerdict
from authorization.models._verdict import Verdict

__all__ = [
    "AuthRule",
    "Decision",
    "IdCheck",
    "Inquiry",
    "Message",
    "Opening",
    "QualityCase",
    "Request",
    "Review",
    "SignUp",
    "TierSet",
    "TierVerdict",
    "Verdict",
]
