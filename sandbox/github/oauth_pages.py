"""`/login/oauth/authorize`: the consent that a browser sees.

https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors
"""

from dataclasses import dataclass
from html import escape

from flask import Blueprint, Response, request

from sandbox.github import answers
from sandbox.github.applications import App, OAuthApplication
from sandbox.github.callbacks import with_query
from sandbox.github.hub import Hub
from sandbox.github.oauth import DESCRIPTIONS
from sandbox.github.signing_in import signed_in_user
from sandbox.github.state import User
from sandbox.pages import document, hidden
from sandbox.refusal import Refusal

ERRORS = f"{answers.OAUTH_ERRORS}/troubleshooting-authorization-request-errors/"
DENIED = "The user has denied your application access."
ASKED = ("client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "login")


@dataclass(frozen=True)
class Asked:
    """What an application asks a person for."""

    application: OAuthApplication
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    challenge: str | None


def routes(hub: Hub) -> Blueprint:
    pages = Blueprint("oauth_pages", __name__, url_prefix="/login/oauth")
    pages.add_url_rule("/authorize", "authorize", lambda: authorize(hub), methods=["GET"])
    pages.add_url_rule("/authorize", "decide", lambda: decide(hub), methods=["POST"])
    return pages


def authorize(hub: Hub) -> Response:
    """The question; nobody is asked again for what they agreed to."""
    user, asked = signed_in_user(hub), asked_for(hub)
    if hub.applications.is_authorized(asked.application, user, asked.scopes):
        return answers.redirect(granted(hub, asked, user))
    return answers.page(consent(asked, user))


def decide(hub: Hub) -> Response:
    user, asked = signed_in_user(hub), asked_for(hub)
    if request.form.get("authorize") != "1":
        return answers.redirect(sent_back_with(asked.redirect_uri, "access_denied", DENIED, asked.state))
    return answers.redirect(granted(hub, asked, user))


def asked_for(hub: Hub) -> Asked:
    """Raises the refusal for an application or an address that GitHub does not know."""
    values = request.values
    application = hub.applications.by_id.get(values.get("client_id", ""))
    if application is None:
        raise Refusal(answers.page(document("Page not found · GitHub", "<h1>404</h1>"), 404))
    redirect_uri = values.get("redirect_uri") or application.callback_urls[0]
    if not application.allows(redirect_uri):
        raise Refusal(mismatch(application, values.get("state")))
    # Only S256 is supported; what asks for anything else gets a code that no verifier fits.
    scopes = () if isinstance(application, App) else scopes_of(values.get("scope", ""))
    return Asked(application, redirect_uri, scopes, values.get("state"), values.get("code_challenge") or None)


def scopes_of(text: str) -> tuple[str, ...]:
    """Separated by commas or by spaces, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


def mismatch(application: OAuthApplication, state: str | None) -> Response:
    """An OAuth app hears of it at its registered address; a GitHub App's person is told."""
    if isinstance(application, App):
        body = (
            "<h1>Be careful!</h1><p>The <code>redirect_uri</code> is not associated with this application.</p>"
            "<p>The application might be misconfigured or could be trying to redirect you to a website you "
            "weren't expecting.</p>"
        )
        return answers.page(document("Be careful · GitHub", body))
    error = "redirect_uri_mismatch"
    return answers.redirect(sent_back_with(application.callback_urls[0], error, DESCRIPTIONS[error], state))


def sent_back_with(address: str, error: str, description: str, state: str | None) -> str:
    uri = f"{ERRORS}#{error.replace('_', '-')}"
    values = {"error": error, "error_description": description, "error_uri": uri, "state": state}
    return with_query(address, values)


def granted(hub: Hub, asked: Asked, user: User) -> str:
    """The address that the person is sent back to, with a code."""
    with hub.lock:
        hub.applications.authorize(asked.application, user, asked.scopes)
        code = hub.tokens.new_code(asked.application, user, asked.redirect_uri, asked.scopes, asked.challenge)
    return with_query(asked.redirect_uri, {"code": code.value, "state": asked.state})


def consent(asked: Asked, user: User) -> str:
    fields = hidden({name: request.values[name] for name in ASKED if name in request.values})
    scopes = "".join(f"<li>{escape(scope)}</li>" for scope in asked.scopes)
    name = escape(asked.application.name)
    return document(
        f"Authorize {asked.application.name}",
        CONSENT.format(name=name, user=escape(user.login), scopes=scopes, hidden=fields),
    )


CONSENT = """<h1>Authorize {name}</h1>
<p>{name} wants to access your account <b>{user}</b>.</p><ul>{scopes}</ul>
<form method="post" action="/login/oauth/authorize">{hidden}
<button name="authorize" value="0">Cancel</button>
<button name="authorize" value="1">Authorize {name}</button>
</form>"""
