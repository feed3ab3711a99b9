"""The JSON of GitHub's users, repositories, apps and installations.

https://docs.github.com/rest/users/users, https://docs.github.com/rest/repos/repos, https://docs.github.com/rest/apps
"""

import base64
from typing import Any

from sandbox.clock import iso
from sandbox.github.applications import App
from sandbox.github.hub import Hub
from sandbox.github.installations import Installation, InstallationToken
from sandbox.github.state import Account, Environment, Organization, Permission, Repository, User

Json = dict[str, Any]


def node_id(kind: str, number: int) -> str:
    return base64.b64encode(f"{len(kind):03}:{kind}{number}".encode()).decode()


class Shapes:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def account(self, account: Account) -> Json:
        """An account as it stands within other answers."""
        return {
            "login": account.login,
            "id": account.id,
            "node_id": node_id(account.type, account.id),
            "avatar_url": f"{self.hub.site}/avatars/u/{account.id}?v=4",
            "gravatar_id": "",
            "url": f"{self.hub.api}/users/{account.login}",
            "html_url": f"{self.hub.site}/{account.login}",
            "repos_url": f"{self.hub.api}/users/{account.login}/repos",
            "type": account.type,
            "user_view_type": "public",
            "site_admin": False,
        }

    def user(self, user: User) -> Json:
        at = iso(user.created_at)
        owned = self.hub.world.owned_by(user)
        return self.account(user) | {
            "name": user.name,
            "company": None,
            "blog": "",
            "location": None,
            "email": f"{user.login}@example.com",
            "bio": None,
            "public_repos": sum(not repository.private for repository in owned),
            "followers": 0,
            "following": 0,
            "created_at": at,
            "updated_at": at,
        }

    def organization(self, organization: Organization) -> Json:
        return {
            "login": organization.login,
            "id": organization.id,
            "node_id": node_id("Organization", organization.id),
            "url": f"{self.hub.api}/orgs/{organization.login}",
            "repos_url": f"{self.hub.api}/orgs/{organization.login}/repos",
            "avatar_url": f"{self.hub.site}/avatars/u/{organization.id}?v=4",
            "description": "",
        }

    def repository(self, repository: Repository, permission: Permission | None) -> Json:
        at, name = iso(repository.created_at), repository.full_name
        admin = permission == "admin"
        return {
            "id": repository.id,
            "node_id": node_id("Repository", repository.id),
            "name": repository.name,
            "full_name": name,
            "private": repository.private,
            "owner": self.account(repository.owner),
            "html_url": f"{self.hub.site}/{name}",
            "description": None,
            "fork": False,
            "url": f"{self.hub.api}/repos/{name}",
            "created_at": at,
            "updated_at": at,
            "pushed_at": at,
            "clone_url": f"{self.hub.site}/{name}.git",
            "archived": False,
            "disabled": False,
            "visibility": "private" if repository.private else "public",
            "default_branch": "main",
            "permissions": {"admin": admin, "maintain": admin, "push": admin, "triage": admin, "pull": True},
        }

    def environment(self, environment: Environment, repository: Repository) -> Json:
        at = iso(repository.created_at)
        path = f"{repository.full_name}/environments/{environment.name}"
        return {
            "id": environment.id,
            "node_id": node_id("Environment", environment.id),
            "name": environment.name,
            "url": f"{self.hub.api}/repos/{path}",
            "html_url": f"{self.hub.site}/{repository.full_name}/deployments/activity_log",
            "created_at": at,
            "updated_at": at,
            "protection_rules": [],
            "deployment_branch_policy": None,
        }

    def app(self, app: App) -> Json:
        at = iso(app.created_at)
        return {
            "id": app.id,
            "slug": app.slug,
            "client_id": app.client_id,
            "node_id": node_id("Integration", app.id),
            "owner": self.account(app.owner),
            "name": app.name,
            "description": app.description,
            "external_url": app.external_url,
            "html_url": f"{self.hub.site}/github-apps/{app.slug}",
            "created_at": at,
            "updated_at": at,
            "permissions": app.permissions,
            "events": list(app.events),
            "installations_count": len(self.hub.installations.of(app)),
        }

    def new_app(self, app: App) -> Json:
        """The app once, with its secrets: the answer to a manifest's code."""
        shape = self.app(app)
        del shape["installations_count"]
        return shape | {
            "client_secret": app.client_secret,
            "webhook_secret": app.webhook_secret,
            "pem": app.private_key,
        }

    def installation(self, installation: Installation) -> Json:
        at, account = iso(installation.created_at), installation.account
        own = f"{self.hub.api}/app/installations/{installation.id}"
        where = f"organizations/{account.login}/settings" if isinstance(account, Organization) else "settings"
        suspended = installation.suspended_at
        return {
            "id": installation.id,
            "account": self.account(account),
            "repository_selection": installation.repository_selection,
            "access_tokens_url": f"{own}/access_tokens",
            "repositories_url": f"{self.hub.api}/installation/repositories",
            "html_url": f"{self.hub.site}/{where}/installations/{installation.id}",
            "app_id": installation.app.id,
            "client_id": installation.app.client_id,
            "app_slug": installation.app.slug,
            "target_id": account.id,
            "target_type": installation.target_type,
            "permissions": installation.permissions,
            "events": list(installation.app.events),
            "created_at": at,
            "updated_at": at,
            "single_file_name": None,
            "has_multiple_single_files": False,
            "single_file_paths": [],
            "suspended_by": None if suspended is None else self.account(account),
            "suspended_at": None if suspended is None else iso(suspended),
        }

    def installation_token(self, token: InstallationToken) -> Json:
        shape = {
            "token": token.value,
            "expires_at": iso(token.expires_at),
            "permissions": token.permissions,
            "repository_selection": "selected" if token.chosen else token.installation.repository_selection,
        }
        if token.chosen is None:
            return shape
        return shape | {"repositories": [self.repository(repository, "admin") for repository in token.chosen]}
