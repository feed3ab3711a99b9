"""The pages of connections."""

from django.urls import include, path

from connections.web import adding, detail, detail_changes, forgetting, instances, listing, renewing

app_name = "connections"
organization = [
    path("app-connections", listing.home, name="home"),
    path("app-connections/new", adding.choose, name="new"),
    path("app-connections/<str:app>/new/<str:method>", adding.by, name="new-by"),
    path("app-connections/<uuid:connection_id>", detail.overview, name="detail"),
    path("app-connections/<uuid:connection_id>/activity", detail.activity, name="activity"),
    path("app-connections/<uuid:connection_id>/check", detail.check, name="check"),
    path("app-connections/<uuid:connection_id>/credentials", detail_changes.credentials, name="credentials"),
    path("app-connections/<uuid:connection_id>/delete", detail_changes.delete, name="delete"),
    path("app-connections/<uuid:connection_id>/edit", detail_changes.edit, name="edit"),
    path("instances", instances.overview, name="instances"),
    path("instances/<str:app>/new", instances.new, name="instance-new"),
    path("instances/<str:app>/<uuid:instance_id>", instances.detail, name="instance"),
    path("instances/<str:app>/<uuid:instance_id>/client", instances.change_client, name="instance-client"),
    path(
        "instances/<str:app>/<uuid:instance_id>/clients/<str:kind>/forget", forgetting.forget, name="client-forget"
    ),
    path("instances/<str:app>/<uuid:instance_id>/clients/<str:kind>/keys", renewing.renew, name="client-keys"),
    path("instances/<str:app>/<uuid:instance_id>/network", instances.change_network, name="instance-network"),
    path("instances/<str:app>/<uuid:instance_id>/delete", instances.delete, name="instance-delete"),
]
urlpatterns = [
    path("organization/", include(organization)),
    path("projects/<uuid:project_id>", listing.project, name="project"),
    path("projects/<uuid:project_id>/app-connections", listing.project_home, name="project-home"),
]
