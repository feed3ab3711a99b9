"""Read a JSON body without trusting its size, depth or numbers."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from wire.errors import BadRequest, PayloadTooLarge


class BoundedJSONParser(BaseParser):
    """`application/json`, up to `MAX_BODY_BYTES`."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body; an empty body is `{}`."""
        del media_type, parser_context
        limit = settings.MAX_BODY_BYTES
        raw = stream.read(limit + 1)
        if len(raw) > limit:
            raise PayloadTooLarge(f"The request body is larger than {limit} bytes")
        try:
            return json.loads(raw.decode(), parse_constant=_refuse) if raw.strip() else {}
        except (ValueError, RecursionError):
            raise BadRequest("The request body is not valid JSON") from None


def _refuse(constant: str) -> Any:
    """RFC 8259, section 6: NaN and the infinities are not JSON, though Python reads them."""
    raise ValueError(constant)
