"""Each input field takes its own JSON type and no other, and names a fault in the contract's words."""

import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from wire.errors import Invalid
from wire.fields import (
    Flag,
    Moment,
    NeverSet,
    NeverTrue,
    OneOf,
    Text,
    Uuid,
    WebAddress,
    Whole,
    json_type,
    listed,
)
from wire.validation import validated

Field = serializers.Field[Any, Any, Any, Any]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


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
FIELDS: list[tuple[type[Field], dict[str, Any], str]] = [
    (Text, {}, "string"),
    (Uuid, {}, "string"),
    (OneOf, {"choices": ("a", "b")}, "string"),
    (WebAddress, {"invalid": "Invalid URL"}, "string"),
    (Moment, {}, "string"),
    (Whole, {"least": 0, "most": 9}, "number"),
    (Flag, {}, "boolean"),
]


@pytest.mark.parametrize(("kind", "options", "expected"), FIELDS, ids=[row[0].__name__ for row in FIELDS])
def test_a_value_of_another_type_is_called_by_its_name(
    kind: type[Field], options: dict[str, Any], expected: str
) -> None:
    for received, value in VALUES.items():
        if received != expected:
            message = f"Expected {expected}, received {received}"
            assert faults(kind(**options), value) == [("invalid_type", ["field"], message)]


@pytest.mark.parametrize(("kind", "options", "expected"), FIELDS, ids=[row[0].__name__ for row in FIELDS])
def test_a_missing_value_is_required_unless_it_is_not(
    kind: type[Field], options: dict[str, Any], expected: str
) -> None:
    assert faults(kind(**options)) == [("invalid_type", ["field"], "Required")]
    assert check(kind(**options, required=False), {}) == "absent"
    assert read(kind(**options, allow_null=True), None) is None


@given(JSON)
def test_nothing_that_json_can_hold_breaks_a_field(value: Any) -> None:
    for kind, options, _ in FIELDS:
        try:
            read(kind(**options), value)
        except Invalid as invalid:
            json.dumps(invalid.message, ensure_ascii=False).encode()


@given(JSON)
def test_every_value_of_json_has_a_name_of_its_own(value: Any) -> None:
    names = {type(None): "null", bool: "boolean", str: "string", int: "number", float: "number"}
    assert json_type(value) == names.get(type(value), "array" if isinstance(value, list) else "object")


# Text


def test_a_text_is_trimmed_and_may_be_empty() -> None:
    assert read(Text(), "  a b \n") == "a b"
    assert read(Text(), " \t ") == ""


def test_a_text_with_a_least_length_may_not_be_blank() -> None:
    for blank in ("", "   "):
        message = "String must contain at least 1 character(s)"
        assert faults(Text(min_length=1), blank) == [("too_small", ["field"], message)]


def test_the_length_of_a_text_is_counted_after_trimming() -> None:
    assert read(Text(max_length=3), "  abc  ") == "abc"
    assert read(Text(min_length=3), "  abc  ") == "abc"
    assert faults(Text(max_length=3), "abcd") == [
        ("too_big", ["field"], "String must contain at most 3 character(s)")
    ]
    assert faults(Text(min_length=3), "  ab  ") == [
        ("too_small", ["field"], "String must contain at least 3 character(s)")
    ]


def test_a_field_may_have_words_of_its_own() -> None:
    field = Text(max_length=3, words={"max_length": "Too long", "required": "Name it"})
    assert faults(field, "abcd") == [("too_big", ["field"], "Too long")]
    assert faults(Text(words={"required": "Name it"})) == [("invalid_type", ["field"], "Name it")]


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\ud800", "a\udfffb"], ids=ascii)
def test_what_no_database_stores_is_refused(text: str) -> None:
    ((code, path, _),) = faults(Text(), text)
    assert (code, path) == ("custom", ["field"])


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_every_other_text_is_kept(text: str) -> None:
    assert read(Text(trim_whitespace=False), text) == text


# Whole


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (9, 9), (3.0, 3), (-0.0, 0)])
def test_a_whole_number_may_be_written_as_a_fraction_of_nothing(value: float, expected: int) -> None:
    kept = read(Whole(least=0, most=9), value)
    assert (kept, type(kept)) == (expected, int)


@pytest.mark.parametrize("value", [0.5, 1e-9, float("inf"), float("-inf"), float("nan")])
def test_a_fraction_is_no_whole_number(value: float) -> None:
    message = "Expected number, received float"
    assert faults(Whole(least=0, most=9), value) == [("invalid_type", ["field"], message)]


