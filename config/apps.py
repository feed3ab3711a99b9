"""The wiring as a Django app, for its management commands."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig


class WiringConfig(AppConfig):
    name = "config"
    default = True


class OperatorPages(SimpleAdminConfig):
    """Django's admin, as `operator_site.py` has it."""

    default_site = "config.operator_site.OperatorSite"

    def ready(self) -> None:
        """Find the `admin.py` of every app."""
        from django.contrib.admin import autodiscover

        super().ready()
        autodiscover()
