"""Every address of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config.document import DocumentViewSet
from config.status import StatusViewSet
from wire import metrics, preferences

urlpatterns = [
    path("api/schema", DocumentViewSet.as_view({"get": "retrieve"}), name="schema"),
    path("api/docs", DocumentViewSet.as_view({"get": "page"}), name="docs"),
    path("api/status", StatusViewSet.as_view({"get": "status"})),
    path("api/", include("organizations.api.urls")),
    path("api/", include("identities.api.urls")),
    path("api/", include("connections.api.urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(url=settings.LOGIN_REDIRECT_URL)),
    path("", include("organizations.web.urls")),
    path("", include("organizations.web.organization_urls")),
    path("", include("identities.web.set_up_urls")),
    path("", include("connections.web.urls")),
    path("", include("identities.web.urls")),
    path("organization/app-connections/", include("oauth.urls")),
    path("preferences", preferences.choose, name="preferences"),
    path("healthcheck", StatusViewSet.as_view({"get": "healthcheck"})),
    path("metrics", metrics.view),
]

handler400 = "wire.envelope.bad_request"
handler403 = "wire.envelope.forbidden"
handler404 = "config.missing.not_found"
handler500 = "wire.envelope.server_error"
