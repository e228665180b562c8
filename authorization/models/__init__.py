"""Items that wait for a second person and all about them; who is admitted to decide them."""

from authorization.models._admission import Admission, KnownItem
from authorization.models._fallback import Fallback, LocalAuthorizer
from authorization.models._identity import IdCheck
from authorization.models._inquiries import Inquiry
from authorization.models._items import Decision, Request
from authorization.models._late import LateChange
from authorization.models._later_scan import LaterScan, MissingVoucher
from authorization.models._offline import OfflineBook, OfflinePeriod, OfflineSlip
from authorization.models._on_site import OnSite
from authorization.models._opening import Opening, SignUp
from authorization.models._publication import TierPublication
from authorization.models._quality import QualityCase, Review
from authorization.models._receipt import ReceiptPrint
from authorization.models._rule import AuthRule
from authorization.models._screening import Screening
from authorization.models._talking import Message
from authorization.models._tier import TierSet, TierVerdict
from authorization.models._verdict import Verdict

__all__ = [
    "Admission",
    "AuthRule",
    "Decision",
    "Fallback",
    "IdCheck",
    "Inquiry",
    "KnownItem",
    "LateChange",
    "LaterScan",
    "LocalAuthorizer",
    "Message",
    "MissingVoucher",
    "OfflineBook",
    "OfflinePeriod",
    "OfflineSlip",
    "OnSite",
    "Opening",
    "QualityCase",
    "ReceiptPrint",
    "Request",
    "Review",
    "Screening",
    "SignUp",
    "TierPublication",
    "TierSet",
    "TierVerdict",
    "Verdict",
]
