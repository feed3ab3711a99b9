from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        """People get in by their password. How they sign in is recorded."""
        from audit.actors import ActorType
        from organizations.admins import register_way_in
        from organizations.members import ids_of_people_with_password
        from organizations.web import recording  # noqa: F401

        register_way_in(ActorType.USER, ids_of_people_with_password)
