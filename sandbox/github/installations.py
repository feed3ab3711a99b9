"""Where apps are installed, and the tokens they get for that."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from sandbox.github.applications import App
from sandbox.github.state import Account, Repository, User, World

TOKEN_LIFETIME = 3600


@dataclass
class Installation:
    """`selected` is None for all repositories of the account, those to come included."""

    id: int
    app: App
    account: Account
    selected: list[Repository] | None
    permissions: dict[str, str]
    created_at: float
    suspended_at: float | None = None

    @property
    def target_type(self) -> str:
        return self.account.type

    @property
    def repository_selection(self) -> str:
        return "all" if self.selected is None else "selected"


@dataclass
class InstallationToken:
    """`chosen` is None for everything that the installation has."""

    value: str = field(repr=False)
    installation: Installation
    permissions: dict[str, str]
    chosen: list[Repository] | None
    expires_at: float
    revoked: bool = False

    def revoke(self) -> None:
        self.revoked = True


@dataclass
class InstallationRequest:
    """What somebody who may not install asked the owners of an organization for."""

    app: App
    account: Account
    user: User


class Installations:
    def __init__(self, world: World) -> None:
        self.world = world
        self.by_id: dict[int, Installation] = {}
        self.requests: list[InstallationRequest] = []
        self._ids = count(3001)

    def install(self, app: App, account: Account, repositories: Sequence[str] | None) -> Installation:
        """A new installation in place of any older one there. KeyError for a repository there is not."""
        selected = self.selection(account, repositories)
        for older in self.of(app):
            if older.account is account:
                self.by_id.pop(older.id)
        installation = Installation(
            id=next(self._ids),
            app=app,
            account=account,
            selected=selected,
            permissions=dict(app.permissions),
            created_at=self.world.clock.now(),
        )
        self.by_id[installation.id] = installation
        return installation

    def selection(self, account: Account, names: Sequence[str] | None) -> list[Repository] | None:
        """Repositories of `account` by name, with or without its own; None for all."""
        if names is None:
            return None
        found = {repository.name.lower(): repository for repository in self.world.owned_by(account)}
        return [found[name.rpartition("/")[2].lower()] for name in names]

    def of(self, app: App) -> list[Installation]:
        return [each for each in list(self.by_id.values()) if each.app is app]

    def on(self, app: App, account: Account) -> Installation | None:
        return next((each for each in self.of(app) if each.account is account), None)

    def repositories(self, installation: Installation) -> list[Repository]:
        owned = self.world.owned_by(installation.account)
        return owned if installation.selected is None else list(installation.selected)

    def visible_to(self, app: App, user: User) -> list[Installation]:
        """Those of `app` that `user` has to do with: on their own account, their organizations, or where they
        administer a repository."""
        return [each for each in self.of(app) if self._concerns(each, user)]

    def _concerns(self, installation: Installation, user: User) -> bool:
        if self.world.role(user, installation.account):
            return True
        return any(user.id in repository.admins for repository in self.repositories(installation))

    def new_token(
        self,
        installation: Installation,
        permissions: Mapping[str, str] | None,
        repositories: Iterable[Repository] | None,
    ) -> InstallationToken:
        """A token for an hour; others of the same installation stay good."""
        return InstallationToken(
            value=f"ghs_{secrets.token_hex(18)}",
            installation=installation,
            permissions=dict(installation.permissions if permissions is None else permissions),
            chosen=None if repositories is None else list(repositories),
            expires_at=self.world.clock.now() + TOKEN_LIFETIME,
        )
