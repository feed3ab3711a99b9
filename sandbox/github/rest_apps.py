"""What the REST API does for GitHub Apps: about themselves, where they are installed, and tokens for that.

https://docs.github.com/rest/apps
"""

from typing import Any

from flask import Blueprint, Response, request

from sandbox.github import answers
from sandbox.github.answers import refuse
from sandbox.github.applications import App
from sandbox.github.caller import Gate
from sandbox.github.installations import Installation, InstallationToken
from sandbox.github.paging import paged
from sandbox.github.shapes import Shapes
from sandbox.github.state import Organization, Repository, User

NOT_OF_AN_INSTALLATION = (
    "You must authenticate with an installation access token in order to list repositories for an installation."
)
NOT_GRANTED = "The permissions requested are not granted to this installation."
NOT_REACHED = (
    "There is at least one repository that does not exist or is not accessible to the parent installation."
)


def routes(gate: Gate, shapes: Shapes) -> Blueprint:
    apps = Blueprint("apps", __name__, url_prefix=answers.REST)
    view = Apps(gate, shapes)
    apps.add_url_rule("/app", "app", view.app)
    apps.add_url_rule("/app/installations", "installations", view.installations)
    apps.add_url_rule("/app/installations/<int:number>", "installation", view.installation)
    apps.add_url_rule(
        "/app/installations/<int:number>/access_tokens", "new_token", view.new_token, methods=["POST"]
    )
    for kind, of in (("orgs", Organization), ("users", User)):
        apps.add_url_rule(f"/{kind}/<login>/installation", kind, view.installation_on, defaults={"of": of})
    apps.add_url_rule("/installation/repositories", "repositories", view.repositories)
    apps.add_url_rule("/installation/token", "revoke_token", view.revoke_token, methods=["DELETE"])
    return apps


def check_kinds(asked: Any) -> None:
    """Raises the refusal for what is no request for a token at all."""
    kinds = {"permissions": dict, "repositories": list, "repository_ids": list}
    if not isinstance(asked, dict) or not all(
        isinstance(asked.get(name, kinds[name]()), kinds[name]) for name in kinds
    ):
        raise refuse(422, "Invalid request.")


class Apps:
    def __init__(self, gate: Gate, shapes: Shapes) -> None:
        self.gate = gate
        self.shapes = shapes
        self.hub = gate.hub

    def app(self) -> Response:
        return answers.api(self.shapes.app(self.gate.app()))

    def installations(self) -> Response:
        found = self.hub.installations.of(self.gate.app())
        return paged(found, self.shapes.installation, self.hub.api)

    def installation(self, number: int) -> Response:
        return answers.api(self.shapes.installation(self._installation(self.gate.app(), number)))

    def installation_on(self, login: str, of: type[Organization] | type[User]) -> Response:
        app, account = self.gate.app(), self.hub.world.accounts.get(login.lower())
        found = self.hub.installations.on(app, account) if isinstance(account, of) else None
        if found is None:
            raise refuse(404, answers.NOT_FOUND)
        return answers.api(self.shapes.installation(found))

    def _installation(self, app: App, number: int) -> Installation:
        found = self.hub.installations.by_id.get(number)
        if found is None or found.app is not app:
            raise refuse(404, answers.NOT_FOUND)
        return found

    def new_token(self, number: int) -> Response:
        installation = self._installation(self.gate.app(), number)
        if installation.suspended_at is not None:
            raise refuse(403, answers.SUSPENDED)
        asked = request.get_json(silent=True) or {}
        check_kinds(asked)
        permissions = self._permissions(installation, asked.get("permissions"))
        repositories = self._repositories(installation, asked)
        with self.hub.lock:
            token = self.hub.installations.new_token(installation, permissions, repositories)
            self.hub.tokens.keep(token)
        return answers.api(self.shapes.installation_token(token), 201)

    def _permissions(self, installation: Installation, asked: dict[str, str] | None) -> dict[str, str] | None:
        for name, level in (asked or {}).items():
            granted = installation.permissions.get(name)
            if granted is None or (level, granted) == ("write", "read"):
                raise refuse(422, NOT_GRANTED)
        return asked

    def _repositories(self, installation: Installation, asked: dict[str, Any]) -> list[Repository] | None:
        names, numbers = asked.get("repositories"), asked.get("repository_ids")
        if names is None and numbers is None:
            return None
        installed = self.hub.installations.repositories(installation)
        chosen = [each for each in installed if each.name in (names or ()) or each.id in (numbers or ())]
        if len(chosen) != len(names or ()) + len(numbers or ()):
            raise refuse(422, NOT_REACHED)
        return chosen

    def repositories(self) -> Response:
        token = self._own_token()
        return paged(
            self.hub.reached(token),
            lambda repository: self.shapes.repository(repository, "admin"),
            self.hub.api,
            "repositories",
            {"repository_selection": "selected" if token.chosen else token.installation.repository_selection},
        )

    def revoke_token(self) -> Response:
        self._own_token().revoke()
        return answers.api_no_content()

    def _own_token(self) -> InstallationToken:
        token = self.gate.admit()
        if not isinstance(token, InstallationToken):
            raise refuse(403, NOT_OF_AN_INSTALLATION)
        return token
