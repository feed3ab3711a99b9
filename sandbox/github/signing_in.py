"""`/login`: who sits at the browser."""

from html import escape
from urllib.parse import urlencode

from flask import Blueprint, Response, request, session

from sandbox.github import answers
from sandbox.github.hub import Hub
from sandbox.github.state import User
from sandbox.pages import document, here, hidden
from sandbox.refusal import Refusal


def routes(hub: Hub) -> Blueprint:
    pages = Blueprint("signing_in", __name__)
    pages.add_url_rule("/login", "sign_in", lambda: sign_in_page(hub), methods=["GET"])
    pages.add_url_rule("/login", "signed_in", lambda: sign_in(hub), methods=["POST"])
    pages.add_url_rule("/", "home", lambda: home(signed_in_user(hub)))
    return pages


def signed_in_user(hub: Hub) -> User:
    """The person whose session it is; anybody else is sent to sign in and comes back here."""
    user = hub.person(session.get("login", ""))
    if user is None:
        raise Refusal(answers.redirect(here(f"/login?{urlencode({'return_to': request.full_path})}")))
    return user


def home(user: User) -> Response:
    return answers.page(document("GitHub", f"<h1>Signed in as {escape(user.login)}</h1>"))


def sign_in_page(hub: Hub) -> Response:
    if hub.person(session.get("login", "")):
        return answers.redirect(_return_to())
    return answers.page(_sign_in_document(""))


def sign_in(hub: Hub) -> Response:
    user = hub.person(request.form.get("login", ""))
    if user is None or user.password != request.form.get("password"):
        return answers.page(_sign_in_document("<p>Incorrect username or password.</p>"))
    session["login"] = user.login
    return answers.redirect(_return_to())


def _return_to() -> str:
    """Where the browser was on its way to: an address of this GitHub, whatever the parameter says."""
    path = request.values.get("return_to", "")
    return here(path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/")


def _sign_in_document(alert: str) -> str:
    return document("Sign in to GitHub", SIGN_IN.format(alert=alert, hidden=hidden({"return_to": _path()})))


def _path() -> str:
    return request.values.get("return_to", "/")


SIGN_IN = """<h1>Sign in to GitHub</h1>{alert}
<form method="post" action="/login">{hidden}
<p><label>Username <input name="login" autofocus></label></p>
<p><label>Password <input name="password" type="password"></label></p>
<p><button>Sign in</button></p>
</form>
<p>This is a sandbox: the password of <i>ann</i> is <i>ann-password</i>, and so on.</p>"""
