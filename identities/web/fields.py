"""Times and addresses as people write them."""

import re
from typing import Any

from django import forms

from identities.addresses import NOT_AN_IP, described
from wire.errors import BadRequest

# Seconds in each unit, the largest first: what a time is shown in is the largest that fits it exactly.
UNITS = {"year": 365 * 86_400, "day": 86_400, "hour": 3600, "minute": 60, "second": 1}
WRITTEN = re.compile(r"([0-9]{1,12})\s*([a-z]*)", re.ASCII)
SPELLINGS = {
    **{spelling: seconds for unit, seconds in UNITS.items() for spelling in (unit, f"{unit}s", unit[0])},
    **dict.fromkeys(("week", "weeks", "w"), 7 * 86_400),
    **dict.fromkeys(("min", "mins"), 60),
    **dict.fromkeys(("sec", "secs", ""), 1),
}
NOT_A_TIME = "Write a number and a unit, such as 30 days, 12 hours or 90 seconds."


def in_units(seconds: int) -> str:
    """Return a time such as "30 days" or "90 minutes": exactly, in one unit."""
    unit, size = next(((unit, size) for unit, size in UNITS.items() if seconds % size == 0), ("second", 1))
    count = seconds // size
    return f"{count} {unit}{'' if count == 1 else 's'}"


class Duration(forms.CharField):
    """A time in seconds, written with its unit. Left empty it is 0, which is no limit, where that is allowed."""

    def __init__(self, *, least: int = 0, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
        super().__init__(required=least > 0, max_length=64, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return in_units(value) if value else ""
        return value

    def clean(self, value: Any) -> int:
        text = super().clean(value).casefold()
        written = WRITTEN.fullmatch(text or "0")
        if written is None or written[2] not in SPELLINGS:
            raise forms.ValidationError(NOT_A_TIME)
        seconds = int(written[1]) * SPELLINGS[written[2]]
        if seconds < self.least:
            raise forms.ValidationError(f"At least {in_units(self.least)}.")
        if seconds > self.most:
            raise forms.ValidationError(f"At most {in_units(self.most)}.")
        return seconds


class Limit(forms.IntegerField):
    """How often something may be used. Left empty it is 0, which is no limit."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(required=False, min_value=0, max_value=most, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value or ""

    def clean(self, value: Any) -> int:
        return super().clean(value) or 0


class Addresses(forms.CharField):
    """Addresses and ranges, one on each line; becomes the list of them."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        widget = forms.Textarea({"rows": 4, "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines()]
        addresses = [line for line in lines if line]
        if not addresses:
            raise forms.ValidationError("Write at least one. 0.0.0.0/0 and ::/0 together are every address.")
        if len(addresses) > self.most:
            raise forms.ValidationError(f"At most {self.most} addresses and ranges.")
        wrong = [address for address in addresses if not is_address(address)]
        if wrong:
            raise forms.ValidationError([f"{NOT_AN_IP}: {address[:64]}" for address in wrong[:10]])
        return addresses


def is_address(text: str) -> bool:
    """Tell whether the service takes `text` as a trusted IP."""
    try:
        described(text)
    except BadRequest:
        return False
    return True