@given(st.integers())
def test_a_whole_number_lies_between_its_bounds(number: int) -> None:
    field = Whole(least=-5, most=9)
    if -5 <= number <= 9:
        assert read(field, number) == number
    elif number < -5:
        message = "Number must be greater than or equal to -5"
        assert faults(field, number) == [("too_small", ["field"], message)]
    else:
        assert faults(field, number) == [("too_big", ["field"], "Number must be less than or equal to 9")]


def test_a_number_of_a_thousand_digits_is_merely_too_big() -> None:
    ((code, _, message),) = faults(Whole(least=0, most=9), 10**1_000)
    assert (code, message) == ("too_big", "Number must be less than or equal to 9")


# Flags


def test_a_flag_is_true_or_false() -> None:
    assert read(Flag(), True) is True
    assert read(Flag(), False) is False


@pytest.mark.parametrize("value", ["true", "on", "1", 1, 0, "", [], "null"])
def test_nothing_that_looks_like_a_flag_is_one(value: Any) -> None:
    ((code, _, message),) = faults(Flag(), value)
    assert (code, message) == ("invalid_type", f"Expected boolean, received {json_type(value)}")


@pytest.mark.parametrize("value", [True, 0, "", "false", [], 1])
def test_a_feature_that_there_is_not_can_only_be_off(value: Any) -> None:
    assert check(NeverTrue(words="No rotation"), {}) == "absent"
    assert read(NeverTrue(words="No rotation"), False) is False
    assert faults(NeverTrue(words="No rotation"), value) == [("invalid_literal", ["field"], "No rotation")]


@pytest.mark.parametrize("value", [True, False, 0, "", "null", [], {}, str(uuid.UUID(int=1))])
def test_a_value_that_there_is_not_can_only_be_null(value: Any) -> None:
    assert check(NeverSet(words="No gateways"), {}) == "absent"
    assert read(NeverSet(words="No gateways"), None) is None
    assert faults(NeverSet(words="No gateways"), value) == [("invalid_literal", ["field"], "No gateways")]


# Uuid


@given(st.uuids())
def test_a_uuid_is_returned_in_lower_case(value: uuid.UUID) -> None:
    assert read(Uuid(), str(value).upper()) == str(value)
    assert read(Uuid(), f"  {value} ") == str(value)


A_UUID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        A_UUID[:-1],
        A_UUID + "0",
        A_UUID.replace("-", ""),
        "{" + A_UUID + "}",
        "urn:uuid:" + A_UUID,
        A_UUID.replace("3", "٣"),
        A_UUID.replace("3", "g"),
        A_UUID + "\n0",
        "3c90c3cc-0d44-4b50-88888dd25736052a-",
    ],
    ids=ascii,
)
def test_another_spelling_is_no_uuid(text: str) -> None:
    assert faults(Uuid(), text) == [("invalid_string", ["field"], "Invalid uuid")]


# OneOf


def test_one_of_a_few_words() -> None:
    assert read(OneOf(("a", "b")), "a") == "a"
    message = "Invalid enum value. Expected 'a' | 'b', received 'c'"
    assert faults(OneOf(("a", "b")), "c") == [("invalid_enum_value", ["field"], message)]
    assert faults(OneOf(("a", "b")), "A")


@pytest.mark.parametrize("text", ["\ud800", "a" * 100_000, "\x00", "a' | 'b"], ids=lambda text: ascii(text)[:20])
def test_the_message_about_a_wrong_word_is_short_and_can_be_sent(text: str) -> None:
    ((code, _, message),) = faults(OneOf(("a", "b")), text)
    assert code == "invalid_enum_value"
    assert len(message.encode()) < 300


# WebAddress


@pytest.mark.parametrize(
    "url",
    [
        "https://gitlab.example.com",
        "http://127.0.0.1:8080/gitlab/",
        "https://[2001:db8::1]:443",
        "HTTPS://GitLab.Example.com",
        "https://user@gitlab.example.com",
        "https://пример.рф",
    ],
)
def test_a_web_address_is_kept_as_it_is_written(url: str) -> None:
    assert read(WebAddress(invalid="Invalid URL"), f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gitlab.example.com",
        "//gitlab.example.com",
        "ftp://gitlab.example.com",
        "javascript://gitlab.example.com/%0aalert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://:443",
        "https://a:0",
        "https://a:65536",
        "https://a:port",
        "https://a:-1",
        "https://[::1",
        "https://[nonsense]",
        "https://a b",
        "https://a\tb",
        "https://a\nb",
        "https://a\u2028b",
        "https://a\x00b",
        "https://\ud800",
        "https://a\u202eb",
        "https://a\u200bb",
    ],
    ids=ascii,
)
def test_what_is_no_web_address_is_refused_in_the_fields_words(url: str) -> None:
    assert faults(WebAddress(invalid="Invalid URL"), url) == [("invalid_string", ["field"], "Invalid URL")]


