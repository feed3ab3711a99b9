"""`/settings/apps/new`, also of an organization, and `POST /app-manifests/{code}/conversions`.

A browser brings the manifest from another site, and brings no cookie with such a form. So it is kept, and the
browser is sent to a page of this site's own, where it is signed in or can be.
"""

from html import escape

from flask import Blueprint, Response, request

from sandbox.github import answers
from sandbox.github.answers import refuse
from sandbox.github.callbacks import with_query
from sandbox.github.hub import Hub
from sandbox.github.installation_pages import not_found
from sandbox.github.manifests import Invalid, Manifest, Manifests, read
from sandbox.github.shapes import Shapes
from sandbox.github.signing_in import signed_in_user
from sandbox.github.state import Account, Organization
from sandbox.pages import document, here, hidden


def routes(hub: Hub, manifests: Manifests, shapes: Shapes) -> Blueprint:
    pages = Blueprint("manifest_pages", __name__)
    view = ManifestPages(hub, manifests, shapes)
    for name, path in (
        ("user", "/settings/apps/new"),
        ("organization", "/organizations/<login>/settings/apps/new"),
    ):
        pages.add_url_rule(path, f"form_{name}", view.form, methods=["GET"])
        pages.add_url_rule(path, f"post_{name}", view.post, methods=["POST"])
    path = f"{answers.REST}/app-manifests/<code>/conversions"
    pages.add_url_rule(path, "convert", view.convert, methods=["POST"])
    return pages


class ManifestPages:
    def __init__(self, hub: Hub, manifests: Manifests, shapes: Shapes) -> None:
        self.hub = hub
        self.manifests = manifests
        self.shapes = shapes

    def post(self, login: str | None = None) -> Response:
        """A manifest from another site, or the name that a person gave it here."""
        if "manifest" in request.form:
            return self._arrive(request.form["manifest"])
        owner, key = self._owner(login), request.form.get("waiting", "")
        if key not in self.manifests.waiting:
            raise not_found()
        name = request.form.get("name", "")
        try:
            code, manifest, state = self.manifests.create(key, name, owner)
        except Invalid as invalid:
            return answers.page(name_page(owner, key, name, f"<p>{escape(str(invalid))}</p>"), 422)
        return answers.redirect(with_query(manifest.redirect_url, {"code": code, "state": state}))

    def _arrive(self, text: str) -> Response:
        try:
            key = self.manifests.keep(read(text), request.values.get("state"))
        except Invalid as invalid:
            body = f"<h1>Invalid GitHub App configuration</h1><p>{escape(str(invalid))}</p>"
            return answers.page(document("Invalid GitHub App configuration", body), 422)
        return answers.redirect(here(with_query(request.path, {"waiting": key})))

    def form(self, login: str | None = None) -> Response:
        owner, key = self._owner(login), request.args.get("waiting", "")
        if key not in self.manifests.waiting:
            raise not_found()
        manifest: Manifest = self.manifests.waiting[key][0]
        return answers.page(name_page(owner, key, str(manifest.values.get("name") or "")))

    def _owner(self, login: str | None) -> Account:
        """The account that the app will belong to: the person's own, or an organization they administer."""
        user = signed_in_user(self.hub)
        account = user if login is None else self.hub.world.accounts.get(login.lower())
        foreign = login is not None and not isinstance(account, Organization)
        if account is None or foreign or self.hub.world.role(user, account) != "admin":
            raise not_found()
        return account

    def convert(self, code: str) -> Response:
        app = self.manifests.convert(code)
        if app is None:
            raise refuse(404, answers.NOT_FOUND)
        return answers.api(self.shapes.new_app(app), 201)


def name_page(owner: Account, key: str, name: str, alert: str = "") -> str:
    login = escape(owner.login)
    body = NAME.format(login=login, alert=alert, hidden=hidden({"waiting": key}), name=escape(name))
    return document(f"Create GitHub App for {owner.login}", body)


NAME = """<h1>Create GitHub App for {login}</h1>{alert}
<form method="post">{hidden}
<p><label>GitHub App name <input name="name" value="{name}" autofocus></label></p>
<p><button>Create GitHub App for {login}</button></p>
</form>"""
