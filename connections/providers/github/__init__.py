"""GitHub: github.com, tenants of ghe.com, and GitHub Enterprise Server."""

from connections.providers.base import Listing, Provider
from connections.providers.github import app, listings, oauth, personal_token
from connections.providers.github.credentials import DEFAULT_URL, credentials_at, server_url
from connections.providers.github.fields import SERVER

# A cat's head in a ring: two ears, a face.
ICON = (
    "M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 1.6a7.4 7.4 0 1 1 0 14.8 7.4 7.4 0 0 1 0-14.8Z"
    "M5.6 5.2 7.9 6.6a8 8 0 0 1 4.2 0l2.3-1.4.3 3.1a4.6 4.6 0 0 1 .7 2.4c0 2.8-2.4 4.3-5.4 4.3s-5.4-1.5-5.4-4.3"
    "c0-.9.3-1.7.7-2.4Z"
)

GITHUB = Provider(
    app="github",
    display_name="GitHub",
    icon=ICON,
    project_types=frozenset({"secret-manager"}),
    methods={method.name: method for method in (app.METHOD, oauth.METHOD, personal_token.METHOD)},
    default_url=DEFAULT_URL,
    server_field=SERVER,
    server_url=server_url,
    credentials_at=credentials_at,
    clients={kind.name: kind for kind in (oauth.CLIENT, app.CLIENT)},
    options={
        "oauthClientId": oauth.CLIENT.variables.client_id,
        "appClientSlug": app.CLIENT.variables.details["slug"],
    },
    has_gateways=True,
    listings=(
        Listing(
            name="repositories",
            summary="List the GitHub repositories that the connection may administer",
            item={"id": 42, "name": "api", "owner": {"login": "acme", "id": 7}},
            fetch=listings.repositories,
            envelope="repositories",
        ),
        Listing(
            name="organizations",
            summary="List the GitHub organizations that the connection reaches",
            item={"id": 7, "login": "acme"},
            fetch=listings.organizations,
            envelope="organizations",
        ),
        Listing(
            name="environments",
            summary="List the environments of a GitHub repository",
            item={"id": 9, "name": "production"},
            fetch=listings.environments,
            envelope="environments",
            query=listings.ENVIRONMENT_QUERY,
        ),
    ),
)
