"""The way in for pages and REST."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ops_platform.settings")
application = get_wsgi_application()
