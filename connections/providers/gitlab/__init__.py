"""GitLab: gitlab.com and self-managed instances, also below a path."""

from connections.providers.base import Listing, Provider
from connections.providers.gitlab import access_token, listings, oauth
from connections.providers.gitlab.credentials import DEFAULT_URL, INSTANCE_URL, credentials_at, server_url

# The head of a fox: ears, a pointed face, two eyes.
ICON = "M4.2 2 7 8h6l2.8-6L18 11.4 10 18 2 11.4ZM6.2 10.6l1.3 2.2 1.3-2.2ZM11.2 10.6l1.3 2.2 1.3-2.2Z"

GITLAB = Provider(
    app="gitlab",
    display_name="GitLab",
    icon=ICON,
    project_types=frozenset({"secret-manager", "secret-scanning"}),
    methods={method.name: method for method in (oauth.METHOD, access_token.METHOD)},
    default_url=DEFAULT_URL,
    server_field=INSTANCE_URL,
    server_url=server_url,
    credentials_at=credentials_at,
    clients={oauth.CLIENT.name: oauth.CLIENT},
    options={"oauthClientId": oauth.CLIENT.variables.client_id},
    listings=(
        Listing(
            name="projects",
            summary="List the GitLab projects that the connection's account is a member of",
            item={"id": "42", "name": "platform/api"},
            fetch=listings.projects,
        ),
        Listing(
            name="groups",
            summary="List the GitLab groups that the connection's account owns",
            item={"id": "7", "name": "Platform", "fullName": "Acme / Platform", "fullPath": "acme/platform"},
            fetch=listings.groups,
        ),
    ),
)
