"""The OpenAPI document: how an operation is described, and the error shapes that every operation shares."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.viewsets import ViewSet

from wire.envelope import body as envelope_of
from wire.errors import (
    BadRequest,
    DatabaseError,
    Forbidden,
    Invalid,
    Issue,
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
REQUEST_ID = "req-xX9ztZkutnalhd"


class IssueShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    path = serializers.ListField(child=serializers.CharField())
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
    message = serializers.ListField(child=serializers.DictField())
    error = serializers.CharField()


RULE = {"action": "create", "inverted": False, "subject": "app-connections", "conditions": {}}
EXAMPLES: Mapping[int, Sequence[WireError]] = {
    400: (
        BadRequest("Failed to validate credentials: Unauthorized"),
        BadRequest('An App Connection with the name "gitlab-platform" already exists'),
    ),
    401: (Unauthorized("Token missing"), Unauthorized("Invalid credentials")),
    403: (
        PermissionDenied("You are not allowed to create on app-connections", details=[RULE]),
        TokenRejected("Your token has expired. Please re-authenticate."),
        Forbidden(),
    ),
    404: (NotFound("Could not find App Connection with ID 3c90c3cc-0d44-4b50-8888-8dd25736052a"),),
    413: (PayloadTooLarge("The request body is larger than 1048576 bytes"),),
    415: (UnsupportedMediaType("The content type must be application/json"),),
    422: (Invalid([Issue("invalid_type", ["name"], "Required")]),),
    429: (RateLimited(retry_after=17),),
    500: (ServerError(), DatabaseError()),
    503: (Unavailable("Too many calls to gitlab.example.com are under way. Try again shortly.", retry_after=5),),
}


def error_responses() -> dict[int, OpenApiResponse]:
    """Return the documented answer for each error status, with real examples."""
    return {status: _error_response(status, errors) for status, errors in EXAMPLES.items()}


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
    parameters: list[Any] = [
        OpenApiParameter(name, str, OpenApiParameter.PATH, description="UUID") for name in path_ids
    ]
    return extend_schema(
        summary=summary,
        tags=list(tags),
        operation_id=operation_id,
        request=body,
        parameters=parameters + ([query] if query else []),
        responses={200: answer, **error_responses()},
        examples=list(examples),
        auth=[] if public else None,
    )


def describe(view: type[View], **operations: Callable[[Any], Any]) -> type[View]:
    """Describe the methods of a view set that it may have inherited; the ancestor's stay as they are."""
    for name, described in operations.items():
        described(isolate_view_method(view, name))  # type: ignore[no-untyped-call]
    return view


def describe_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Finish the document (a drf-spectacular hook): the server to call, and how to authenticate."""
    del generator, request, public
    result["components"]["securitySchemes"] = {"accessToken": {"type": "http", "scheme": "bearer"}}
    for path in result["paths"].values():
        for described in path.values():
            described["security"] = [] if described.get("security") == [] else [{"accessToken": []}]
    return result
