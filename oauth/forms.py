"""What a person fills in before they are sent to a server."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms

from connections.providers.base import Candidate, Method, Provider
from connections.providers.journeys import Use
from connections.web.new_forms import NewForm
from oauth.attempts import Wish


class ConnectForm(NewForm):
    """A new connection by a method that goes through a browser. `urls` are the instances to choose from."""

    returnTo = forms.CharField(required=False, max_length=512, widget=forms.HiddenInput())

    def __init__(self, *args: Any, provider: Provider, urls: list[str], method: Method, **more: Any) -> None:
        super().__init__(*args, app=provider.app, **more)
        self.method = method
        label, choices = provider.server_field.label, [(url, url) for url in urls]
        self.fields["instanceUrl"] = forms.ChoiceField(label=label, choices=choices)
        self.fields["use"] = use_field(method)

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
    returnTo = forms.CharField(required=False, max_length=512, widget=forms.HiddenInput())

    def __init__(self, *args: Any, method: Method, **more: Any) -> None:
        super().__init__(*args, **more)
        self.method = method
        self.fields["use"] = use_field(method)

    def wish(self) -> Wish:
        """Return what was filled in; the form is valid."""
        return Wish(use=self.cleaned_data["use"], reconnects=self.cleaned_data["connectionId"])


class ChoiceForm(forms.Form):
    """One of what was offered; none of them is chosen for the person."""

    def __init__(self, *args: Any, label: str, offered: Sequence[Candidate], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(str(number), each.label) for number, each in enumerate(offered)]
        words = {"required": "Choose one of them."}
        self.fields["number"] = forms.ChoiceField(
            label=label, choices=choices, widget=forms.RadioSelect(), error_messages=words
        )

    @property
    def number(self) -> int:
        """The place of what was chosen among what was offered; the form is valid."""
        return int(self.cleaned_data["number"])


def use_field(method: Method) -> forms.ChoiceField:
    """Return the choice of what a method that goes through a browser is used for; hidden where there is but one."""
    if method.oauth is None:
        raise ValueError(f"{method.name} does not go through a browser")
    choices = [(use.name, _label(use)) for use in method.oauth.uses]
    widget = forms.Select() if len(choices) > 1 else forms.HiddenInput()
    return forms.ChoiceField(label=method.oauth.asks, choices=choices, initial=choices[0][0], widget=widget)


def _label(use: Use) -> str:
    return f"{use.label} (scopes: {', '.join(use.scopes)})" if use.scopes else use.label
