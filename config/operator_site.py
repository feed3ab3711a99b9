"""The operator's pages at /admin: Django's admin, behind the product's own sign-in."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from wire.admin import ShownOnly
from wire.errors import PermissionDenied


class OperatorSite(AdminSite):
    """Who may look is an operator of the instance, whatever they are in an organization."""

    site_header = site_title = "App Connections: operator"
    index_title = "What is stored"
    site_url = settings.LOGIN_REDIRECT_URL

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and getattr(request.user, "is_superuser", False)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register what we show ourselves; the pages that other packages bring along stay out."""
        if admin_class is not None and issubclass(admin_class, ShownOnly):
            super().register(model_or_iterable, admin_class, **options)

    def password_change(  # type: ignore[override]  # a redirect instead of a page
        self,
        request: HttpRequest,  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        return redirect("account_reset_password")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the product's sign-in; who has signed in and comes back here is no operator."""
        if request.user.is_authenticated:
            raise PermissionDenied("These pages are for the operator of the instance.")
        return redirect_to_login(
            request.GET.get("next", resolve_url("admin:index")), resolve_url(settings.LOGIN_URL)
        )

    def logout(  # type: ignore[override]  # a redirect instead of a page
        self,
        request: HttpRequest,  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> HttpResponse:
        return redirect("account_logout")
