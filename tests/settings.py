"""The platform's settings under test: only where the servers are is different."""

import os

# The environment is read once, at import: so the servers are chosen before.
import tests.servers  # noqa: F401

os.environ.setdefault("OPS_SECRET_KEY", "only-for-tests-" + "x" * 40)
os.environ.setdefault("OPS_DEMO", "off")
# Tests side by side keep the processors busy: a reader that gives way would wait for all of them.
os.environ.setdefault("OPS_READING_NICE", "0")

from ops_platform.settings import *  # noqa: F403, TID251

# Whole matrices of calls are made within a minute; the limit has tests of its own.
API_CALLS_A_MINUTE = 1_000_000
# The second factor has tests of its own; elsewhere people are signed in by their session alone.
OPS_TOTP = False
# The network of identity numbers answers by the number's last digits (authorization.gateways).
OPS_ID_NETWORK = "simulator"
OPS_ID_NETWORK_SECONDS = 1
# Static files as they lie in the apps: nothing to collect, and nothing old of a platform run here.
STATIC_ROOT = None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
