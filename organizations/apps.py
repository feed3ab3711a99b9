from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    name = "organizations"

    def ready(self) -> None:
        """People get in by their password."""
        from audit.actors import ActorType
        from organizations.admins import register_way_in
        from organizations.members import ids_of_people_with_password

        register_way_in(ActorType.USER, ids_of_people_with_password)
