"""`/github-apps/{slug}/installations/new` (`/apps/...` at github.com): a person installs an app.

https://docs.github.com/apps/using-github-apps/installing-a-github-app-from-a-third-party,
https://docs.github.com/apps/creating-github-apps/registering-a-github-app/about-the-setup-url
"""

from collections.abc import Sequence
from html import escape

from flask import Blueprint, Response, request

from sandbox.github import answers
from sandbox.github.applications import App
from sandbox.github.callbacks import with_query
from sandbox.github.hub import Hub
from sandbox.github.installations import InstallationRequest
from sandbox.github.signing_in import signed_in_user
from sandbox.github.state import Account, Organization, User
from sandbox.pages import document, here, hidden
from sandbox.refusal import Refusal


def routes(hub: Hub) -> Blueprint:
    pages = Blueprint("installation_pages", __name__)
    view = InstallationPages(hub)
    for kind in ("github-apps", "apps"):
        path = f"/{kind}/<slug>/installations/new"
        pages.add_url_rule(path, f"choose_{kind}", view.choose, methods=["GET"])
        pages.add_url_rule(path, f"install_{kind}", view.install, methods=["POST"])
    return pages


def not_found() -> Refusal:
    return Refusal(answers.page(document("Page not found · GitHub", "<h1>404</h1>"), 404))


class InstallationPages:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def choose(self, slug: str) -> Response:
        """First the account, unless there is but one, then its repositories."""
        user, app = signed_in_user(self.hub), self._app(slug)
        accounts = self._accounts(user)
        if "account" not in request.args and len(accounts) > 1:
            return answers.page(account_page(app, accounts))
        account = self._account(user, request.args.get("account", user.login))
        return answers.page(repository_page(self.hub, app, user, account))

    def install(self, slug: str) -> Response:
        user, app = signed_in_user(self.hub), self._app(slug)
        account = self._account(user, request.form.get("account", ""))
        chosen = request.form.getlist("repositories") if request.form.get("selection") == "selected" else None
        with self.hub.lock:
            if must_ask(self.hub, user, account):
                self.hub.installations.requests.append(InstallationRequest(app, account, user))
                return answers.redirect(self._back(app, user, None, "request", account))
            return answers.redirect(self._installed(app, user, account, chosen))

    def _installed(self, app: App, user: User, account: Account, chosen: Sequence[str] | None) -> str:
        """Installs, or changes the repositories of what is installed; a change brings no code."""
        try:
            existing = self.hub.installations.on(app, account)
            if existing is not None:
                existing.selected = self.hub.installations.selection(account, chosen)
                return self._back(app, user, existing.id, "update", account)
            installation = self.hub.installations.install(app, account, chosen)
        except KeyError:
            raise not_found() from None
        return self._back(app, user, installation.id, "install", account)

    def _back(self, app: App, user: User, number: int | None, action: str, account: Account) -> str:
        """Where the person goes from here: to the app, or to a page of GitHub's when it has no address for them."""
        if action == "update" and not app.setup_on_update:
            return here("/")
        address = app.callback_urls[0] if app.oauth_on_install and app.callback_urls else app.setup_url
        values = {
            "code": self._code(app, user, action, account),
            "installation_id": None if number is None else str(number),
            "setup_action": action,
            "state": request.values.get("state"),
        }
        return with_query(address or here("/"), values)

    def _code(self, app: App, user: User, action: str, account: Account) -> str | None:
        without = isinstance(account, Organization) and action == "request" and not account.approval_with_code
        if not app.oauth_on_install or not app.callback_urls or action == "update" or without:
            return None
        self.hub.applications.authorize(app, user, ())
        return self.hub.tokens.new_code(app, user, app.callback_urls[0]).value

    def _app(self, slug: str) -> App:
        app = self.hub.applications.app(slug)
        if app is None:
            raise not_found()
        return app

    def _accounts(self, user: User) -> list[Account]:
        return [user, *self.hub.world.organizations_of(user)]

    def _account(self, user: User, login: str) -> Account:
        account = self.hub.world.accounts.get(login.lower())
        if account is None or self.hub.world.role(user, account) is None:
            raise not_found()
        return account


def must_ask(hub: Hub, user: User, account: Account) -> bool:
    approval = isinstance(account, Organization) and account.approval
    return approval and hub.world.role(user, account) != "admin"


def account_page(app: App, accounts: Sequence[Account]) -> str:
    asked = request.args.to_dict()
    links = {each.login: with_query(request.path, asked | {"account": each.login}) for each in accounts}
    items = "".join(f'<li><a href="{escape(link)}">{escape(login)}</a></li>' for login, link in links.items())
    title = f"Install {app.name}"
    return document(title, f"<h1>{escape(title)}</h1><p>Where do you want to install it?</p><ul>{items}</ul>")


def repository_page(hub: Hub, app: App, user: User, account: Account) -> str:
    verb = "Request" if must_ask(hub, user, account) else "Install"
    boxes = "".join(
        f'<li><label><input type="checkbox" name="repositories" value="{escape(each.name)}"> '
        f"{escape(each.full_name)}</label></li>"
        for each in hub.world.owned_by(account)
    )
    state = {"state": request.args["state"]} if "state" in request.args else {}
    permissions = "".join(
        f"<li>{escape(level)} access to {escape(name)}</li>" for name, level in app.permissions.items()
    )
    body = REPOSITORIES.format(
        verb=verb,
        name=escape(app.name),
        account=escape(account.login),
        permissions=permissions,
        boxes=boxes,
        hidden=hidden({"account": account.login} | state),
        action=escape(request.path),
    )
    return document(f"{verb} {app.name}", body)


REPOSITORIES = """<h1>{verb} {name}</h1>
<p>On <b>{account}</b>, with these permissions:</p><ul>{permissions}</ul>
<form method="post" action="{action}">{hidden}
<p><label><input type="radio" name="selection" value="all" checked> All repositories</label></p>
<p><label><input type="radio" name="selection" value="selected"> Only select repositories</label></p>
<ul>{boxes}</ul>
<p><button>{verb}</button></p>
</form>"""
