"""The fields of GitLab credentials that every method shares."""

from connections.providers.base import Credentials, Field, Kind

DEFAULT_URL = "https://gitlab.com"
REFUSAL = "Failed to validate credentials: "

INSTANCE_URL = Field(
    name="instanceUrl",
    kind=Kind.URL,
    label="Instance URL",
    refusal="Invalid Instance URL",
    required=False,
    public=True,
    of_server=True,
    example="https://gitlab.example.com",
    help="Where your GitLab is, such as https://gitlab.example.com, also with a port or a path.",
)


def credentials_at(url: str) -> Credentials:
    """Return the public part of credentials for the instance at `url`."""
    return {INSTANCE_URL.name: url}


def server_url(credentials: Credentials, default: str = DEFAULT_URL) -> str:
    """Return the instance URL to call: the one given, without one trailing slash, or the default."""
    return str(credentials.get("instanceUrl") or default).removesuffix("/")
