"""How GitHub makes a GitHub App of a manifest that we write, and gives us its keys.

https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote, urlencode

from connections.providers import http
from connections.providers.clients import Made, Maker, OAuthClient, Order, Server
from connections.providers.github import client
from connections.providers.github.credentials import api_url

CONVERT_SECONDS = 30.0
# What secret syncs need: https://docs.github.com/en/rest/actions/secrets
PERMISSIONS: Mapping[str, str] = {
    "actions": "read",
    "environments": "write",
    "metadata": "read",
    "organization_secrets": "write",
    "secrets": "write",
}


def form(server: Server, order: Order) -> tuple[str, Mapping[str, str]]:
    """Return where a person posts the manifest, and the fields of that form."""
    owner = f"/organizations/{quote(order.owner, safe='')}" if order.owner else ""
    address = f"{server.url}{owner}/settings/apps/new?{urlencode({'state': order.state})}"
    manifest = {
        "name": order.name,
        "url": order.site_url,
        "hook_attributes": {"url": order.site_url, "active": False},
        "redirect_url": order.made_uri,
        "callback_urls": list(order.redirect_uris),
        "public": False,
        "request_oauth_on_install": True,
        "setup_on_update": True,  # or nobody comes back who connects where the App is installed already
        "default_permissions": dict(PERMISSIONS),
        "default_events": [],
    }
    return address, {"manifest": json.dumps(manifest)}


def convert(server: Server, code: str, redirect_uri: str) -> Made:
    """Return the App for the code that a person came back with."""
    with http.session(server.network, budget=CONVERT_SECONDS) as calls:
        made = client.convert_manifest(calls, api_url(server.url), code)
    return Made(
        client=OAuthClient(
            id=made.client_id,
            secrets=[made.client_secret],
            redirect_uri=redirect_uri,
            details={"slug": made.slug, "appId": str(made.id), "name": made.name, "owner": made.owner_login},
            private_keys=[made.pem],
        ),
        name=made.name,
        page=made.html_url,
        other_secrets={"webhookSecret": made.webhook_secret},
    )


MAKER = Maker(
    form=form,
    convert=convert,
    lifetime=timedelta(hours=1),
    longest_name=34,
    owner_label="GitHub organization that will own it",
    owner_pattern=r"\A[A-Za-z0-9-]{1,39}\Z",
    owner_rule="Give it as in its address: letters, digits and hyphens, at most 39 of them.",
    on_owner="It can be installed on its owner only: name the organization whose repositories it is for. Without "
    "one, that is your own account at GitHub.",
    permissions=PERMISSIONS,
)
