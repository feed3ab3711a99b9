"""Ids as they are written."""

import re
import uuid

USUAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def parse_uuid(text: str) -> uuid.UUID | None:
    """Return the UUID of its usual spelling (RFC 9562, section 4); None for anything else, braces and URNs too."""
    return uuid.UUID(text) if USUAL.fullmatch(text) else None
