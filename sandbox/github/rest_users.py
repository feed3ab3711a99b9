"""What the REST API tells a person: `/user`, their repositories, organizations, installations.

https://docs.github.com/rest/users, https://docs.github.com/rest/repos, https://docs.github.com/rest/apps/installations
"""

from flask import Blueprint, Response

from sandbox.github import answers
from sandbox.github.answers import refuse
from sandbox.github.caller import Gate, require_permission
from sandbox.github.paging import paged
from sandbox.github.shapes import Shapes
from sandbox.github.state import Repository

ORGANIZATION_SCOPES = ("admin:org", "read:org", "user", "write:org")
NO_ORGANIZATIONS = "You need at least read:org scope or user scope to list your organizations."
NOT_OF_AN_APP = (
    "You must authenticate with an access token authorized to a GitHub App in order to list installations"
)


def routes(gate: Gate, shapes: Shapes) -> Blueprint:
    users = Blueprint("users", __name__, url_prefix=answers.REST)
    view = Users(gate, shapes)
    users.add_url_rule("/user", "user", view.user)
    users.add_url_rule("/user/repos", "repositories", view.repositories)
    users.add_url_rule("/user/orgs", "organizations", view.organizations)
    users.add_url_rule("/user/installations", "installations", view.installations)
    users.add_url_rule("/repos/<owner>/<name>/environments", "environments", view.environments)
    return users


class Users:
    def __init__(self, gate: Gate, shapes: Shapes) -> None:
        self.gate = gate
        self.shapes = shapes
        self.hub = gate.hub

    def user(self) -> Response:
        return answers.api(self.shapes.user(self.gate.person().user))

    def repositories(self) -> Response:
        token = self.gate.person(("repo",))
        found = sorted(self.hub.repositories(token), key=lambda repository: repository.full_name.lower())

        def shape(repository: Repository) -> dict[str, object]:
            return self.shapes.repository(repository, self.hub.world.permission(token.user, repository))

        return paged(found, shape, self.hub.api)

    def organizations(self) -> Response:
        token = self.gate.person(ORGANIZATION_SCOPES)
        if token.scopes is not None and not set(token.scopes) & set(ORGANIZATION_SCOPES):
            raise refuse(403, NO_ORGANIZATIONS)
        return paged(self.hub.world.organizations_of(token.user), self.shapes.organization, self.hub.api)

    def installations(self) -> Response:
        token = self.gate.person()
        if token.app is None:
            raise refuse(403, NOT_OF_AN_APP)
        found = self.hub.installations.visible_to(token.app, token.user)
        return paged(found, self.shapes.installation, self.hub.api, "installations")

    def environments(self, owner: str, name: str) -> Response:
        """https://docs.github.com/rest/deployments/environments#list-environments"""
        token = self.gate.admit(("repo",))
        repository = self.hub.world.repositories.get(f"{owner}/{name}".lower())
        if repository is None or not self.hub.can_see(token, repository):
            raise refuse(404, answers.NOT_FOUND)
        require_permission(token, "actions")
        return paged(
            repository.environments,
            lambda environment: self.shapes.environment(environment, repository),
            self.hub.api,
            "environments",
        )
