"""What a person fills in before they are sent to GitLab."""

import uuid
from typing import Any

from django import forms

from connections.providers.base import OAuth
from connections.web.new_forms import NewForm
from oauth.attempts import Wish


class ConnectForm(NewForm):
    """A new connection. `urls` are the instances to choose from."""

    returnTo = forms.CharField(required=False, max_length=512, widget=forms.HiddenInput())

    def __init__(self, *args: Any, urls: list[str], oauth: OAuth, **more: Any) -> None:
        super().__init__(*args, **more)
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
