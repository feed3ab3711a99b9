"""The first run."""

from django.urls import path

from identities.web import first_run

urlpatterns = [path("setup", first_run.set_up, name="set_up")]
