"""The WSGI application that Granian serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from wire.bodies import measured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()
# Import every view now, so that no worker's first request waits for it.
_ = get_resolver().url_patterns

application = measured(django_application)
