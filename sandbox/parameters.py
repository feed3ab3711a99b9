"""What a request brings: its parameters, wherever they are, and its HTTP Basic credentials."""

import base64
import binascii

from flask import request


def parameters() -> dict[str, str]:
    """The parameters of the request as Rails merges them: query, then form or JSON body over it."""
    merged = {**request.args.to_dict(), **request.form.to_dict()}
    body = request.get_json(silent=True) if request.is_json else None
    if isinstance(body, dict):
        merged |= {name: str(value) for name, value in body.items() if value is not None}
    return merged


def basic_credentials() -> tuple[str, str] | None:
    """Name and password of HTTP Basic, empty where they cannot be read; None when it is not used."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, _, password = base64.b64decode(encoded).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, password
