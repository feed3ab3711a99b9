"""One value read through one field, and the faults that the field finds in it."""

import json
from typing import Any

import pytest
from rest_framework import serializers

from wire.errors import Invalid
from wire.validation import validated

Field = serializers.Field[Any, Any, Any, Any]


def check(field: Field, data: Any) -> Any:
    """Return what the field makes of one value."""
    shape = type("Shape", (serializers.Serializer,), {"field": field})
    return validated(shape, data).get("field", "absent")


def read(field: Field, value: Any) -> Any:
    return check(field, {"field": value})


def faults(field: Field, *value: Any) -> list[tuple[str, list[str | int], str]]:
    """Return code, path and message of each fault of one value, or of none at all."""
    with pytest.raises(Invalid) as caught:
        check(field, {"field": value[0]} if value else {})
    json.dumps(caught.value.message, ensure_ascii=False).encode()
    return [(issue["code"], issue["path"], issue["message"]) for issue in caught.value.issues]


VALUES: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "string": "text",
    "number": 7,
    "array": [1],
    "object": {"a": 1},
}
