"""What a person fills in for a new connection, whichever way it is made."""

from collections.abc import Mapping
from typing import Any

from django import forms

from connections.providers.errors import AddressRefused
from connections.providers.guides import Making
from connections.providers.http import normal_url
from connections.web.forms import CredentialsForm, description_field, name_field
from organizations.access import Principal
from organizations.models import Project
from organizations.roles import Permission
from wire.errors import PermissionDenied

ORGANIZATION = ""
NOWHERE = "You may not create connections in this organization, nor in any of its projects."


def places_for_new(principal: Principal) -> list[tuple[str, str]]:
    """Return where the principal may create connections: the organization, its projects, as choices.

    Raises PermissionDenied when there is no such place.
    """
    wanted = Permission.CONNECTIONS_CREATE
    ids = [project_id for project_id in principal.project_roles if wanted in principal.permissions(project_id)]
    projects = Project.objects.filter(pk__in=ids).order_by("name").values_list("id", "name")
    is_allowed = wanted in principal.permissions(None)
    whole = [(ORGANIZATION, "The organization: usable in all projects")] if is_allowed else []
    places = whole + [(str(project_id), f"Project {name}") for project_id, name in projects]
    if not places:
        raise PermissionDenied(NOWHERE)
    return places


class NewForm(forms.Form):
    """A new connection of an app. `places` are the organization and the projects where it may belong."""

    def __init__(self, *args: Any, app: str, places: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"] = name_field(f"Lower-case letters, numbers and hyphens, such as {app}-platform.")
        self.fields["description"] = description_field()
        self.fields["projectId"] = forms.ChoiceField(label="Belongs to", required=False, choices=places)
        self.order_fields(["name", "description", "projectId"])

    def about(self) -> dict[str, Any]:
        """Return name, description and project, as a service takes them; the form is valid."""
        filled = self.cleaned_data
        return {
            "name": filled["name"],
            "description": filled["description"] or None,
            "project_id": filled["projectId"] or None,
        }


class NewByCredentialsForm(NewForm, CredentialsForm):
    """A new connection by credentials that are typed in."""

    def keep(self, given: Mapping[str, Any], *, only_offered: bool) -> None:
        """Start from what was filled in before, but never from a secret.

        `only_offered` passes over an address that the organization does not know: a link from elsewhere must not
        choose where a secret is sent.
        """
        for name, field in self.fields.items():
            widget = field.widget
            if isinstance(widget, forms.PasswordInput) or widget.value_omitted_from_data(given, {}, name):
                continue
            value = widget.value_from_datadict(given, {}, name)
            if not (only_offered and isinstance(widget, forms.MultiWidget) and value not in self.offered):
                self.initial[name] = value

    def making(self, place: str) -> Making:
        """Return what a guide is asked for; its URL is empty where the address chosen is none."""
        fields = [field for field in self.method.fields if field.public and not field.of_server]
        chosen = {field.name: self[field.name].value() or "" for field in fields}
        url = self[self.provider.server_field.name].value() or ""
        try:
            return Making(normal_url(url), chosen, place)
        except AddressRefused:
            return Making("", chosen, place)
