"""A GitHub of the sandbox, as tests connect to it: clients of ours there, and codes of its browser."""

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from sandbox.github import Sandbox
from sandbox.github.applications import App, OAuthApplication, new_private_key
from sandbox.github.tokens import Token

CALLBACK = "http://127.0.0.1:8000/organization/app-connections/github/oauth/callback"
SCOPES = ("repo", "admin:org")
OAUTH = "INF_APP_CONNECTION_GITHUB_OAUTH"
APP = "INF_APP_CONNECTION_GITHUB_APP"


def configure(settings: Any, github: Sandbox) -> tuple[OAuthApplication, App]:
    """Make the sandbox the server of the environment's two clients; returns the applications there."""
    settings.APP_CONNECTION_VARIABLES = variables(github)
    return application_at(github), app_at(github)


def variables(github: Sandbox) -> dict[str, str]:
    """Return the environment of a service whose OAuth app and GitHub App are those of this GitHub."""
    return {**oauth_variables(github, application_at(github)), **app_variables(github, app_at(github))}


def host_of(github: Sandbox) -> str:
    """Return the bare host name by which credentials name this GitHub."""
    return f"127.0.0.1:{github.port}"


def populated() -> Sandbox:
    """Return a GitHub where ann owns acme, which has a repository with an environment."""
    github = Sandbox()
    populate(github)
    return github


def populate(github: Sandbox) -> None:
    github.organization("acme", members={"ann": "admin", "bob": "member"})
    github.repository("acme/api", environments=("production",))


def application_at(github: Sandbox) -> OAuthApplication:
    """Return the one OAuth app of this GitHub."""
    try:
        return github.find_application("contract")
    except KeyError:
        return github.oauth_application(redirect_uris=[CALLBACK], client_id="contract")


def app_at(github: Sandbox) -> App:
    """Return the one GitHub App of this GitHub."""
    try:
        return github.find_app("contract-app")
    except KeyError:
        return github.app(
            "Acme Connections", callback_urls=[CALLBACK], client_id="contract-app", private_key=private_key()
        )


def code(
    github: Sandbox, application: OAuthApplication, *, user: str = "ann", scopes: tuple[str, ...] = SCOPES
) -> str:
    """Return a code, as a browser brings it back from the consent page."""
    asked = {
        "client_id": application.client_id,
        "redirect_uri": application.callback_urls[-1],
        "scope": " ".join(scopes),
        "state": secrets.token_hex(8),
    }
    return brought(github.approve(f"{github.url}/login/oauth/authorize?{urlencode(asked)}", user))["code"]


def installed(github: Sandbox, app: App, *, user: str = "ann", account: str = "acme") -> Mapping[str, str]:
    """Return what a browser brings back in which somebody installs the App."""
    address = f"{github.url}/github-apps/{app.slug}/installations/new?state={secrets.token_hex(8)}"
    return brought(github.install_in_browser(address, user, account))


def brought(address: str) -> Mapping[str, str]:
    """Return the query of an address that a browser is sent back to."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def app_credentials(github: Sandbox, app: App, *, account: str = "acme") -> dict[str, Any]:
    """Return what ann brings back for the App on an account: by installing it, or by showing who she is."""
    there = next((each for each in github.hub.installations.of(app) if each.account.login == account), None)
    if there:
        return {"code": code(github, app), "installationId": str(there.id)}
    back = installed(github, app, account=account)
    return {"code": back["code"], "installationId": back["installation_id"]}


def credentials(github: Sandbox, method: str, **more: Any) -> dict[str, Any]:
    """Return credentials of ann that this GitHub accepts."""
    given: dict[str, Any]
    if method == "pat":
        given = {"personalAccessToken": github.personal_token(scopes=SCOPES).value}
    elif method == "oauth":
        given = {"code": code(github, application_at(github))}
    else:
        given = app_credentials(github, app_at(github))
    return {**given, **of_server(github), **more}


def of_server(github: Sandbox) -> dict[str, str]:
    """Return what of credentials says that they are for this GitHub."""
    return {"instanceType": "server", "host": host_of(github)}


def expiring_app(github: Sandbox) -> App:
    """Return a new GitHub App whose tokens of people live eight hours and are refreshed."""
    return github.app(f"Expiring {secrets.token_hex(4)}", callback_urls=[CALLBACK], private_key=private_key())


@cache
def private_key() -> str:
    """Return the key of all these Apps: to make one takes a while."""
    return new_private_key()


def oauth_variables(github: Sandbox, application: OAuthApplication) -> dict[str, str]:
    """Return the environment of a service whose OAuth client at this GitHub is this application."""
    return {
        f"{OAUTH}_CLIENT_ID": application.client_id,
        f"{OAUTH}_CLIENT_SECRET": application.client_secret,
        f"{OAUTH}_HOST": host_of(github),
    }


def app_variables(github: Sandbox, app: App) -> dict[str, str]:
    """Return the environment of a service whose GitHub App at this GitHub is this one."""
    return {
        f"{APP}_CLIENT_ID": app.client_id,
        f"{APP}_CLIENT_SECRET": app.client_secret,
        f"{APP}_PRIVATE_KEY": app.private_key,
        f"{APP}_SLUG": app.slug,
        f"{APP}_ID": str(app.id),
        f"{APP}_HOST": host_of(github),
    }


def live_tokens(github: Sandbox, application: OAuthApplication) -> set[str]:
    """Return every token that the application has for people and that this GitHub still accepts."""
    tokens = github.hub.tokens
    issued = (token for token in list(tokens._by_value.values()) if isinstance(token, Token))
    return {each.value for each in issued if each.application is application and tokens.is_live(each)}
