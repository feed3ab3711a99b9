"""What the nginx before a provider does with the JSON of its API."""

import gzip

from flask import Response, request

GZIP_FROM_BYTES = 250
"""Shorter bodies stay as they are (nginx's `gzip_min_length`)."""


def compressed(response: Response) -> Response:
    """The API's JSON where it is worth it: gzip for those who accept it, and `Vary: Accept-Encoding` either way.
    Other answers, those of OAuth among them, stay as they are."""
    data = response.get_data()
    if not request.path.startswith("/api/") or len(data) < GZIP_FROM_BYTES:
        return response
    response.headers["Vary"] = f"Accept-Encoding, {response.headers['Vary']}"
    if request.accept_encodings["gzip"] > 0:
        response.set_data(gzip.compress(data, compresslevel=1))
        response.headers["Content-Encoding"] = "gzip"
    return response
