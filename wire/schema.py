"""The OpenAPI document: how an operation is described, and the error shapes that every operation shares."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.viewsets import ViewSet

from wire.envelope import body as envelope_of
from wire.errors import (
    BadRequest,
    DatabaseError,
    Forbidden,
    Invalid,
    Issue,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    PermissionDenied,
    RateLimited,
    ServerError,
    TokenRejected,
    Unauthorized,
    Unavailable,
    UnsupportedMediaType,
    WireError,
)

View = TypeVar("View", bound=ViewSet)
Shape = TypeVar("Shape", bound=serializers.BaseSerializer[Any])
PUBLIC = "x-public"
REQUEST_ID = "req-xX9ztZkutnalhd"


class OneOfDocument(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular registers it
    """Our field of a few words is an enum."""

    target_class = "wire.fields.OneOf"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
        return {"type": "string", "enum": list(self.target.choices)}


class UuidDocument(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # drf-spectacular registers it
    """Our field of an id is a UUID."""

    target_class = "wire.fields.Uuid"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        del auto_schema, direction
        return {"type": "string", "format": "uuid"}


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "integer"}]})
class Step(serializers.Field[Any, Any, Any, Any]):
    """One step on the way to a fault: a key, or an index."""


class IssueShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    path = serializers.ListField(child=Step())
    message = serializers.CharField()


class ErrorShape(serializers.Serializer[Any]):
    """The envelope of every error but 422."""

    reqId = serializers.CharField()
    statusCode = serializers.IntegerField()
    message = serializers.CharField()
    error = serializers.CharField()
    details = serializers.ListField(child=serializers.DictField(), required=False)


class InvalidShape(serializers.Serializer[Any]):
    """The envelope of a 422: one issue for each fault of the input."""

    reqId = serializers.CharField()
    statusCode = serializers.IntegerField()
    message = IssueShape(many=True)
    error = serializers.CharField()


RULE = {"action": "create", "inverted": False, "subject": "app-connections", "conditions": {}}
EXAMPLES: Mapping[int, Sequence[WireError]] = {
    400: (
        BadRequest(
            "Failed to validate credentials: Unauthorized. Cause: Token was revoked. You have to re-authorize."
        ),
        BadRequest('An App Connection with the name "gitlab-platform" already exists'),
    ),
    401: (Unauthorized("Token missing"), Unauthorized("Invalid credentials")),
    403: (
        PermissionDenied("You are not allowed to create on app-connections", details=[RULE]),
        TokenRejected("Your token has expired. Please re-authenticate."),
        Forbidden(),
    ),
    404: (NotFound("Could not find App Connection with ID 3c90c3cc-0d44-4b50-8888-8dd25736052a"),),
    405: (MethodNotAllowed('Method "PUT" not allowed.'),),
    413: (PayloadTooLarge("The request body is larger than 1048576 bytes"),),
    415: (UnsupportedMediaType("The content type must be application/json"),),
    422: (Invalid([Issue("invalid_type", ["name"], "Required")]),),
    429: (RateLimited(retry_after=17),),
    500: (ServerError(), DatabaseError()),
    503: (Unavailable("The database does not answer", retry_after=5),),
}

ONLY_WITH_A_BODY = {PayloadTooLarge.status, UnsupportedMediaType.status}
WAIT_HEADERS = {
    "Retry-After": "Seconds to wait.",
    "X-RateLimit-Limit": "Requests that a minute allows.",
    "X-RateLimit-Remaining": "Requests left in this minute.",
    "X-RateLimit-Reset": "Seconds until the next minute.",
}


def error_responses(*, with_body: bool) -> dict[int, OpenApiResponse]:
    """Return the documented answer for each error status, with real examples."""
    return {
        status: _error_response(status, errors)
        for status, errors in EXAMPLES.items()
        if with_body or status not in ONLY_WITH_A_BODY
    }


def _error_response(status: int, errors: Sequence[WireError]) -> OpenApiResponse:
    examples = [
        OpenApiExample(
            f"{error.error} {index}" if index else error.error,
            value=envelope_of(error, REQUEST_ID),
            response_only=True,
            status_codes=[str(status)],
        )
        for index, error in enumerate(errors)
    ]
    shape = InvalidShape if status == Invalid.status else ErrorShape
    return OpenApiResponse(shape, description=errors[0].error, examples=examples)


def operation(
    summary: str,
    tags: Sequence[str],
    answer: Any,
    *,
    body: Any = None,
    query: Any = None,
    public: bool = False,
    examples: Sequence[OpenApiExample] = (),
    operation_id: str | None = None,
    path_ids: Sequence[str] = (),
) -> Callable[[Any], Any]:
    """Describe one operation: what it takes, what it answers, and every way it may refuse."""
    parameters: list[Any] = [OpenApiParameter(name, OpenApiTypes.UUID, OpenApiParameter.PATH) for name in path_ids]
    return extend_schema(
        summary=summary,
        tags=list(tags),
        operation_id=operation_id,
        request=body,
        parameters=parameters + ([query] if query else []),
        responses={200: _single(answer), **error_responses(with_body=body is not None)},
        examples=list(examples),
        extensions={PUBLIC: True} if public else None,
    )


def _single(answer: Any) -> Any:
    """Keep drf-spectacular from making an array of an envelope because the operation is called `list`."""
    if isinstance(answer, serializers.ListSerializer):
        return answer
    return forced_singular_serializer(answer)  # type: ignore[no-untyped-call]


def example(**value: Any) -> Callable[[type[Shape]], type[Shape]]:
    """Give an input serializer the example that the document shows of it."""
    return extend_schema_serializer(examples=[OpenApiExample("Example", value=value, request_only=True)])


def describe(view: type[View], **operations: Callable[[Any], Any]) -> type[View]:
    """Describe the methods of a view set that it may have inherited; the ancestor's stay as they are."""
    for name, described in operations.items():
        described(isolate_view_method(view, name))  # type: ignore[no-untyped-call]
    return view


def finish(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Finish the document (a drf-spectacular hook): who needs a token, and the headers of a 429."""
    del generator, request, public
    result["components"]["securitySchemes"] = {"accessToken": {"type": "http", "scheme": "bearer"}}
    headers = {name: {"description": text, "schema": {"type": "integer"}} for name, text in WAIT_HEADERS.items()}
    for described in (operation for path in result["paths"].values() for operation in path.values()):
        described["security"] = [] if described.pop(PUBLIC, False) else [{"accessToken": []}]
        described["responses"]["429"]["headers"] = headers
    return result
