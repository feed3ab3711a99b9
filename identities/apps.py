from django.apps import AppConfig


class IdentitiesConfig(AppConfig):
    name = "identities"

    def ready(self) -> None:
        """Machines get in by a way to log in."""
        from audit.actors import ActorType
        from identities.services.identities import ids_with_login
        from organizations.admins import register_way_in

        register_way_in(ActorType.IDENTITY, ids_with_login)
