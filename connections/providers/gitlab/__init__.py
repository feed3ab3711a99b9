"""GitLab: gitlab.com and self-managed instances, also below a path."""

from connections.providers.base import Listing, Provider
from connections.providers.gitlab import access_token, listings
from connections.providers.gitlab.credentials import server_url

GITLAB = Provider(
    app="gitlab",
    display_name="GitLab",
    project_types=frozenset({"secret-manager", "secret-scanning"}),
    methods={access_token.METHOD.name: access_token.METHOD},
    server_url=server_url,
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
