"""The JSON of GitLab's users, groups, projects and tokens: recorded shapes, filled in for one object."""

import hashlib
import json
from functools import cache, partial
from pathlib import Path
from typing import Any

from sandbox import clock
from sandbox.gitlab.state import AccessToken, Group, Project, User, World

Json = dict[str, Any]
iso = partial(clock.iso, timespec="milliseconds")
SIMPLE_PROJECT_ENDS_WITH = "namespace"
LISTED_GROUP_ENDS_WITH = "duo_namespace_access_rules"


@cache
def _recorded(kind: str) -> Json:
    shape: Json = json.loads((Path(__file__).parent / "shapes" / f"{kind}.json").read_text())
    return shape


def _up_to(shape: Json, last: str) -> Json:
    names = list(shape)
    return {name: shape[name] for name in names[: names.index(last) + 1]}


class Shapes:
    """`site` is GitLab's own external URL, which its answers name; `version` decides on new fields."""

    site = ""

    def __init__(self, world: World, version: str) -> None:
        self.world = world
        self.version = version

    def user(self, user: User) -> Json:
        """https://docs.gitlab.com/api/users/#retrieve-the-current-user"""
        avatar = hashlib.sha256(user.email.encode()).hexdigest()
        return _recorded("user") | {
            "id": user.id,
            "username": user.username,
            "name": user.name,
            "state": "blocked" if user.blocked else "active",
            "avatar_url": f"https://www.gravatar.com/avatar/{avatar}?s=80&d=identicon",
            "web_url": f"{self.site}/{user.username}",
            "created_at": iso(user.created_at),
            "bot": user.bot,
            "confirmed_at": iso(user.created_at),
            "last_activity_on": self.world.clock.today().isoformat(),
            "email": user.email,
            "commit_email": user.email,
        }

    def access_token(self, token: AccessToken) -> Json:
        """https://docs.gitlab.com/api/personal_access_tokens/"""
        expired = token.expired(self.world.clock.today())
        shape = {
            "id": token.id,
            "name": token.name,
            "revoked": token.revoked,
            "created_at": iso(token.created_at),
            "description": None,
            "scopes": list(token.scopes),
            "user_id": token.user.id,
            "last_used_at": None if token.last_used_at is None else iso(token.last_used_at),
            "active": not token.revoked and not expired,
            "granular": False,
            "expires_at": None if token.expires_at is None else token.expires_at.isoformat(),
        }
        if not self._recent():
            del shape["granular"]
        return shape

    def own_token(self, token: AccessToken, address: str) -> Json:
        used_from = {"last_used_ips": [address]} if self._recent() else {}
        return self.access_token(token) | used_from

    def new_token(self, token: AccessToken) -> Json:
        return self.access_token(token) | {"token": token.value}

    def resource_token(self, token: AccessToken) -> Json:
        """https://docs.gitlab.com/api/project_access_tokens/, and the same of groups"""
        return self.access_token(token) | {
            "access_level": token.access_level,
            "resource_type": token.kind,
            "resource_id": token.resource_id,
        }

    def _recent(self) -> bool:
        return int(self.version.partition(".")[0]) >= 19

    def project(self, project: Project, user: User, simple: bool = False) -> Json:
        """https://docs.gitlab.com/api/projects/"""
        path, at = project.path_with_namespace, iso(project.created_at)
        name = path.rpartition("/")[2]
        description = f"The project {name}"
        web_url = f"{self.site}/{path}"
        shape = _recorded("project") | {
            "id": project.id,
            "description": description,
            "name": name,
            "name_with_namespace": path.replace("/", " / "),
            "path": name,
            "path_with_namespace": path,
            "created_at": at,
            "ssh_url_to_repo": f"ssh://git@{self.site.partition('://')[2]}/{path}.git",
            "http_url_to_repo": f"{web_url}.git",
            "web_url": web_url,
            "last_activity_at": at,
            "visibility": project.visibility,
            "archived": project.archived,
            "namespace": self._namespace(project.group),
        }
        if simple:
            return _up_to(shape, SIMPLE_PROJECT_ENDS_WITH)
        return shape | {
            "_links": self._links(project.id, shape["_links"] or {}),
            "description_html": f'<p data-sourcepos="1:1-1:{len(description)}" dir="auto">{description}</p>',
            "updated_at": at,
            "permissions": self._permissions(project, user),
        }

    def _links(self, number: int, recorded: Json) -> Json:
        own = f"{self.site}/api/v4/projects/{number}"
        return {name: own + path for name, path in recorded.items()}

    def _namespace(self, group: Group) -> Json:
        name = group.full_path.rpartition("/")[2]
        return {
            "id": group.id,
            "name": name,
            "path": name,
            "kind": "group",
            "full_path": group.full_path,
            "parent_id": group.parent_id,
            "avatar_url": None,
            "web_url": f"{self.site}/groups/{group.full_path}",
        }

    def _permissions(self, project: Project, user: User) -> Json:
        def access(level: int | None) -> Json | None:
            return None if level is None else {"access_level": level, "notification_level": 3}

        return {
            "project_access": access(project.members.get(user.id)),
            "group_access": access(self.world.group_level(user, project.group)),
        }

    def group(self, group: Group, listed: bool = True) -> Json:
        """https://docs.gitlab.com/api/groups/"""
        name = group.full_path.rpartition("/")[2]
        shape = _recorded("group") | {
            "id": group.id,
            "web_url": f"{self.site}/groups/{group.full_path}",
            "name": name,
            "path": name,
            "description": f"The group {name}",
            "full_name": group.full_path.replace("/", " / "),
            "full_path": group.full_path,
            "created_at": iso(group.created_at),
            "parent_id": group.parent_id,
        }
        return _up_to(shape, LISTED_GROUP_ENDS_WITH) if listed else shape

    def metadata(self) -> Json:
        """https://docs.gitlab.com/api/metadata/"""
        number, revision = VERSIONS[self.version]
        proxy = f"ws://{self.site.partition('://')[2]}/-/kubernetes-agent/"
        return {
            "version": f"{number}-ee",
            "revision": revision,
            "kas": {
                "enabled": True,
                "externalUrl": proxy,
                "externalK8sProxyUrl": f"{proxy}k8s-proxy/",
                "version": number,
            },
            "enterprise": True,
        }


VERSIONS = {"19.1": ("19.1.1", "a88e17d191e"), "17.11": ("17.11.7", "5f9db3887f3")}
