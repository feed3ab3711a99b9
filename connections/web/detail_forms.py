"""What a person fills in to change a connection. The fields of credentials are those that the provider declares."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from connections.api.serializers import DESCRIPTION_WORDS, NAME_PATTERN, NAME_RULE, NAME_WORDS, credentials_shape
from connections.providers.base import Field, Kind, Method, Provider
from wire.errors import Invalid
from wire.validation import validated

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class DetailsForm(forms.Form):
    """Name and description."""

    name = forms.CharField(
        max_length=64,
        validators=[RegexValidator(NAME_PATTERN, NAME_RULE)],
        error_messages={"required": NAME_WORDS["blank"], "max_length": NAME_WORDS["max_length"]},
        help_text="Lower-case letters, numbers and hyphens. What finds it by its name has to be changed too.",
        widget=forms.TextInput(PLAIN),
    )
    description = forms.CharField(
        label="Description (optional)",
        max_length=256,
        required=False,
        error_messages=DESCRIPTION_WORDS,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def changes(self) -> dict[str, Any]:
        """Return what was filled in; the form is valid."""
        return {"name": self.cleaned_data["name"], "description": self.cleaned_data["description"] or None}


class CredentialsForm(forms.Form):
    """Credentials of one method. What is wrong with them is said in the words of the API, at the field."""

    def __init__(self, *args: Any, provider: Provider, method: Method, **more: Any) -> None:
        super().__init__(*args, **more)
        self.provider, self.method = provider, method
        self.credentials: Mapping[str, Any] = {}
        for declared in method.fields:
            self.fields[declared.name] = form_field(declared, provider)

    def clean(self) -> None:
        """Read what was filled in as the API would; it is then in `credentials`."""
        given = {
            field.name: self.cleaned_data.get(field.name, "")
            for field in self.method.fields
            if field.required or self.cleaned_data.get(field.name)
        }
        try:
            self.credentials = validated(credentials_shape(self.provider, self.method), given)
        except Invalid as fault:
            for issue in fault.issues:
                name = str(issue["path"][0]) if issue["path"] else None
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, issue["message"])


def form_field(declared: Field, provider: Provider) -> forms.Field:
    """Return the form's field for a declared one. A secret is never put into a page, not even after a mistake."""
    label = declared.label if declared.required else f"{declared.label} (optional)"
    if declared.kind is Kind.CHOICE:
        choices = [(choice, choice.capitalize()) for choice in declared.choices]
        return forms.ChoiceField(label=label, required=declared.required, choices=choices)
    if declared.kind is Kind.SECRET:
        return forms.CharField(label=label, required=False, widget=forms.PasswordInput({"autocomplete": "off"}))
    hint = f"Such as {declared.example}." if declared.example else ""
    if declared.kind is Kind.URL and not declared.required:
        hint = f"{hint} Empty for {provider.client_variables.default_url}.".strip()
    widget = AddressInput if declared.kind is Kind.URL else forms.TextInput
    return forms.CharField(label=label, required=False, help_text=hint, widget=widget(PLAIN))


class AddressInput(forms.TextInput):
    """An address, shown again without the password that somebody may have put into it."""

    def format_value(self, value: Any) -> str | None:
        return re.sub(r"//[^/?#]*@", "//", value) if isinstance(value, str) else super().format_value(value)


class DeletionForm(forms.Form):
    """The name, typed: so that nobody deletes the wrong one by a slip."""

    name = forms.CharField(required=False, widget=forms.TextInput(PLAIN))

    def __init__(self, *args: Any, expected: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.expected = expected
        self.fields["name"].label = f"Type {expected} to confirm"

    def clean_name(self) -> str:
        if self.cleaned_data["name"] != self.expected:
            raise forms.ValidationError(f"This is not its name. Type {self.expected}.")
        return self.expected
