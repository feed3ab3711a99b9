"""The pages of connections."""

from django.urls import path

from connections.web import detail, detail_changes, views

app_name = "connections"
urlpatterns = [
    path("app-connections", views.home, name="home"),
    path("app-connections/<uuid:connection_id>", detail.overview, name="detail"),
    path("app-connections/<uuid:connection_id>/activity", detail.activity, name="activity"),
    path("app-connections/<uuid:connection_id>/check", detail.check, name="check"),
    path("app-connections/<uuid:connection_id>/credentials", detail_changes.credentials, name="credentials"),
    path("app-connections/<uuid:connection_id>/delete", detail_changes.delete, name="delete"),
    path("app-connections/<uuid:connection_id>/edit", detail_changes.edit, name="edit"),
]