def test_a_web_address_has_at_most_2048_characters() -> None:
    ((code, _, _),) = faults(WebAddress(invalid="Invalid URL"), "https://a/" + "a" * 2_040)
    assert code == "too_big"


# Moment


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
FROM, TO = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001  # hypothesis wants them without a zone


@given(st.datetimes(FROM, TO, timezones=OFFSETS))
def test_a_moment_is_the_same_moment_in_utc(moment: datetime) -> None:
    kept = read(Moment(), moment.isoformat())
    assert kept == moment
    assert kept.utcoffset() == timedelta()


@pytest.mark.parametrize("text", ["2026-08-01T10:00:00Z", "2026-08-01T12:00:00+02:00", "2026-08-01T10:00:00.000Z"])
def test_the_spellings_of_rfc_3339(text: str) -> None:
    assert read(Moment(), text) == datetime(2026, 8, 1, 10, tzinfo=UTC)


def test_a_moment_without_an_offset_is_utc() -> None:
    assert read(Moment(), "2026-08-01T10:00:00") == datetime(2026, 8, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "1785578400",
        "2026-13-01T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "2026-08-01T10:00:00+99:99",
        "2026-08-01T10:00:00Zjunk",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    assert faults(Moment(), text) == [("invalid_string", ["field"], "Invalid date")]


def test_a_moment_is_not_measured_as_a_text() -> None:
    assert read(Moment(max_length=64), "2026-08-01T10:00:00Z") == datetime(2026, 8, 1, 10, tzinfo=UTC)


# Arrays


@pytest.mark.parametrize("received", [name for name in VALUES if name != "array"])
def test_what_is_no_array_is_called_by_its_name(received: str) -> None:
    message = f"Expected array, received {received}"
    assert faults(listed(Text()), VALUES[received]) == [("invalid_type", ["field"], message)]


def test_the_faults_of_an_array_name_the_index() -> None:
    assert faults(listed(Text()), ["a", 7, None]) == [
        ("invalid_type", ["field", 1], "Expected string, received number"),
        ("invalid_type", ["field", 2], "Expected string, received null"),
    ]


def test_an_array_may_be_empty_unless_it_may_not() -> None:
    assert read(listed(Text()), []) == []
    message = "Array must contain at least 1 element(s)"
    assert faults(listed(Text(), least=1), []) == [("too_small", ["field"], message)]


def test_an_array_may_be_bounded() -> None:
    assert read(listed(Text(), max_length=2), ["a", "b"]) == ["a", "b"]
    message = "Array must contain at most 2 element(s)"
    assert faults(listed(Text(), max_length=2), ["a", "b", "c"]) == [("too_big", ["field"], message)]


# Whole bodies


def test_every_fault_of_a_body_is_reported_at_once_and_in_order() -> None:
    class Inner(serializers.Serializer[Any]):
        url = WebAddress(invalid="Invalid URL")

    class Shape(serializers.Serializer[Any]):
        name = Text(min_length=1)
        inner = Inner()
        on = Flag()

    with pytest.raises(Invalid) as caught:
        validated(Shape, {"name": "", "inner": {"url": "x"}, "unknown": 1})
    assert [(issue["path"], issue["code"]) for issue in caught.value.issues] == [
        (["name"], "too_small"),
        (["inner", "url"], "invalid_string"),
        (["on"], "invalid_type"),
    ]


def test_unknown_keys_are_ignored() -> None:
    assert check(Text(), {"field": "a", "App": "gitlab", "ID": 1}) == "a"


@given(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()))
def test_a_body_that_is_no_object_has_one_fault_at_its_root(body: Any) -> None:
    with pytest.raises(Invalid) as caught:
        check(Text(), body)
    (issue,) = caught.value.issues
    assert issue == {"code": "invalid_type", "path": [], "message": f"Expected object, received {json_type(body)}"}
