"""Where the browser stands that tests and benches open pages in.

It is Chromium without its desktop: the same engine (docs/decisions/0226).
"""

from ops_platform.env import BASE

# Debian's own, or the one that bin/prepare unpacked where it may not install.
_UNPACKED = BASE / "var/debian/root/usr/lib/chromium/chromium-headless-shell"
CHROMIUM = _UNPACKED if _UNPACKED.exists() else "/usr/bin/chromium-headless-shell"
