"""Every “no” of imaging, by name."""

from foundation.kernel.errors import Refused


class EmptyUpload(Refused):
    """There are no bytes."""

    code = "E5001"
    text = "The file is empty."
    hint = "Scan the page again and choose the new file."


class TooManyBytes(Refused):
    """The file is larger than a page may be."""

    code = "E5002"
    text = "The file has %(megabytes)s MB; a page may have %(allowed)s MB."
    hint = "Scan at 200 dpi as JPEG, or set the camera to a smaller picture."


class NotAnImage(Refused):
    """The first bytes are not those of an allowed format, whatever the name says."""

    code = "E5003"
    text = "The file is not a JPEG, PNG or TIFF image."
    hint = "Save the page as JPEG, PNG or TIFF; renaming a file does not change what it is."


class DamagedImage(Refused):
    """The decoder could not read every pixel."""

    code = "E5004"
    text = "The image is damaged or incomplete."
    hint = "Scan the page again; the file may have been cut off on its way."


class TooManyPixels(Refused):
    """Decoded, the picture would be larger than any page."""

    code = "E5005"
    text = "The image has too many pixels; a page has at most 20 million."
    hint = "Scan at 200 to 300 dpi."


class TooHeavy(Refused):
    """The decoder ran out of the memory or time that one page may take."""

    code = "E5006"
    text = "The image could not be opened within the limits of memory and time."
    hint = "Scan the page again and save it as an ordinary JPEG."


class ManyPages(Refused):
    """One file holds several pages."""

    code = "E5007"
    text = "The file holds several pages."
    hint = "Save each page as a file of its own and add them one by one."


class TooSmall(Refused):
    """There is too little to read."""

    code = "E5008"
    text = "The image is only %(width)s × %(height)s pixels."
    hint = "Scan the page at 200 dpi or more; each side needs at least 64 pixels."


class LinkExpired(Refused):
    """The address of a picture holds for some minutes, for one person in one session."""

    code = "E4130"
    text = "This address of an image has expired, or was given to somebody else."
    hint = "Open the page of the item or of the image again; it shows a fresh one."


class SameImage(Refused):
    """The very same bytes are in the archive already."""

    code = "E5010"
    text = "This image was stored before, on %(day)s for %(subject)s."
    hint = "Scan this item's own page; if it is the right one, say why it is used again."


class StaleRescan(Refused):
    """The page was replaced by another rescan meanwhile."""

    code = "E5011"
    text = "The page was replaced already by a newer scan."
    hint = "Open the document again and replace the newest page."


class NoReason(Refused):
    """A replaced page needs a reason."""

    code = "E5012"
    text = "Say why the page is scanned again."


class ClassNotAllowed(Refused):
    """The person's roles do not cover pages of this class."""

    code = "E5020"
    text = "Your roles do not allow images of this kind."
    hint = "Ask the security administrator if your post needs them."


class EvidenceDamaged(Refused):
    """What is in the store is not what was put there."""

    code = "E5021"
    text = "The stored image no longer matches its fingerprint and is not shown."
    hint = "Tell the system administrator; the page must be restored from the backup."


class UnknownClass(Refused):
    """A page is of a voucher, an identity document or a seal card."""

    code = "E5022"
    text = "There is no image class %(image_class)s."


class UnknownSide(Refused):
    """A page is a front or a back."""

    code = "E5023"
    text = "There is no side %(side)s."


class NotYetCopied(Refused):
    """The worker has not made the copies yet."""

    code = "E5024"
    text = "The page is still being prepared."
    hint = "Try again in a few seconds."
