"""Every address of the product."""

from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerView

from config.document import DocumentViewSet
from config.status import StatusViewSet
from wire import metrics

urlpatterns = [
    path("api/schema", DocumentViewSet.as_view({"get": "retrieve"}), name="schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("api/status", StatusViewSet.as_view({"get": "status"})),
    path("api/", include("organizations.api.urls")),
    path("api/", include("identities.api.urls")),
    path("api/", include("connections.api.urls")),
    path("healthcheck", StatusViewSet.as_view({"get": "healthcheck"})),
    path("metrics", metrics.view),
]

handler400 = "wire.envelope.bad_request"
handler404 = "wire.envelope.not_found"
handler500 = "wire.envelope.server_error"
