"""What the network of identity numbers may answer, and what may go on after which answer."""

from __future__ import annotations

from dataclasses import dataclass

from foundation.kernel.errors import Refused

MATCH, NAME_DIFFERS, NO_SUCH_NUMBER = "match", "name_differs", "no_such_number"
PHOTO_DIFFERS, NETWORK_DOWN = "photo_differs", "down"


@dataclass(frozen=True)
class IdResult:
    """One answer of the network: its words, and how it looks."""

    code: str
    text: str
    kind: str
    icon: str

    @property
    def good(self) -> bool:
        """Return whether it says that the person is who they say."""
        return self.code == MATCH


ID_RESULTS: dict[str, IdResult] = {
    result.code: result
    for result in (
        IdResult(MATCH, "Agrees", "ok", "check"),
        IdResult(NAME_DIFFERS, "Number exists, name differs", "bad", "x"),
        IdResult(NO_SUCH_NUMBER, "No such number", "bad", "x"),
        IdResult(PHOTO_DIFFERS, "Photo differs", "bad", "x"),
        IdResult(NETWORK_DOWN, "Network not reached", "warn", "alert-triangle"),
    )
}


class IdentityNotChecked(Refused):
    """An account is opened for nobody whose identity was not checked by this teller just now."""

    code = "E2046"
    text = "The customer's identity was not checked, or the check has run out."
    hint = "Check name and number once more, then send."


class NameOnRecordDiffers(Refused):
    """The network knows the number by another name."""

    code = "E2047"
    text = "The identity network has another name for this number."
    hint = "Compare the name with the card, character by character, and check once more."


class NoSuchIdentity(Refused):
    """The network does not know the number."""

    code = "E2048"
    text = "The identity network does not know this number."
    hint = "Compare its 18 characters with the card and check once more."


class PhotoOnRecordDiffers(Refused):
    """The face of the record is another."""

    code = "E2049"
    text = "The photo of the identity network is of somebody else."
    hint = "Do not go on; call your supervisor."


class ManualIdNeeded(Refused):
    """While the network is down, somebody has to say that the document was checked by hand."""

    code = "E2050"
    text = "The identity network was not reached; the document must be checked by hand."
    hint = "Check the document, tick Identity checked by hand, and send; an authorizer looks at it."


_REFUSALS: dict[str, tuple[type[Refused], str]] = {
    NAME_DIFFERS: (NameOnRecordDiffers, "payee_name"),
    NO_SUCH_NUMBER: (NoSuchIdentity, "id_number"),
    PHOTO_DIFFERS: (PhotoOnRecordDiffers, "id_number"),
}


def check_identity(result: str, *, manual_id: bool) -> None:
    """Refuse to go on after an answer that does not let; a network that is down asks for a hand."""
    if result == NETWORK_DOWN and not manual_id:
        raise ManualIdNeeded(field="manual_id")
    if result in _REFUSALS:
        refusal, field = _REFUSALS[result]
        raise refusal(field=field)
