"""What a person fills in to change a connection, beside its credentials (`forms.py`)."""

from typing import Any

from django import forms

from connections.web.forms import description_field, name_field
from connections.web.url_choice import PLAIN


class DetailsForm(forms.Form):
    """Name and description."""

    name = name_field("Lower-case letters, numbers and hyphens. What finds it by its name has to be changed too.")
    description = description_field()

    def changes(self) -> dict[str, Any]:
        """Return what was filled in; the form is valid."""
        return {"name": self.cleaned_data["name"], "description": self.cleaned_data["description"] or None}


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
