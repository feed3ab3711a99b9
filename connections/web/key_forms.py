"""What is filled in to renew the keys of a client: nothing of it is ever shown again."""

# ruff: noqa: N815  # the wire's names are camelCase
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from connections.instance_rules import LONGEST_BUNDLE
from connections.providers.clients import ClientKind
from connections.web.instance_forms import PLAIN, InstanceForm, SecretLines, added_secret

OF_A_PRIVATE_KEY = ("privateKey", "keyFile")


class KeysForm(InstanceForm):
    """New keys of a client of one kind. A private key is only asked for where the kind has one."""

    addClientSecret = added_secret()
    privateKey = forms.CharField(
        label="Add a private key (optional)",
        required=False,
        help_text="The whole text of the .pem file. It is tried first, the present ones after it.",
        widget=SecretLines({**PLAIN, "rows": 6}),
    )
    keyFile = forms.FileField(
        label="Or the .pem file itself (optional)",
        required=False,
        allow_empty_file=True,
        help_text="It takes the place of the text above.",
        widget=forms.FileInput({"accept": ".pem,.key"}),
    )

    def __init__(self, *args: Any, kind: ClientKind, **more: Any) -> None:
        super().__init__(*args, **more)
        if not kind.variables.private_key:
            for name in OF_A_PRIVATE_KEY:
                del self.fields[name]

    def clean_keyFile(self) -> str:  # noqa: N802  # the field's name
        """Return the file's text; of what is no text, or too long for a key, enough to be refused as such."""
        given = self.cleaned_data["keyFile"]
        content: bytes = given.read(LONGEST_BUNDLE) if given else b""
        return content.decode(errors="replace")

    def clean(self) -> None:
        """Refuse a form in which nothing is filled in."""
        if not self.errors and not self.renewed():
            raise ValidationError("Fill in what is to be renewed.")

    def renewed(self) -> Mapping[str, str]:
        """Return what was filled in; each field by itself is valid."""
        filled = self.cleaned_data
        given = {
            "add_client_secret": filled["addClientSecret"],
            "private_key": filled.get("keyFile") or filled.get("privateKey"),
        }
        return {name: value for name, value in given.items() if value}
