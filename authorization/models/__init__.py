"""Counter transactions that wait for a second person, their decisions, holds, rules and quality."""

from authorization.models._identity import IdCheck
from authorization.models._inquiries import Inquiry
from authorization.models._items import Decision, Request
from authorization.models._opening import Opening, SignUp
from authorization.models._quality import QualityCase, Review
from authorization.models._rule import AuthRule

__all__ = [
    "AuthRule",
    "Decision",
    "IdCheck",
    "Inquiry",
    "Opening",
    "QualityCase",
    "Request",
    "Review",
    "SignUp",
]
