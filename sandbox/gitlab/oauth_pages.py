"""What a browser sees of GitLab's OAuth: sign in, consent, or the page that moves on by itself."""
# Authlib has no types.
# mypy: disable-error-code="import-untyped"

from html import escape

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, request, session

from sandbox.gitlab import answers
from sandbox.gitlab.applications import Application
from sandbox.gitlab.oauth import Provider
from sandbox.gitlab.oauth_request import Request, description
from sandbox.gitlab.state import User
from sandbox.pages import document, here, hidden
from sandbox.parameters import parameters

SCOPE_MEANINGS = {
    "api": "Access the API on your behalf",
    "read_api": "Read API",
    "read_user": "Read your personal information",
    "read_repository": "Allows read-only access to the repository",
    "write_repository": "Allows read-write access to the repository",
}
HIDDEN = (
    "client_id",
    "redirect_uri",
    "state",
    "response_type",
    "scope",
    "code_challenge",
    "code_challenge_method",
)


def routes(provider: Provider) -> Blueprint:
    pages = Blueprint("pages", __name__)
    pages.add_url_rule("/users/sign_in", "sign_in", sign_in_page, methods=["GET"])
    pages.add_url_rule("/users/sign_in", "signed_in", lambda: sign_in(provider), methods=["POST"])
    pages.add_url_rule("/oauth/authorize", "authorize", lambda: authorize(provider), methods=["GET"])
    pages.add_url_rule("/oauth/authorize", "decide", lambda: decide(provider), methods=["POST", "DELETE"])
    return pages


def signed_in_user(provider: Provider) -> User | None:
    user = provider.world.users.get(session.get("username", ""))
    return user if user and not user.blocked else None


def sign_in_page() -> Response:
    return answers.page(document("Sign in · GitLab", SIGN_IN.format(alert="")))


def sign_in(provider: Provider) -> Response:
    user = provider.world.users.get(request.form.get("user[login]", ""))
    if user is None or user.bot or user.blocked or user.password != request.form.get("user[password]"):
        return answers.page(document("Sign in · GitLab", SIGN_IN.format(alert=INVALID_LOGIN)))
    session["username"] = user.username
    return answers.redirect(here(session.pop("return_to", "/")))


def authorize(provider: Provider) -> Response:
    """GET /oauth/authorize: RFC 6749, section 4.1.1. What is wrong with the request is shown to the
    user and never sent back to the application."""
    user = signed_in_user(provider)
    if user is None:
        session["return_to"] = request.full_path
        return answers.redirect(here("/users/sign_in"))
    try:
        grant = provider.get_consent_grant(Request(parameters()), end_user=user)
    except OAuth2Error as error:
        return error_page(error)
    application, scopes = grant.request.client, tuple(grant.request.scope.split())
    if needs_no_click(provider, application, user, scopes):
        with provider.world.lock:
            done = provider.create_authorization_response(grant.request, grant_user=user, grant=grant)
        return moving_on(done.headers["Location"])
    return answers.page(consent(application, scopes))


def needs_no_click(provider: Provider, application: Application, user: User, scopes: tuple[str, ...]) -> bool:
    """A trusted application, or a confidential one that holds a live token of exactly these scopes."""
    if application.trusted:
        return True
    return application.confidential and provider.applications.has_live_token(application, user, scopes)


def decide(provider: Provider) -> Response:
    """POST /oauth/authorize approves; DELETE, or `_method=delete` as forms do it, refuses."""
    user = signed_in_user(provider)
    if user is None:
        return answers.redirect(here("/users/sign_in"))
    refused = request.method == "DELETE" or request.form.get("_method") == "delete"
    try:
        grant = provider.get_consent_grant(Request(parameters()), end_user=user)
    except OAuth2Error as error:
        return error_page(error)
    with provider.world.lock:
        response: Response = provider.create_authorization_response(
            grant.request, grant_user=None if refused else user, grant=grant
        )
    return response


def consent(application: Application, scopes: tuple[str, ...]) -> str:
    values = parameters()
    fields = hidden({name: values[name] for name in HIDDEN if name in values})
    meanings = "".join(f"<li>{escape(SCOPE_MEANINGS.get(scope, scope))}</li>" for scope in scopes)
    action = escape(f"{request.script_root}/oauth/authorize")
    body = CONSENT.format(name=escape(application.name), scopes=meanings, hidden=fields, action=action)
    return document("OAuth authorization required", body)


def error_page(error: OAuth2Error) -> Response:
    body = f"<h1>An error has occurred</h1>\n<pre>{escape(description(error))}</pre>"
    return answers.page(document("OAuth authorization required", body))


def moving_on(location: str) -> Response:
    """What GitLab sends in place of a redirect when nobody has to click."""
    script = location.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return answers.page(MOVING_ON.format(link=escape(location), script=script.replace('"', '\\"')))


INVALID_LOGIN = "<p>Invalid login or password.</p>"
SIGN_IN = """<h1>Sign in</h1>{alert}
<form method="post">
<p><label>Username <input name="user[login]" autofocus></label></p>
<p><label>Password <input name="user[password]" type="password"></label></p>
<p><button>Sign in</button></p>
</form>
<p>This is a sandbox: the password of <i>ann</i> is <i>ann-password</i>, and so on.</p>"""
CONSENT = """<h1>Authorization required</h1>
<p>Authorize {name} to use your account?</p>
<p>This application will be able to:</p><ul>{scopes}</ul>
<form method="post" action="{action}">{hidden}<button>Authorize</button></form>
<form method="post" action="{action}">{hidden}
<input type="hidden" name="_method" value="delete"><button>Deny</button></form>"""
MOVING_ON = """<!DOCTYPE html><html><head><title>Moving on</title></head><body>
<p><a href="{link}">Continue to the application</a></p>
<script>
//<![CDATA[
window.location = "{script}";
//]]>
</script></body></html>
"""
