"""`/-/sandbox/...`: the methods of a provider in the sandbox over HTTP, for another process.

`POST /-/sandbox/{method}` with its arguments as JSON, `GET /-/sandbox/requests` for what was recorded;
always at the root of the host, also where the provider is served below a path.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from sandbox.recording import RecordedRequest

if TYPE_CHECKING:
    from sandbox.loopback import Loopback

OF_EVERY_PROVIDER = ("behave", "clear_requests", "misbehave", "travel")


@dataclass(frozen=True)
class Control:
    """What of a provider can be called from outside.

    `methods` are added to those of every provider. `shown` names, by type, the attributes of a result that are
    answered. `read` turns an argument of that name from JSON into what the method takes.
    """

    methods: tuple[str, ...]
    shown: Mapping[type[object], tuple[str, ...]]
    read: Mapping[str, Callable[[Any], object]]

    def routes(self, sandbox: "Loopback") -> Blueprint:
        control = Blueprint("control", __name__, url_prefix="/-/sandbox")
        control.add_url_rule("/requests", "requests", lambda: requests(sandbox))
        control.add_url_rule("/<method>", "call", lambda method: self.call(sandbox, method), methods=["POST"])
        return control

    def call(self, sandbox: "Loopback", method: str) -> tuple[Response, int]:
        methods = sorted({*self.methods, *OF_EVERY_PROVIDER})
        if method not in methods:
            return jsonify(error=f"there are: {', '.join(methods)}"), 404
        try:
            result = getattr(sandbox, method)(**self.arguments(request.get_json(silent=True) or {}))
        except (KeyError, TypeError, ValueError) as error:
            return jsonify(error=str(error)), 400
        return jsonify(self.show(result) or {}), 200

    def arguments(self, sent: dict[str, Any]) -> dict[str, Any]:
        return sent | {name: read(sent[name]) for name, read in self.read.items() if name in sent}

    def show(self, value: Any) -> Any:
        """What JSON can say of a result: nothing of an object whose type is not in `shown`."""
        if type(value) in self.shown:
            return {name: self.show(getattr(value, name)) for name in self.shown[type(value)]}
        if hasattr(value, "isoformat"):
            return value.isoformat()
        return value if isinstance(value, str | int | float | tuple | list | dict) else None


def requests(sandbox: "Loopback") -> Response:
    return jsonify([shown_request(recorded) for recorded in sandbox.requests])


def shown_request(recorded: RecordedRequest) -> dict[str, Any]:
    return {
        "method": recorded.method,
        "path": recorded.path,
        "query": recorded.query,
        "headers": dict(recorded.headers),
        "body": recorded.body.decode("utf-8", "replace"),
        "at": recorded.at,
        "status": recorded.status,
    }
