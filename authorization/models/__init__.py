"""Counter transactions that wait for a second person, their decisions, holds, rules and quality."""

from authorization.models._inquiries import Inquiry
from authorization.models._items import Decision, Request
from authorization.models._quality import QualityCase, Review
from authorization.models._rule import AuthRule

__all__ = ["AuthRule", "Decision", "Inquiry", "QualityCase", "Request", "Review"]
