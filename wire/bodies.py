"""Bodies that do not say how long they are: chunked ones, and those of HTTP/2 without `Content-Length`."""

from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}


def measured(application: "WSGIApplication") -> "WSGIApplication":
    """Return the application behind a layer that reads such a body and says how long it is.

    Django takes a body without `Content-Length` for an empty one, so that a change would be lost in silence.
    What is larger than `MAX_BODY_BYTES` is cut one byte above it, for the parser to refuse.
    """

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        ends_by_itself = environ.get("wsgi.input_terminated", False)
        if ends_by_itself and not environ.get("CONTENT_LENGTH") and environ["REQUEST_METHOD"] in WITH_BODY:
            body = environ["wsgi.input"].read(settings.MAX_BODY_BYTES + 1)
            environ["wsgi.input"] = BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return application(environ, start_response)

    return answer
