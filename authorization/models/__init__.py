"""Counter transactions that wait for a second person, and all that is decided about them."""

from authorization.models._fallback import Fallback, LocalAuthorizer
from authorization.models._inquiries import Inquiry
from authorization.models._items import Decision, Request
from authorization.models._quality import QualityCase, Review
from authorization.models._rule import AuthRule

__all__ = [
    "AuthRule",
    "Decision",
    "Fallback",
    "Inquiry",
    "LocalAuthorizer",
    "QualityCase",
    "Request",
    "Review",
]
