"""What is filled in about machine identities and their ways to log in. Field names are the services'."""

from typing import Any

from django import forms

from identities.addresses import written
from identities.api.auth_methods import MOST_IPS, MOST_USES, TEN_YEARS, TTL_WORDS
from identities.models import AuthMethod, Identity
from identities.web.fields import Addresses, Duration, Limit
from organizations.roles import Role
from wire.errors import WireError

ROLE_WORDS = {
    Role.ADMIN: "Admin: everything in the organization",
    Role.MEMBER: "Member: uses the organization's connections, creates projects",
    Role.NO_ACCESS: "No access: only what its roles in projects allow",
}
NO_LIMIT = "Empty: no limit."
EVERYWHERE = "One address or range on each line, such as 10.0.0.0/8. 0.0.0.0/0 and ::/0 are every address."


def plain(**attributes: str) -> forms.TextInput:
    return forms.TextInput({"autocomplete": "off", **attributes})


def refuse(form: forms.Form, error: WireError, field: str | None = None) -> None:
    """Put what a service refused into a form, at a field of it."""
    form.add_error(field, str(error))


class IdentityForm(forms.Form):
    """A new machine identity, or what can be changed of one. `roles` are those that may be given."""

    name = forms.CharField(
        max_length=255,
        widget=plain(),
        help_text="What runs with it, such as deployer or nightly-backup.",
    )
    role = forms.ChoiceField(label="Organization role")
    has_delete_protection = forms.BooleanField(
        label="Delete protection",
        required=False,
        help_text="It cannot be deleted until this is switched off.",
    )

    def __init__(self, *args: Any, roles: list[Role], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(role.value, ROLE_WORDS[role]) for role in reversed(roles)]
        self.fields["role"] = forms.ChoiceField(
            label="Organization role",
            choices=choices,
            help_text="Give it the least that does. Roles in projects are given there, by the project's admins.",
        )


class DeleteForm(forms.Form):
    """The name of what is deleted, so that it is not another."""

    confirmation = forms.CharField(
        max_length=1024, widget=plain(autocapitalize="none", spellcheck="false"), strip=False
    )

    def __init__(self, *args: Any, identity: Identity, **more: Any) -> None:
        super().__init__(*args, **more)
        self.name = identity.name
        self.fields["confirmation"].label = f"Type {identity.name} to confirm"

    def clean_confirmation(self) -> str:
        """Compare as a page shows a name: spaces next to each other are one there."""
        typed = str(self.cleaned_data["confirmation"])
        if typed.split() != self.name.split():
            raise forms.ValidationError("This is not its name. Nothing was deleted.")
        return typed


class TermsForm(forms.Form):
    """The terms of the tokens of a way to log in."""

    access_token_ttl = Duration(
        label="Access tokens live for",
        most=TEN_YEARS,
        help_text="A number and a unit, such as 30 days or 12 hours. Empty: until their longest life.",
    )
    access_token_max_ttl = Duration(
        label="Renewed, at the longest for",
        most=TEN_YEARS,
        help_text=f"Counted from their first day; a token can be renewed until then. {NO_LIMIT}",
    )
    access_token_num_uses_limit = Limit(label="Requests with one access token", most=MOST_USES, help_text=NO_LIMIT)
    access_token_trusted_ips = Addresses(
        label="Addresses that may use access tokens", most=MOST_IPS, help_text=EVERYWHERE
    )

    def clean(self) -> None:
        ttl = self.cleaned_data.get("access_token_ttl", 0)
        max_ttl = self.cleaned_data.get("access_token_max_ttl", 0)
        if 0 < max_ttl < ttl:
            self.add_error("access_token_ttl", TTL_WORDS)


class UniversalAuthForm(TermsForm):
    """The terms of Universal Auth."""

    access_token_period = Duration(
        label="Period of endless renewal (optional)",
        most=TEN_YEARS,
        help_text="With a period, tokens live for it and can be renewed without end, each time for another one.",
    )
    client_secret_trusted_ips = Addresses(label="Addresses that may log in", most=MOST_IPS, help_text=EVERYWHERE)
    lockout_enabled = forms.BooleanField(label="Lock after failed logins", required=False)
    lockout_threshold = forms.IntegerField(label="Failed logins until the lock", min_value=1, max_value=30)
    lockout_duration_seconds = Duration(label="Locked for", least=30, most=86_400)
    lockout_counter_reset_seconds = Duration(label="Failures are forgotten after", least=5, most=3600)

    field_order = [
        "client_secret_trusted_ips",
        "access_token_ttl",
        "access_token_max_ttl",
        "access_token_period",
        "access_token_num_uses_limit",
        "access_token_trusted_ips",
    ]


def filled_in(auth: AuthMethod, form: type[TermsForm]) -> dict[str, Any]:
    """Return the settings of a way to log in as its form holds them."""
    values = {name: getattr(auth, name) for name in form.base_fields}
    return {
        name: [written(trusted) for trusted in value] if name.endswith("trusted_ips") else value
        for name, value in values.items()
    }


class ClientSecretForm(forms.Form):
    """A new client secret."""

    description = forms.CharField(
        label="Description (optional)",
        max_length=1024,
        required=False,
        widget=plain(),
        help_text="Where it will be kept, so that you know later what stops when you revoke it.",
    )
    ttl = Duration(
        label="Expires after (optional)",
        most=TEN_YEARS,
        help_text="A number and a unit, such as 90 days. Empty: it does not expire.",
    )
    num_uses_limit = Limit(
        label="Logins with it (optional)",
        most=MOST_USES,
        help_text=f"{NO_LIMIT} Terraform logs in twice for each apply.",
    )


class TokenForm(forms.Form):
    """The name of a token. It is kept to the letter: Terraform compares it."""

    name = forms.CharField(
        label="Name (optional)",
        max_length=255,
        required=False,
        strip=False,
        empty_value=None,
        widget=plain(),
        help_text="Where it will be used.",
    )
