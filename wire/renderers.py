"""Write answers as JSON."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer

AT_ONCE = 200  # items of a long list that exist at one time


class FastJSONRenderer(BaseRenderer):
    """JSON by orjson: long lists are most of what this API sends."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        del accepted_media_type, renderer_context
        return b"" if data is None else orjson.dumps(data, default=str)


def json_list(name: str, items: Iterator[Any]) -> Iterator[bytes]:
    """Yield the JSON of an object that holds one list, in parts, so that few of its items exist at one time."""
    yield b'{"%b":[' % name.encode()
    separator = b""
    while some := list(islice(items, AT_ONCE)):
        yield separator + orjson.dumps(some)[1:-1]
        separator = b","
    yield b"]}"
