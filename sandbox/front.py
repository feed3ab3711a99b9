"""What stands before a provider's application: records each request, misbehaves at it if told to, and serves
the application below a root path, as the provider's own nginx does."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from werkzeug.datastructures import EnvironHeaders, Headers
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

from sandbox.clock import Clock
from sandbox.misbehave import NGINX_PAGE, Misbehaviour, Misbehaviours
from sandbox.recording import RecordedRequest, Recording

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTROL = "/-/sandbox/"


class Front:
    def __init__(
        self,
        app: "WSGIApplication",
        root: str,
        clock: Clock,
        recording: Recording,
        misbehaviours: Misbehaviours,
    ) -> None:
        self.app = app
        self.root = root
        self.clock = clock
        self.recording = recording
        self.misbehaviours = misbehaviours

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = raw_path(environ)
        if path.startswith(CONTROL):
            return self.app(environ, start_response)
        recorded = self.recording.add(self._recorded(environ, path))
        below = path.removeprefix(self.root)
        misbehaviour = self.misbehaviours.take(environ["REQUEST_METHOD"], below)

        def note_status(status: str, headers: list[tuple[str, str]], *_: object) -> object:
            recorded.status = int(status[:3])
            return start_response(status, headers)

        answer = self._misbehaved(environ, misbehaviour) if misbehaviour else None
        return (answer or self._application(path))(environ, note_status)  # type: ignore[arg-type]  # exc_info unused

    def _recorded(self, environ: "WSGIEnvironment", path: str) -> RecordedRequest:
        return RecordedRequest(
            method=environ["REQUEST_METHOD"],
            path=path,
            query=dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)),
            headers=Headers(list(EnvironHeaders(environ))),
            body=environ["wsgi.input"].getvalue(),
            at=self.clock.now(),
        )

    def _misbehaved(self, environ: "WSGIEnvironment", misbehaviour: Misbehaviour) -> "WSGIApplication | None":
        handled = None
        if misbehaviour.handled:
            application = self._application(raw_path(environ))
            handled = Response(*_parts(run_wsgi_app(application, environ, buffered=True)))
        return self.misbehaviours.answer(misbehaviour, environ["werkzeug.socket"], self.clock.now()) or handled

    def _application(self, path: str) -> "WSGIApplication":
        """The provider below its root; elsewhere there is only nginx.

        A `%2F` stays as it is, so that one path segment can name a project.
        """
        if self.root and not path.startswith(f"{self.root}/"):
            return Response(
                NGINX_PAGE.format(status="404 Not Found"), 404, {"Server": "nginx", "Content-Type": "text/html"}
            )

        def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            environ["SCRIPT_NAME"] = self.root
            environ["PATH_INFO"] = _decoded(path.removeprefix(self.root))
            return self.app(environ, start_response)

        return application


def raw_path(environ: "WSGIEnvironment") -> str:
    return str(environ["REQUEST_URI"]).partition("?")[0]


def _decoded(path: str) -> str:
    segments = (unquote(segment).replace("/", "%2F") for segment in path.split("/"))
    return "/".join(segments).encode().decode("latin-1")


def _parts(answer: tuple[Iterable[bytes], str, Headers]) -> tuple[bytes, str, Headers]:
    body, status, headers = answer
    return b"".join(body), status, headers
