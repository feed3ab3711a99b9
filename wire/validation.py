"""From REST framework's nested errors to the contract's flat list of issues."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from rest_framework.serializers import BaseSerializer
from rest_framework.settings import api_settings

from wire.errors import Invalid, Issue
from wire.fields import json_type

MOST_ISSUES = 100
# REST framework's codes on the left, the contract's on the right; any other code is `custom`.
CODES = {
    "required": "invalid_type",
    "null": "invalid_type",
    "invalid_type": "invalid_type",
    "not_a_list": "invalid_type",
    "not_a_dict": "invalid_type",
    "blank": "too_small",
    "min_length": "too_small",
    "min_value": "too_small",
    "empty": "too_small",
    "max_length": "too_big",
    "max_value": "too_big",
    "invalid_string": "invalid_string",
    "invalid_date": "invalid_string",
    "invalid_choice": "invalid_enum_value",
    "invalid_literal": "invalid_literal",
    "invalid_union": "invalid_union",
    "invalid_union_discriminator": "invalid_union_discriminator",
}


def validated(serializer: type[BaseSerializer[Any]], data: Any, **context: Any) -> dict[str, Any]:
    """Return `data` in the shape that `serializer` describes; raises Invalid with an issue for each fault."""
    if not isinstance(data, dict):
        raise Invalid([Issue("invalid_type", [], f"Expected object, received {json_type(data)}")])
    checked = serializer(data=data, context=context)
    if not checked.is_valid():
        raise Invalid(list(islice(issues(checked.errors), MOST_ISSUES)))
    values: dict[str, Any] = checked.validated_data
    return values


def issues(errors: Any, path: tuple[str | int, ...] = ()) -> Iterator[Issue]:
    """Yield the issues of REST framework's error tree, outermost key first."""
    if isinstance(errors, dict):
        for key, inner in errors.items():
            here = path if key == api_settings.NON_FIELD_ERRORS_KEY else (*path, key)
            yield from issues(inner, here)
    elif isinstance(errors, list):
        for index, inner in enumerate(errors):
            if isinstance(inner, dict):
                yield from issues(inner, (*path, index))
            else:
                yield Issue(CODES.get(inner.code, "custom"), path, str(inner))
