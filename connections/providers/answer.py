"""What came back from a call, read to its end."""

import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

from connections.providers.errors import NotJson

LONGEST_WAIT = 3600.0  # seconds
LONGEST_TEXT = 255
# Of a text, before secrets are taken out. What this cuts in two is never among the characters shown.
MOST_READ = 1_048_576
SHORTEST_SECRET = 8

IN_FRONT = "A proxy or a sign-in page may stand in front of it."
WRONG_URL = "Check that the URL is that of the instance itself."

Shape = TypeVar("Shape", dict[str, Any], list[Any])


@dataclass(frozen=True)
class Answer:
    """`url` is fit to be shown, `headers` are case-insensitive. The repr shows neither headers nor body."""

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def json_object(self) -> dict[str, Any]:
        return self.json(dict)

    def json_list(self) -> list[Any]:
        return self.json(list)

    def json_object_if_any(self) -> dict[str, Any]:
        """Return the object that the body holds; an empty one for anything else, such as a page."""
        try:
            return self.json_object()
        except NotJson:
            return {}

    def json(self, expected: type[Shape]) -> Shape:
        """Return the body as JSON that is a `dict` or a `list`, as expected. Raises NotJson for anything else."""
        if self._is_html():
            raise self._not_json("an HTML page instead of JSON", IN_FRONT)
        value = self._parsed()
        if not isinstance(value, expected):
            raise self._not_json(f"JSON that is not {'an object' if expected is dict else 'a list'}", WRONG_URL)
        return value

    def _parsed(self) -> Any:
        # A JSONDecodeError holds the body, so it must not become the context of ours.
        with suppress(ValueError, RecursionError):
            value = json.loads(self.body, parse_constant=_refuse)
            # A lone surrogate (RFC 8259, section 8.2) could be neither stored nor sent on.
            json.dumps(value, ensure_ascii=False).encode()
            return value
        raise self._not_json("text that is not valid JSON", WRONG_URL)

    def _is_html(self) -> bool:
        return "html" in self.headers.get("Content-Type", "").lower() or self.body.lstrip()[:1] == b"<"

    def _not_json(self, what: str, cure: str) -> NotJson:
        message = f"{self.url} answered with {what} (status {self.status}). {cure}"
        return NotJson(message, retryable=self.status >= 500)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def phrase_of(status: int) -> str:
    """Return what an HTTP status is called (RFC 9110, section 15)."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


def retry_after(answer: Answer) -> float | None:
    """Return for how many seconds the answer asks us to wait, an hour at most; None when it does not say.

    Retry-After (RFC 9110, section 10.2.3) holds whole seconds or a date.
    """
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST_WAIT)
    try:
        seconds = parsedate_to_datetime(value).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def without(secrets: Iterable[str], value: Any) -> str:
    """Return a server's value as `shown` does, without the secrets that it may repeat from our request."""
    text = shown(value, MOST_READ)
    for secret in secrets:
        for spelled in (secret, quote(secret, safe="")):
            if len(spelled) >= SHORTEST_SECRET:  # less would be found in any text
                text = text.replace(spelled, "[secret]")
    return text[:LONGEST_TEXT]


def shown(value: Any, most: int = LONGEST_TEXT) -> str:
    """Return a server's value as short, printable text: it is stored and shown, whatever the server makes of it."""
    text = "" if value is None else str(value)
    return "".join(character for character in text[:most] if character.isprintable())
