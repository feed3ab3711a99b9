"""The pages of connections."""

from django.urls import path

from connections.web import views

app_name = "connections"
urlpatterns = [
    path("app-connections", views.home, name="home"),
]
