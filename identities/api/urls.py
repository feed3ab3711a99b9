from django.urls import path

from identities.api.bootstrap import BootstrapViewSet as Bootstrap
from identities.api.login import LoginViewSet as Login

urlpatterns = [
    path("v1/admin/bootstrap", Bootstrap.as_view({"post": "create"})),
    path("v1/auth/universal-auth/login", Login.as_view({"post": "universal_auth"})),
    path("v1/auth/token/renew", Login.as_view({"post": "renew"})),
    path("v1/auth/token/revoke", Login.as_view({"post": "revoke"})),
]
