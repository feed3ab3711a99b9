"""The product's addresses and the yardsticks'."""

from django.urls import include, path

from bench import yardsticks

urlpatterns = [
    path("", include("config.urls")),
    path("bench/constant", yardsticks.constant),
    path("bench/one-query/<uuid:connection_id>", yardsticks.one_query),
]

handler400 = "wire.envelope.bad_request"
handler403 = "wire.envelope.forbidden"
handler404 = "wire.envelope.not_found"
handler500 = "wire.envelope.server_error"
