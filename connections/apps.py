from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "connections"

    def ready(self) -> None:
        """Register the system checks."""
        import connections.checks  # noqa: F401
