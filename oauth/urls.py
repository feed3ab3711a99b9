"""The addresses of the handshake, below `/organization/app-connections/`."""

from django.urls import path

from oauth import views

app_name = "oauth"
urlpatterns = [
    path("<str:app>/oauth/new", views.new, name="new"),
    path("<str:app>/oauth/start", views.start, name="start"),
    path("<str:app>/oauth/callback", views.callback, name="callback"),
    path("<str:app>/oauth/callback/<uuid:instance_id>", views.callback, name="callback-of-instance"),
    path("<str:app>/oauth/confirm/<uuid:attempt_id>", views.confirm, name="confirm"),
]
