from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "connections"

    def ready(self) -> None:
        """Register the system checks, and what happens when a project goes."""
        import connections.cascade
        import connections.checks  # noqa: F401
