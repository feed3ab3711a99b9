"""What the OpenAPI document shows: real bodies, and the answers to them."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

IDENTITY = "0f3f1a44-5a4e-4f6e-9d43-3b8f6d0c9b0e"
TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZGVudGl0eUlkIjoiLi4uIn0.c2lnbmF0dXJl"  # noqa: S105  # made up
CLIENT_SECRET = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"  # noqa: S105  # made up


def body(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


def answer(name: str, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=["200"])


BOOTSTRAP = [
    body(
        "First start",
        {"email": "admin@example.com", "password": "correct horse battery staple", "organization": "Example"},
    )
]
LOGIN = [
    body("Login", {"clientId": "b1c9a1f2-6e0e-4d0b-8a51-0d8f1c2e7a33", "clientSecret": CLIENT_SECRET}),
    answer(
        "Logged in",
        {"accessToken": TOKEN, "expiresIn": 3600, "accessTokenMaxTTL": 86400, "tokenType": "Bearer"},
    ),
]
CREATE_IDENTITY = [
    body(
        "A deployer",
        {
            "name": "platform-deployer",
            "organizationId": "6c1f0f0e-52a7-4f3c-9d55-2f0f5a3f9c11",
            "role": "member",
            "hasDeleteProtection": False,
            "metadata": [{"key": "team", "value": "platform"}],
        },
    )
]
ATTACH_UNIVERSAL_AUTH = [
    body("Every default", {}),
    body(
        "One hour, from the office and the runners",
        {
            "accessTokenTTL": 3600,
            "accessTokenMaxTTL": 86400,
            "clientSecretTrustedIps": [{"ipAddress": "203.0.113.0/24"}, {"ipAddress": "2001:db8::/48"}],
        },
    ),
]
CREATE_CLIENT_SECRET = [body("Without an end", {"description": "created by hand", "numUsesLimit": 0, "ttl": 0})]
ADD_MEMBER = [
    body("A permanent role", {"roles": [{"role": "admin"}]}),
    body(
        "An admin for an hour",
        {
            "roles": [
                {"role": "viewer"},
                {
                    "role": "admin",
                    "isTemporary": True,
                    "temporaryMode": "relative",
                    "temporaryRange": "1h",
                    "temporaryAccessStartTime": "2026-11-20T12:33:00Z",
                },
            ]
        },
    ),
]
