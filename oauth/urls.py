"""The addresses of the handshake, below `/organization/app-connections/`."""

from django.urls import path

from oauth import deciding, making_views, views

app_name = "oauth"
urlpatterns = [
    path("<str:app>/oauth/new", views.new, name="new"),
    path("<str:app>/oauth/start", views.start, name="start"),
    path("<str:app>/oauth/callback", views.callback, name="callback"),
    path("<str:app>/oauth/callback/<uuid:instance_id>", views.callback, name="callback-of-instance"),
    path("<str:app>/clients/<str:kind>/new", making_views.new, name="client-new"),
    path("<str:app>/clients/made", making_views.made, name="client-made"),
    path("<str:app>/oauth/choose/<uuid:attempt_id>", deciding.choose, name="choose"),
    path("<str:app>/oauth/confirm/<uuid:attempt_id>", deciding.confirm, name="confirm"),
]
