"""An OpenID Connect issuer on loopback, for tests."""

from sandbox.oidc.issuer import Issuer, Person

__all__ = ["Issuer", "Person"]
