"""What this GitHub knows of people, organizations and repositories.

One lock guards it all: every change is made under `World.lock`, so that what GitHub does in one
transaction is one step here too. Names are the same in any case.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, TypeVar

from sandbox.clock import Clock

Role = Literal["admin", "member"]
Permission = Literal["admin", "read"]


@dataclass(kw_only=True)
class Account:
    """Somebody or something that owns repositories, and that apps are installed on."""

    id: int
    login: str
    name: str
    created_at: float

    @property
    def type(self) -> str:
        return type(self).__name__


@dataclass(kw_only=True)
class User(Account):
    password: str = field(repr=False)


@dataclass(kw_only=True)
class Organization(Account):
    """`approval`: whoever is not an owner can only ask for an app to be installed. `approval_with_code` says
    whether they are sent back with a code then: both were seen."""

    members: dict[int, Role] = field(default_factory=dict)
    approval: bool = False
    approval_with_code: bool = True


@dataclass
class Environment:
    id: int
    name: str


@dataclass
class Repository:
    id: int
    owner: Account
    name: str
    private: bool
    admins: set[int]
    environments: list[Environment]
    created_at: float

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"


Kind = TypeVar("Kind", bound=Account)


class World:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.accounts: dict[str, Account] = {}
        self.repositories: dict[str, Repository] = {}
        self._ids = {kind: count(1001) for kind in ("account", "repository", "environment")}

    def user(self, login: str) -> User:
        """The user of that name, created when there is none. ValueError when it is an organization's."""
        return self._account(User, login, password=f"{login}-password")

    def organization(self, login: str, members: Mapping[str, Role] | None = None) -> Organization:
        """The organization of that name, created when there is none; `members` are added to those it has."""
        with self.lock:
            found = self._account(Organization, login)
            found.members |= {self.user(name).id: role for name, role in (members or {}).items()}
            return found

    def _account(self, kind: type[Kind], login: str, **more: Any) -> Kind:
        with self.lock:
            if login.lower() not in self.accounts:
                self.accounts[login.lower()] = kind(
                    id=next(self._ids["account"]),
                    login=login,
                    name=login.replace("-", " ").title(),
                    created_at=self.clock.now(),
                    **more,
                )
            found = self.accounts[login.lower()]
        if isinstance(found, kind):
            return found
        raise ValueError(f"{login} is no {kind.__name__.lower()}")

    def account(self, login: str) -> Account:
        """Raises KeyError when nobody has that name."""
        return self.accounts[login.lower()]

    def rename(self, login: str, to: str) -> Account:
        """The account, under its new name. Its old one is free for others."""
        with self.lock:
            account = self.accounts.pop(login.lower())
            account.login = to
            self.accounts[to.lower()] = account
            return account

    def repository(
        self, full_name: str, *, private: bool, admins: Iterable[str], environments: Iterable[str]
    ) -> Repository:
        """The repository of that name, created when there is none, with an organization for an unknown owner."""
        with self.lock:
            if full_name.lower() not in self.repositories:
                login, _, name = full_name.partition("/")
                self.repositories[full_name.lower()] = Repository(
                    id=next(self._ids["repository"]),
                    owner=self.accounts.get(login.lower()) or self.organization(login),
                    name=name,
                    private=private,
                    admins={self.user(admin).id for admin in admins},
                    environments=[Environment(next(self._ids["environment"]), each) for each in environments],
                    created_at=self.clock.now(),
                )
            return self.repositories[full_name.lower()]

    def role(self, user: User, account: Account) -> Role | None:
        """What `user` is in `account`: everybody is the admin of their own."""
        if isinstance(account, Organization):
            return account.members.get(user.id)
        return "admin" if account is user else None

    def permission(self, user: User, repository: Repository) -> Permission | None:
        """What `user` may do there by a role of their own; what is public everybody may read besides."""
        role = self.role(user, repository.owner)
        if role == "admin" or user.id in repository.admins:
            return "admin"
        return "read" if role else None

    def owned_by(self, account: Account) -> list[Repository]:
        return [repository for repository in list(self.repositories.values()) if repository.owner is account]

    def organizations_of(self, user: User) -> list[Organization]:
        return [
            each
            for each in list(self.accounts.values())
            if isinstance(each, Organization) and user.id in each.members
        ]
