"""What a person fills in before a server makes a client for us."""

# ruff: noqa: N815  # the wire's names are camelCase
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from connections.instance_rules import LONGEST_URL
from connections.models import Client
from connections.providers.base import Provider
from connections.providers.clients import ClientKind
from connections.web.instance_forms import PLAIN, InstanceForm
from oauth.making import Wanted, maker_of
from organizations.web.people import PersonRequest


class MakingForm(InstanceForm):
    """A client to be made. `present` is the one that would go for it."""

    instanceUrl = forms.CharField(label="Address", max_length=LONGEST_URL, widget=forms.URLInput(PLAIN))
    replaces = forms.BooleanField(required=False)

    def __init__(
        self, *args: Any, provider: Provider, kind: ClientKind, present: Client | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        there, maker = provider.display_name, maker_of(kind)
        self.fields["owner"] = forms.CharField(
            label=f"{maker.owner_label} (optional)",
            help_text=maker.on_owner,
            required=False,
            validators=[RegexValidator(maker.owner_pattern, maker.owner_rule)],
            widget=forms.TextInput(PLAIN),
        )
        self.fields["name"] = forms.CharField(
            label="Name",
            help_text=f"People see it at {there}, where no other may have the same name.",
            max_length=maker.longest_name,
        )
        self.fields["instanceUrl"].help_text = f"Which {there} it is for: it works there and nowhere else."
        if present:
            self.fields["replaces"].label = f"Replace the {kind.title} that is there now, {present.client_id}"
        else:
            del self.fields["replaces"]
        self.order_fields(["owner", "name", "instanceUrl", "replaces"])

    def clean_name(self) -> str:
        """Return the name, if it can be read."""
        name: str = self.cleaned_data["name"]
        if not name.isprintable():
            raise ValidationError("Only characters that can be seen are possible here.")
        return name

    def wanted(self) -> Wanted:
        """Return what was filled in; the form is valid."""
        filled = self.cleaned_data
        return Wanted(
            url=filled["instanceUrl"],
            name=filled["name"],
            owner=filled["owner"],
            replaces=filled.get("replaces", False),
        )


def empty_form(
    request: PersonRequest, provider: Provider, kind: ClientKind, *, url: str = "", present: Client | None = None
) -> MakingForm:
    """Return the form before anything is filled in, for the provider's own address unless for `url`."""
    name = f"App Connections {request.organization.name}"[: maker_of(kind).longest_name].strip()
    initial = {"instanceUrl": url or provider.default_url, "name": name}
    return MakingForm(initial=initial, provider=provider, kind=kind, present=present)
