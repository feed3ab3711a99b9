"""What forms about connections share. The fields of credentials are those that the provider declares."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from connections.api.serializers import DESCRIPTION_WORDS, NAME_PATTERN, NAME_RULE, NAME_WORDS, credentials_shape
from connections.errors import CredentialsRefused
from connections.providers.base import Field, Kind, Method, Provider
from connections.providers.errors import AddressRefused, NameNotResolved
from connections.web.url_choice import PLAIN, UrlChoice
from wire.errors import Invalid
from wire.validation import validated

# As people think: where, what kind, and then the secret.
ORDER = (Kind.URL, Kind.HOST, Kind.CHOICE, Kind.TEXT, Kind.SECRET)
# What to do about causes that the contract words without a cure.
CURES = {
    AddressRefused.LOCAL: (
        "An admin registers the instance with “Allow a private address”, and the operator of this service "
        "adds its host to ALLOWED_INTERNAL_HOSTS."
    ),
    AddressRefused.CREDENTIALS: "Leave them out of the address.",
    NameNotResolved.NO_ADDRESS: "Check how the address is spelled, and that it can be resolved from here.",
}


def name_field(help_text: str) -> forms.CharField:
    """Return the field for a connection's name, with the words of the API."""
    return forms.CharField(
        max_length=64,
        validators=[RegexValidator(NAME_PATTERN, NAME_RULE)],
        error_messages={"required": NAME_WORDS["blank"], "max_length": NAME_WORDS["max_length"]},
        help_text=help_text,
        widget=forms.TextInput(PLAIN),
    )


def description_field() -> forms.CharField:
    return forms.CharField(
        label="Description (optional)",
        max_length=256,
        required=False,
        error_messages=DESCRIPTION_WORDS,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class CredentialsForm(forms.Form):
    """Credentials of one method, at one of `urls` or elsewhere.

    What is wrong with them is said in the words of the API, at the field; once valid they are in `credentials`.
    """

    def __init__(
        self, *args: Any, provider: Provider, method: Method, urls: Sequence[str] = (), **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.provider, self.method = provider, method
        self.credentials: Mapping[str, Any] = {}
        self.offered = list(urls) or [provider.default_url]
        own = [declared for declared in method.fields if not declared.of_server]
        for declared in sorted([provider.server_field, *own], key=lambda declared: ORDER.index(declared.kind)):
            self.fields[declared.name] = form_field(declared, self.offered)

    def clean(self) -> None:
        """Read what was filled in as the API would."""
        given = {
            field.name: self.cleaned_data.get(field.name, "")
            for field in self.method.fields
            if not field.of_server and (field.required or self.cleaned_data.get(field.name))
        }
        server = self.provider.server_field.name
        if server not in self.cleaned_data:
            return
        try:
            given.update(self.provider.credentials_at(self.cleaned_data[server]))
        except AddressRefused as error:
            self.add_error(server, with_cure(error.message))
            return
        try:
            self.credentials = validated(credentials_shape(self.provider, self.method), given)
        except Invalid as fault:
            for issue in fault.issues:
                name = str(issue["path"][0]) if issue["path"] else None
                if name in {field.name for field in self.method.fields if field.of_server}:
                    name = server
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, issue["message"])

    def refuse(self, error: CredentialsRefused) -> None:
        """Say what the server, or the way there, has against them: at the secret, or at the address."""
        secret = next((field.name for field in self.method.fields if field.kind is Kind.SECRET), None)
        name = secret if error.is_refusal else self.provider.server_field.name
        self.add_error(name, with_cure(error.cause))


def with_cure(cause: str) -> str:
    cure = CURES.get(cause, "")
    return f"{cause}. {cure}" if cure else cause


def form_field(declared: Field, urls: Sequence[str]) -> forms.Field:
    """Return the form's field for a declared one. A secret is never put into a page, not even after a mistake.

    What is public has a `data-steers`: it decides what else the page shows.
    """
    label = declared.label if declared.required or declared.kind is Kind.URL else f"{declared.label} (optional)"
    field = _field(declared, label, urls)
    field.help_text = declared.help
    if declared.public:
        field.widget.attrs["data-steers"] = ""
    return field


def _field(declared: Field, label: str, urls: Sequence[str]) -> forms.Field:
    if declared.kind is Kind.CHOICE:
        choices = [(choice, declared.choice_labels.get(choice, choice.capitalize())) for choice in declared.choices]
        return forms.ChoiceField(label=label, required=declared.required, choices=choices)
    if declared.kind is Kind.SECRET:
        return forms.CharField(label=label, required=False, widget=forms.PasswordInput({"autocomplete": "off"}))
    if declared.kind is Kind.URL:
        # An empty one would mean the provider's default, and send the secret there.
        words = {"required": declared.refusal}
        widget = UrlChoice(urls, label=label, example=declared.example)
        return forms.CharField(label=label, initial=urls[0], error_messages=words, widget=widget)
    return forms.CharField(label=label, required=declared.required, widget=forms.TextInput(PLAIN))
