"""The pages of an organization."""

from django.urls import path

from organizations.web import switching

app_name = "organizations"
urlpatterns = [
    path("organization/switch", switching.switch, name="switch"),
]
