"""What this GitLab knows of people, groups, projects and their access tokens.

One lock guards it all: every change is made under `World.lock`, so that what GitLab does in one
transaction is one step here too.
"""

import secrets
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import count

from sandbox.clock import Clock

OWNER = 50


@dataclass
class User:
    id: int
    username: str
    name: str
    email: str
    password: str
    created_at: float
    bot: bool = False
    blocked: bool = False


@dataclass
class Group:
    id: int
    full_path: str
    parent_id: int | None
    created_at: float
    everyone: int | None
    members: dict[int, int] = field(default_factory=dict)


@dataclass
class Project:
    id: int
    path_with_namespace: str
    group: Group
    archived: bool
    visibility: str
    created_at: float
    members: dict[int, int] = field(default_factory=dict)


@dataclass
class AccessToken:
    """A personal, project or group access token.

    `family` is shared by a token and everything rotated out of it.
    https://docs.gitlab.com/api/personal_access_tokens/#automatic-reuse-detection
    """

    id: int
    value: str = field(repr=False)
    name: str
    user: User
    scopes: tuple[str, ...]
    expires_at: date | None
    created_at: float
    family: int
    kind: str = "personal"
    resource_id: int | None = None
    access_level: int | None = None
    revoked: bool = False
    last_used_at: float | None = None

    def revoke(self) -> None:
        self.revoked = True

    def expired(self, today: date) -> bool:
        """A token dies at 00:00 UTC of its date.

        https://docs.gitlab.com/user/profile/personal_access_tokens/
        """
        return self.expires_at is not None and today >= self.expires_at


class World:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.projects: dict[str, Project] = {}
        self.tokens: dict[str, AccessToken] = {}
        self._ids = {kind: count(1) for kind in ("user", "group", "project", "token")}

    def user(self, username: str, *, bot: bool = False, name: str | None = None) -> User:
        """The user of that name, created when there is none."""
        with self.lock:
            if username not in self.users:
                self.users[username] = User(
                    id=next(self._ids["user"]),
                    username=username,
                    name=name or username.replace("-", " ").title(),
                    email=f"{username}@{'noreply.gitlab.example' if bot else 'example.com'}",
                    password=f"{username}-password",
                    created_at=self.clock.now(),
                    bot=bot,
                )
            return self.users[username]

    def group(self, full_path: str, members: Mapping[str, int] | None = None) -> Group:
        """The group of that path, created with its ancestors when there is none.

        Without `members` everybody owns a new top-level group; a subgroup inherits.
        """
        with self.lock:
            if full_path not in self.groups:
                ancestor = full_path.rpartition("/")[0]
                parent = self.group(ancestor) if ancestor else None
                self.groups[full_path] = Group(
                    id=next(self._ids["group"]),
                    full_path=full_path,
                    parent_id=parent.id if parent else None,
                    created_at=self.clock.now(),
                    everyone=OWNER if parent is None and members is None else None,
                    members=self._levels(members),
                )
            return self.groups[full_path]

    def project(
        self,
        path: str,
        *,
        archived: bool = False,
        visibility: str = "private",
        members: Mapping[str, int] | None = None,
    ) -> Project:
        """The project of that path (`group/name`), created with its group when there is none."""
        with self.lock:
            if path not in self.projects:
                self.projects[path] = Project(
                    id=next(self._ids["project"]),
                    path_with_namespace=path,
                    group=self.group(path.rpartition("/")[0]),
                    archived=archived,
                    visibility=visibility,
                    created_at=self.clock.now(),
                    members=self._levels(members),
                )
            return self.projects[path]

    def _levels(self, members: Mapping[str, int] | None) -> dict[int, int]:
        return {self.user(username).id: level for username, level in (members or {}).items()}

    def add_token(
        self,
        user: User,
        *,
        scopes: tuple[str, ...],
        expires_at: date | None,
        name: str,
        value: str | None = None,
        kind: str = "personal",
        resource_id: int | None = None,
        access_level: int | None = None,
        family: int | None = None,
    ) -> AccessToken:
        with self.lock:
            number = next(self._ids["token"])
            token = AccessToken(
                id=number,
                value=value or f"glpat-{secrets.token_urlsafe(15)}",
                name=name,
                user=user,
                scopes=scopes,
                expires_at=expires_at,
                created_at=self.clock.now(),
                family=number if family is None else family,
                kind=kind,
                resource_id=resource_id,
                access_level=access_level,
            )
            self.tokens[token.value] = token
            return token

    def bot(self, kind: str, resource: Project | Group, access_level: int, name: str) -> User:
        """The bot user of a new project or group access token.

        https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects
        """
        bot = self.user(f"{kind}_{resource.id}_bot_{secrets.token_hex(16)}", bot=True, name=name)
        resource.members[bot.id] = access_level
        return bot

    def revoke_family(self, token: AccessToken) -> None:
        with self.lock:
            for relative in self.tokens.values():
                if relative.family == token.family:
                    relative.revoke()

    def group_level(self, user: User, group: Group) -> int | None:
        """The role of `user` in `group`: the highest one there and in every ancestor."""
        return max((level for level in self._levels_towards(user, group)), default=None)

    def _levels_towards(self, user: User, group: Group) -> Iterator[int]:
        steps = group.full_path.split("/")
        for depth in range(1, len(steps) + 1):
            ancestor = self.groups["/".join(steps[:depth])]
            if user.id in ancestor.members:
                yield ancestor.members[user.id]
            elif ancestor.everyone is not None and not user.bot:
                yield ancestor.everyone

    def project_level(self, user: User, project: Project) -> int | None:
        own, inherited = project.members.get(user.id), self.group_level(user, project.group)
        return max((level for level in (own, inherited) if level is not None), default=None)
