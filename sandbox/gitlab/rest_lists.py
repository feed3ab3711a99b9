"""`GET /api/v4/projects`, `/api/v4/groups`, and one project or group.

https://docs.gitlab.com/api/projects/, https://docs.gitlab.com/api/groups/
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from flask import Blueprint, Response, request

from sandbox.gitlab import answers
from sandbox.gitlab.caller import READ, Gate
from sandbox.gitlab.pagination import Page
from sandbox.gitlab.shapes import Shapes
from sandbox.gitlab.state import Group, Project, User, World
from sandbox.refusal import Refusal

OWNER = 50
TOKEN_PARAMETERS = ("access_token", "private_token")
ACCESS_LEVELS = ("10", "15", "20", "25", "30", "40", "50")
PROJECT_ORDERS: Mapping[str, Callable[[Project], Any]] = {
    "created_at": lambda project: project.id,
    "id": lambda project: project.id,
    "last_activity_at": lambda project: project.id,
    "name": lambda project: project.path_with_namespace.rpartition("/")[2].lower(),
    "path": lambda project: project.path_with_namespace.rpartition("/")[2],
    "updated_at": lambda project: project.id,
}
GROUP_ORDERS: Mapping[str, Callable[[Group], Any]] = {
    "id": lambda group: group.id,
    "name": lambda group: group.full_path.rpartition("/")[2].lower(),
    "path": lambda group: group.full_path.rpartition("/")[2],
}


def routes(gate: Gate, shapes: Shapes) -> Blueprint:
    lists = Blueprint("lists", __name__, url_prefix="/api/v4")
    view = Lists(gate, shapes)
    lists.add_url_rule("/projects", "projects", view.projects)
    lists.add_url_rule("/projects/<ref>", "project", view.project)
    lists.add_url_rule("/groups", "groups", view.groups)
    lists.add_url_rule("/groups/<ref>", "group", view.group)
    return lists


@dataclass(frozen=True)
class Asked:
    """What a list was asked for; None where it does not matter."""

    archived: bool | None
    membership: bool
    simple: bool
    top_level_only: bool
    least_level: int
    search: str

    @classmethod
    def of_request(cls) -> Self:
        owned = bool(flag("owned"))
        return cls(
            archived=flag("archived"),
            membership=owned or bool(flag("membership")),
            simple=bool(flag("simple")),
            top_level_only=bool(flag("top_level_only")),
            least_level=max(least_level(), OWNER if owned else 0),
            search=request.args.get("search", "").lower(),
        )


class Lists:
    def __init__(self, gate: Gate, shapes: Shapes) -> None:
        self.gate = gate
        self.shapes = shapes
        self.world: World = gate.world

    def projects(self) -> Response:
        user = self.gate.admit(READ).user
        asked = Asked.of_request()
        chosen = [project for project in list(self.world.projects.values()) if self._wanted(asked, user, project)]
        ordered = in_order(chosen, PROJECT_ORDERS, "created_at", "desc")
        return self._paged(ordered, "projects", lambda project: self.shapes.project(project, user, asked.simple))

    def _wanted(self, asked: Asked, user: User, project: Project) -> bool:
        level = self.world.project_level(user, project)
        open_to_all = project.visibility != "private" and not asked.membership
        return (
            (level is not None or open_to_all)
            and (level or 0) >= asked.least_level
            and asked.archived in (None, project.archived)
            and asked.search in project.path_with_namespace.lower()
        )

    def groups(self) -> Response:
        user = self.gate.admit(READ).user
        asked = Asked.of_request()
        chosen = [group for group in list(self.world.groups.values()) if self._wanted_group(asked, user, group)]
        ordered = in_order(chosen, GROUP_ORDERS, "name", "asc")
        return self._paged(ordered, "groups", self.shapes.group)

    def _wanted_group(self, asked: Asked, user: User, group: Group) -> bool:
        level = self.world.group_level(user, group)
        return (
            level is not None
            and level >= asked.least_level
            and (group.parent_id is None or not asked.top_level_only)
            and asked.search in group.full_path.lower()
        )

    def _paged(self, items: Sequence[Any], name: str, shape: Callable[[Any], Mapping[str, Any]]) -> Response:
        page = Page.asked(request.args)
        address = f"{self.shapes.site}/api/v4/{name}"
        named = {name: value for name, value in request.args.items() if name not in TOKEN_PARAMETERS}
        headers = page.headers(len(items), address, named)
        return answers.api([shape(item) for item in page.cut(items)], headers=headers)

    def project(self, ref: str) -> Response:
        user = self.gate.admit(READ).user
        return answers.api(self.shapes.project(self.find_project(user, ref), user))

    def find_project(self, user: User, ref: str) -> Project:
        for project in list(self.world.projects.values()):
            visible = project.visibility != "private" or self.world.project_level(user, project) is not None
            if visible and names(ref, project.id, project.path_with_namespace):
                return project
        raise Refusal(answers.api_message(404, "404 Project Not Found"))

    def group(self, ref: str) -> Response:
        user = self.gate.admit(READ).user
        group = self.find_group(user, ref)
        shape = self.shapes.group(group, listed=False)
        if flag("with_projects") is False:
            del shape["projects"]
            return answers.api(shape)
        inside = [project for project in list(self.world.projects.values()) if project.group is group]
        return answers.api(shape | {"projects": [self.shapes.project(project, user) for project in inside]})

    def find_group(self, user: User, ref: str) -> Group:
        for group in list(self.world.groups.values()):
            if names(ref, group.id, group.full_path) and self.world.group_level(user, group) is not None:
                return group
        raise Refusal(answers.api_message(404, "404 Group Not Found"))


def names(ref: str, number: int, path: str) -> bool:
    """Whether `ref` (a number, or a path with `%2F`) is the object of this id and path."""
    return ref == str(number) or ref.replace("%2F", "/").lower() == path.lower()


def flag(name: str) -> bool | None:
    """A boolean parameter; None when it was not sent."""
    text = request.args.get(name)
    return None if not text else one_of(name, text, ("true", "1", "false", "0")) in ("true", "1")


def least_level() -> int:
    text = request.args.get("min_access_level")
    return 0 if not text else int(one_of("min_access_level", text, ACCESS_LEVELS))


def one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    if text not in allowed:
        raise Refusal(answers.api({"error": f"{name} does not have a valid value"}, 400))
    return text


def in_order(
    items: Sequence[Any], orders: Mapping[str, Callable[[Any], Any]], order_by: str, sort: str
) -> list[Any]:
    key = orders[one_of("order_by", request.args.get("order_by") or order_by, list(orders))]
    direction = one_of("sort", request.args.get("sort") or sort, ("asc", "desc"))
    return sorted(items, key=lambda item: (key(item), item.id), reverse=direction == "desc")
