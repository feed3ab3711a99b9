"""Input fields as strict as the contract: a number is not a string, and every fault has the contract's words.

Wire names are written out in the serializers that use them; unknown keys are ignored there.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.settings import api_settings

from wire.ids import parse_uuid

JSON_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (str, "string"),
    (int, "number"),
    (float, "number"),
    (list, "array"),
    (dict, "object"),
)


LONGEST_NUMBER = 16  # digits
SHOWN = 128  # characters of a wrong value in the message about it


def json_type(value: Any) -> str:
    """Return JSON's name for the type of `value`."""
    return next((name for kind, name in JSON_TYPES if isinstance(value, kind)), "null")


def messages(expected: str, given: dict[str, str] | None) -> dict[str, Any]:
    """Return the words for a missing, a null and a wrongly typed value, and the field's own words over them."""
    return {
        "required": "Required",
        "null": f"Expected {expected}, received null",
        "invalid_type": f"Expected {expected}, received {{received}}",
        **(given or {}),
    }


class Text(serializers.CharField):
    """A string, trimmed. `min_length=1` with the message `blank` refuses an empty one."""

    def __init__(self, *, words: dict[str, str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("allow_blank", not kwargs.get("min_length"))
        lengths = {
            "blank": "String must contain at least 1 character(s)",
            "min_length": "String must contain at least {min_length} character(s)",
            "max_length": "String must contain at most {max_length} character(s)",
        }
        super().__init__(error_messages=messages("string", lengths | (words or {})), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_type", received=json_type(data))
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number between two bounds."""

    def __init__(self, *, least: int, most: int, words: dict[str, str] | None = None, **kwargs: Any) -> None:
        bounds = {
            "min_value": f"Number must be greater than or equal to {least}",
            "max_value": f"Number must be less than or equal to {most}",
        }
        super().__init__(
            min_value=least,
            max_value=most,
            error_messages=messages("number", bounds | (words or {})),
            **kwargs,
        )

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid_type", received=json_type(data))
        if isinstance(data, float) and not data.is_integer():
            self.fail("invalid_type", received="float")
        return super().to_internal_value(int(data))


class QueryNumber(Whole):
    """The same in a query, where everything is text."""

    def to_internal_value(self, data: Any) -> int:
        if not (isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < LONGEST_NUMBER):
            self.fail("invalid_type", received="nan")
        return super().to_internal_value(int(data))


class Flag(serializers.BooleanField):
    """True or false, and nothing that merely looks like it."""

    def __init__(self, *, words: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(error_messages=messages("boolean", words), **kwargs)

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid_type", received=json_type(data))
        return data


class Body(serializers.Serializer[Any]):
    """A JSON object that comes in. Keys that it does not name are ignored."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            message = f"Expected object, received {json_type(data)}"
            place = api_settings.NON_FIELD_ERRORS_KEY
            raise serializers.ValidationError({place: [message]}, code="invalid_type")
        return super().to_internal_value(data)


@extend_schema_field({"type": "boolean", "enum": [False]})
class NeverTrue(serializers.BooleanField):
    """A flag of the contract for a feature that there is not: absent or false."""

    def __init__(self, *, words: str) -> None:
        super().__init__(required=False, error_messages={"invalid_literal": words, "null": words})

    def to_internal_value(self, data: Any) -> Literal[False]:
        if data is not False:
            self.fail("invalid_literal")
        return False


@extend_schema_field({"type": "object", "nullable": True, "enum": [None]})
class NeverSet(serializers.Field[None, Any, None, None]):
    """A value of the contract for a feature that there is not: absent or null."""

    def __init__(self, *, words: str) -> None:
        super().__init__(required=False, allow_null=True, error_messages={"invalid_literal": words})

    def to_internal_value(self, data: Any) -> None:
        del data
        self.fail("invalid_literal")


class Formed(Text):
    """A string of a certain form. Unlike REST framework, it has the last word on an empty one too."""

    def run_validation(self, data: Any = empty) -> Any:
        if isinstance(data, str) and not data.strip():
            return self.to_internal_value("")
        return super().run_validation(data)


class Uuid(Formed):
    """A UUID in its usual spelling, lower-cased."""

    def to_internal_value(self, data: Any) -> str:
        found = parse_uuid(super().to_internal_value(data))
        if found is None:
            raise serializers.ValidationError("Invalid uuid", code="invalid_string")
        return str(found)


class OneOf(Formed):
    """One of a few words, spelt exactly so."""

    def __init__(self, choices: Sequence[str], **kwargs: Any) -> None:
        self.choices = tuple(choices)
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text not in self.choices:
            expected = " | ".join(f"'{choice}'" for choice in self.choices)
            received = text[:SHOWN].encode(errors="replace").decode()
            message = f"Invalid enum value. Expected {expected}, received '{received}'"
            raise serializers.ValidationError(message, code="invalid_choice")
        return text


def is_web_address(text: str) -> bool:
    """Tell whether `text` is an http or https URL (RFC 3986) of a host, perhaps with a port and a path."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    clean = not any(character.isspace() or not character.isprintable() for character in text)
    bare = "?" not in text and "#" not in text
    return clean and bare and parts.scheme in {"http", "https"} and bool(parts.hostname) and port != 0


class WebAddress(Formed):
    """An http or https URL, kept as it was written."""

    def __init__(self, *, invalid: str, **kwargs: Any) -> None:
        self.invalid = invalid
        super().__init__(max_length=2048, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not is_web_address(text):
            raise serializers.ValidationError(self.invalid, code="invalid_string")
        return text


# RFC 1123, section 2.1: labels of letters, digits and hyphens; behind them perhaps a port.
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?P<name>{LABEL}(?:\.{LABEL})*)(?::(?P<port>[0-9]{{1,5}}))?", re.IGNORECASE | re.ASCII)
LONGEST_HOST = 253


def is_host(text: str) -> bool:
    """Tell whether `text` is a bare host name, perhaps with a port: no scheme, no path."""
    found = HOST.fullmatch(text)
    return found is not None and len(found["name"]) <= LONGEST_HOST and 0 < int(found["port"] or 443) < 65_536


class HostName(Text):
    """A bare host name, kept as it was written. An empty one stands for none."""

    def __init__(self, *, invalid: str, **kwargs: Any) -> None:
        self.invalid = invalid
        super().__init__(max_length=255, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if text and not is_host(text):
            raise serializers.ValidationError(self.invalid, code="invalid_string")
        return text


class Moment(Formed):
    """A date and time of RFC 3339, read as UTC where it names no offset; returned in UTC."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators = []  # REST framework's own measure a text, and this field's value is none

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            moment = datetime.fromisoformat(text)
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            raise serializers.ValidationError("Invalid date", code="invalid_date") from None


class Listed(serializers.ListField):
    """An array, called by JSON's names when it is none."""

    def to_internal_value(self, data: Any) -> list[Any]:
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=json_type(data))
        if self.max_length is not None and len(data) > self.max_length:  # before each of them is looked at
            self.fail("max_length", max_length=self.max_length)
        return super().to_internal_value(data)


def listed(child: serializers.Field[Any, Any, Any, Any], *, least: int = 0, **kwargs: Any) -> Listed:
    """Return a list field of `child`, with the contract's words."""
    return Listed(
        child=child,
        allow_empty=least == 0,
        error_messages={
            "required": "Required",
            "null": "Expected array, received null",
            "not_a_list": "Expected array, received {input_type}",
            "empty": f"Array must contain at least {least} element(s)",
            "max_length": "Array must contain at most {max_length} element(s)",
        },
        **kwargs,
    )
