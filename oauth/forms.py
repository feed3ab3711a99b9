"""What a person fills in before they are sent to GitLab."""

import uuid
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from connections.api.serializers import DESCRIPTION_WORDS, NAME_PATTERN, NAME_RULE, NAME_WORDS
from connections.providers.base import OAuth
from oauth.attempts import Wish
from organizations.access import Principal
from organizations.models import Project
from organizations.roles import Permission

ORGANIZATION = ""


class ConnectForm(forms.Form):
    """A new connection. `urls` are the instances to choose from, `places` the organization and projects."""

    name = forms.CharField(
        max_length=64,
        validators=[RegexValidator(NAME_PATTERN, NAME_RULE)],
        error_messages={"required": NAME_WORDS["blank"], "max_length": NAME_WORDS["max_length"]},
        help_text="Lower-case letters, numbers and hyphens, such as gitlab-platform.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    description = forms.CharField(
        label="Description (optional)",
        max_length=256,
        required=False,
        error_messages=DESCRIPTION_WORDS,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    projectId = forms.ChoiceField(label="Belongs to", required=False)
    instanceUrl = forms.ChoiceField(label="Instance")
    use = forms.ChoiceField(label="Used for")
    returnTo = forms.CharField(required=False, max_length=512, widget=forms.HiddenInput())

    def __init__(
        self, *args: Any, urls: list[str], places: list[tuple[str, str]], oauth: OAuth, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["projectId"] = forms.ChoiceField(label="Belongs to", required=False, choices=places)
        self.fields["instanceUrl"] = forms.ChoiceField(label="Instance", choices=[(url, url) for url in urls])
        self.fields["use"] = use_field(oauth)

    def wish(self) -> Wish:
        """Return what was filled in; the form is valid."""
        filled = self.cleaned_data
        return Wish(
            name=filled["name"],
            description=filled["description"],
            project_id=uuid.UUID(filled["projectId"]) if filled["projectId"] else None,
            instance_url=filled["instanceUrl"],
            use=filled["use"],
        )


class ReconnectForm(forms.Form):
    """New credentials for the connection that is named by `connectionId`."""

    connectionId = forms.UUIDField(widget=forms.HiddenInput())
    use = forms.ChoiceField(label="Used for")
    returnTo = forms.CharField(required=False, max_length=512, widget=forms.HiddenInput())

    def __init__(self, *args: Any, oauth: OAuth, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["use"] = use_field(oauth)

    def wish(self) -> Wish:
        """Return what was filled in; the form is valid."""
        return Wish(use=self.cleaned_data["use"], reconnects=self.cleaned_data["connectionId"])


def use_field(oauth: OAuth) -> forms.ChoiceField:
    choices = [(use.name, f"{use.label} (scopes: {', '.join(use.scopes)})") for use in oauth.uses]
    return forms.ChoiceField(label="Used for", choices=choices, initial=choices[0][0])


def places(principal: Principal) -> list[tuple[str, str]]:
    """Return where the principal may create connections: the organization, its projects, as choices."""
    wanted = Permission.CONNECTIONS_CREATE
    ids = [project_id for project_id in principal.project_roles if wanted in principal.permissions(project_id)]
    projects = Project.objects.filter(pk__in=ids).order_by("name").values_list("id", "name")
    whole = (
        [(ORGANIZATION, "The organization: usable in all projects")]
        if wanted in principal.permissions(None)
        else []
    )
    return whole + [(str(project_id), f"Project {name}") for project_id, name in projects]
