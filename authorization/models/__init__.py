"""Counter transactions that wait for a second person, their decisions, holds and rules."""

from authorization.models._inquiries import Inquiry
from authorization.models._items import Decision, Request
from authorization.models._rule import AuthRule

__all__ = ["AuthRule", "Decision", "Inquiry", "Request"]
