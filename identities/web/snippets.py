"""What can be pasted to log in. Secrets are named, never written: they stand in the one place that shows them."""

import uuid
from typing import NamedTuple

from django.conf import settings

LOGIN = """\
curl -fsS {site}/api/v1/auth/universal-auth/login \\
  -H 'Content-Type: application/json' \\
  -d '{{"clientId": "{client_id}", "clientSecret": "'"$CLIENT_SECRET"'"}}'"""
TERRAFORM = """\
provider "infisical" {{
  host = "{site}"

  auth = {{
    universal = {{
      client_id     = "{client_id}"
      client_secret = var.client_secret
    }}
  }}
}}"""
BEARER = """\
curl -fsS {site}/api/v1/identities/details \\
  -H "Authorization: Bearer $TOKEN\""""


class Snippet(NamedTuple):
    """A text to copy; `what` is its name."""

    title: str
    what: str
    text: str


def for_universal_auth(client_id: uuid.UUID) -> list[Snippet]:
    """Return how a client id and a client secret log in, from a shell and with Terraform."""
    given = {"site": settings.SITE_URL, "client_id": client_id}
    return [
        Snippet("With curl, the client secret in CLIENT_SECRET", "command", LOGIN.format(**given)),
        Snippet("With Terraform", "provider block", TERRAFORM.format(**given)),
    ]


def for_token() -> list[Snippet]:
    """Return how a token is used: who am I."""
    return [Snippet("With curl, the token in TOKEN", "command", BEARER.format(site=settings.SITE_URL))]
