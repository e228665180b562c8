"""The words that scripts speak: sent with the page in its language, so that no script holds any."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

WORDS: dict[str, str] = {
    "close": _("Close"),
    "undo": _("Undo"),
    "keysEverywhere": _("Everywhere"),
    "keysHere": _("On this page"),
    "lockSoon": _("No key for a while: the screen locks in {seconds} seconds."),
    "stay": _("Keep working"),
    "wrongPassword": _("The password is not right."),
    "offline": _("No connection to the platform. Nothing was sent; try again."),
    "liveOff": _("Live values paused: asking every 10 seconds."),
    "copied": _("Copied"),
    "sent": _("Already sent. Please wait."),
    "zoomIn": _("Zoom in"),
    "zoomOut": _("Zoom out"),
    "fit": _("Fit to window"),
    "rotateLeft": _("Rotate left"),
    "rotateRight": _("Rotate right"),
    "contrast": _("More contrast"),
    "boxes": _("Show what was read"),
    "compare": _("Side by side"),
    "second": _("Another image beside it"),
    "overlay": _("One image over the other"),
    "linked": _("Move both images together"),
    "unlinked": _("Each image moves by itself"),
    "less": _("Less of the upper image"),
    "more": _("More of the upper image"),
    "blink": _("The one image, then the other"),
    "share": _("Share of the upper image"),
    "timeline": _("Timeline of the image"),
    "images": _("Images"),
    "imageTools": _("Image tools"),
    "imageHelp": _("Image: arrow keys move it."),
    "image": _("Image {number}"),
    "seen": _("seen"),
    "unseen": _("not seen yet"),
    "imageFailed": _("The image cannot be shown. Reload, or report its number."),
    "move": _("Move the image"),
    "notAmount": _("Not an amount: digits with at most two decimals."),
    "choose": _("Choose files"),
    "camera": _("Camera"),
    "shoot": _("Take the picture"),
    "stop": _("Stop the camera"),
    "dropHint": _("or drop files here, or paste with Ctrl V"),
    "remove": _("Remove {name}"),
    "noCamera": _("The camera is not available here (it needs HTTPS). Choose a file instead."),
    "wrongKind": _("{name} is not an image or PDF."),
    "tooLarge": _("{name} is larger than {limit} MB."),
    "seconds": _("of {target} s"),
    "elapsed": _("{seconds} seconds, target {target}"),
    "timeUp": _("The time of this item is up; it goes back to the queue."),
    "up": _("up"),
    "down": _("down"),
}


def spoken() -> dict[str, str]:
    """Return the words in the language of the page."""
    return {key: gettext(text) for key, text in WORDS.items()}
