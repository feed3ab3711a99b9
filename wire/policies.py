"""REST framework's defaults for every view: a token is needed, and the answer is JSON."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from wire.errors import Unauthorized

if TYPE_CHECKING:  # REST framework imports this module while it builds its views
    from rest_framework.views import APIView


class Authenticated(BasePermission):
    """Nobody gets further without a token."""

    def has_permission(self, request: Request, view: "APIView") -> bool:  # noqa: ARG002
        if request.user is None:
            raise Unauthorized("Token missing")
        return True


class AlwaysJSON(BaseContentNegotiation):
    """Answer JSON whatever `Accept` says: the contract's clients do not send it when they log in."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        del request, format_suffix
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
