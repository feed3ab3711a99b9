"""A choice among known addresses, or another one that is typed in: two fields, one value, no scripts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from connections import servers
from connections.providers.base import Provider
from organizations.access import Principal
from organizations.roles import Permission

OTHER = ""
PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def known_urls(principal: Principal, provider: Provider) -> list[str]:
    """Return the addresses to choose from: the registered ones for those only who may know them."""
    if Permission.INSTANCES_READ in principal.permissions(None):
        return servers.urls_to_offer(provider, principal.organization_id)
    return [provider.default_url]


class AddressInput(forms.TextInput):
    """An address, shown again without the password that somebody may have put into it."""

    def format_value(self, value: Any) -> str | None:
        return re.sub(r"//[^/?#]*@", "//", value) if isinstance(value, str) else super().format_value(value)


class UrlChoice(forms.MultiWidget):
    """Its value is the address chosen, or the one typed in where "Another address" is chosen."""

    def __init__(self, urls: Sequence[str], *, label: str, example: str) -> None:
        self.urls = urls
        choices = [*((url, url) for url in urls), (OTHER, "Another address")]
        other = {**PLAIN, "inputmode": "url", "aria-label": f"{label}: another address", "placeholder": example}
        parts: dict[str, forms.Widget | type[forms.Widget]] = {
            "": forms.Select({"aria-label": label}, choices=choices),
            "other": AddressInput(other),
        }
        super().__init__(parts, {"class": "or-other"})

    def decompress(self, value: str | None) -> list[str | None]:
        is_known = value in self.urls
        return [value if is_known else OTHER, None if is_known else value]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the one address."""
        del files
        return str(data.get(name) or data.get(f"{name}_other") or "").strip()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Tie both parts to the hint and to the error, which stand at the group."""
        given = attrs or {}
        described = ["error", "helptext"] if "aria-invalid" in given else ["helptext"]
        about = " ".join(f"{given.get('id', name)}_{part}" for part in described)
        return super().get_context(name, value, {**given, "aria-describedby": about})
