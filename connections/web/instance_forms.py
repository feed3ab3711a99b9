"""What is filled in for an instance. Fields bear the wire's names, by which the services refuse them."""

# ruff: noqa: N815  # the wire's names are camelCase
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, RegexValidator

from connections.errors import InstanceInUse, InstanceRefused, InstanceTaken
from connections.instance_clients import MOST_SECRETS
from connections.instance_rules import (
    LONGEST_BUNDLE,
    LONGEST_CLIENT_ID,
    LONGEST_SECRET,
    LONGEST_URL,
    VISIBLE_ASCII,
)

VISIBLE = RegexValidator(VISIBLE_ASCII, "Only letters, digits and signs of ASCII are possible here.")
SECRET_LENGTH = MaxLengthValidator(LONGEST_SECRET, f"A secret has at most {LONGEST_SECRET} characters.")
TOO_LONG = f"At most {LONGEST_BUNDLE:,} characters are possible here."
PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
# What the services say in the wire's words, in those of the form.
IN_WORDS = {
    "allowPrivate": "“Allow a private address”",
    "clientSecrets": "client secrets",
    "clientId": "a client ID",
}


class SecretLines(forms.Textarea):
    """A text that is only ever sent to us: what was entered is not shown again."""

    def format_value(self, value: Any) -> None:
        del value


def added_secret() -> forms.CharField:
    """Return the field for one secret more."""
    return forms.CharField(
        label="Add a client secret (optional)",
        required=False,
        validators=[VISIBLE, SECRET_LENGTH],
        help_text=f"It is tried first, the present ones after it. At most {MOST_SECRETS} are kept.",
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )


class InstanceForm(forms.Form):
    """A form that shows what a service refuses at the field that it is about."""

    def send(self, use: Callable[[], Any]) -> bool:
        """Call a service with what was filled in; tell whether it took it. The form is valid."""
        try:
            use()
        except InstanceTaken as error:
            self.add_error("instanceUrl", str(error))
        except InstanceInUse as error:
            self.add_error("clientId" if "clientId" in self.fields else None, str(error))
        except InstanceRefused as error:
            self._refuse(str(error))
        return self.is_valid()

    def _refuse(self, message: str) -> None:
        name, _, text = message.partition(": ")
        at_field = name in self.fields
        self.add_error(name if at_field else None, in_words(text if at_field else message))


class NetworkForm(InstanceForm):
    """How an instance is reached."""

    caCertificates = forms.CharField(
        label="CA certificates (optional)",
        max_length=LONGEST_BUNDLE,
        required=False,
        error_messages={"max_length": TOO_LONG},
        help_text="PEM certificates to trust at this address, beside the usual ones.",
        widget=forms.Textarea({**PLAIN, "rows": 6}),
    )
    caFile = forms.FileField(
        label="Or a file with them (optional)",
        required=False,
        allow_empty_file=True,
        help_text="It takes the place of the text above.",
        widget=forms.FileInput({"accept": ".pem,.crt,.cer"}),
    )
    allowPrivate = forms.BooleanField(
        label="Allow a private address",
        required=False,
        help_text="For a server in your own network, or one that speaks http. It opens only what the operator of "
        "this service has opened.",
    )

    def clean_caFile(self) -> str:  # noqa: N802  # the field's name
        """Return the file's text."""
        given = self.cleaned_data["caFile"]
        content: bytes = given.read(LONGEST_BUNDLE + 1) if given else b""
        if len(content) > LONGEST_BUNDLE:
            raise ValidationError(TOO_LONG)
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise ValidationError("This is not a PEM file: PEM is text. Convert it first.") from None

    def settings(self) -> dict[str, Any]:
        """Return what was filled in; the form is valid."""
        filled = self.cleaned_data
        return {"ca_pem": filled["caFile"] or filled["caCertificates"], "allow_private": filled["allowPrivate"]}


class RegisterForm(NetworkForm):
    """A new instance. Its OAuth client comes later: the application there needs to know our redirect URI."""

    instanceUrl = forms.CharField(
        label="Address",
        max_length=LONGEST_URL,
        error_messages={"required": "Give the address, such as https://git.example.com."},
        help_text="With port and path, where it has them. It does not change later.",
        widget=forms.URLInput({**PLAIN, "placeholder": "https://git.example.com"}),
    )
    field_order = ("instanceUrl", "allowPrivate", "caCertificates", "caFile")

    def settings(self) -> dict[str, Any]:
        return {**super().settings(), "url": self.cleaned_data["instanceUrl"]}


class ClientForm(InstanceForm):
    """The OAuth client at an instance. `has_client` tells whether there is one now."""

    clientId = forms.CharField(
        label="Client ID",
        max_length=LONGEST_CLIENT_ID,
        required=False,
        validators=[VISIBLE],
        widget=forms.TextInput(PLAIN),
    )
    addClientSecret = added_secret()
    clientSecrets = forms.CharField(
        label="Client secrets",
        required=False,
        help_text="One a line, in the order in which they are tried.",
        widget=SecretLines({**PLAIN, "rows": 2}),
    )

    def __init__(self, *args: Any, has_client: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if has_client:
            self.fields["clientId"].help_text = "Leave it empty to remove the client with its secrets."
            self.fields["clientSecrets"].label = "Or replace all client secrets (optional)"
        else:
            del self.fields["addClientSecret"]
        self.has_client = has_client

    def clean_clientSecrets(self) -> list[str]:  # noqa: N802  # the field's name
        """Return the secrets, one for each line that is not empty."""
        lines = [line.strip() for line in self.cleaned_data["clientSecrets"].splitlines() if line.strip()]
        if len(lines) > MOST_SECRETS:
            raise ValidationError(f"At most {MOST_SECRETS} secrets are possible.")
        for line in lines:
            VISIBLE(line)
            SECRET_LENGTH(line)
        return lines

    def clean(self) -> None:
        """Say in words what the service would refuse in the wire's."""
        filled = self.cleaned_data
        secrets = filled.get("clientSecrets")
        if secrets and filled.get("addClientSecret"):
            self.add_error("clientSecrets", "Add a secret or replace them all, not both.")
        elif not filled.get("clientId") and (secrets or filled.get("addClientSecret")):
            self.add_error("clientId", "Give the client ID that the secrets belong to.")
        elif filled.get("clientId") and not secrets and not self.has_client and not self.errors:
            self.add_error("clientSecrets", "Give the client's secret.")

    def changes(self) -> Mapping[str, Any]:
        """Return what was filled in; the form is valid."""
        filled = self.cleaned_data
        changes: dict[str, Any] = {"client_id": filled["clientId"]}
        if filled["clientSecrets"]:
            changes["client_secrets"] = filled["clientSecrets"]
        if filled.get("addClientSecret"):
            changes["add_client_secret"] = filled["addClientSecret"]
        return changes


def in_words(message: str) -> str:
    """Return a service's refusal in the words of the page."""
    for name, words in IN_WORDS.items():
        message = message.replace(name, words)
    return message[:1].upper() + message[1:]
