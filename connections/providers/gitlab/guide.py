"""How to make an access token at a GitLab: where, with which scopes, and with which role.

https://docs.gitlab.com/user/profile/personal_access_tokens/,
https://docs.gitlab.com/user/project/settings/project_access_tokens/,
https://docs.gitlab.com/user/group/settings/group_access_tokens/
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from connections.providers.guides import Guide, Making, Need, Page, Place

# A group or a project below its groups, as an address names it.
PATH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*")
SYNC, SCANNING = "Secret sync", "Secret scanning"
SYNC_SCOPES, SCANNING_SCOPES = ("api",), ("api", "read_repository")
TOKEN_NAME = "app-connection"  # noqa: S105  # what the token is called
NAME_IT = "Give it a name that says what it is for, and an expiration date."
COPY_IT = "Create it, copy it at once, for GitLab shows it only this time, and paste it into the form."


def guide(making: Making) -> Guide:
    """Return the steps for the type of token that was chosen; for none or an unknown one, a personal token's."""
    return GUIDES.get(str(making.chosen.get("accessTokenType")), _personal)(making)


def _personal(making: Making) -> Guide:
    return Guide(
        title="Create a personal access token",
        page=_page(making.url, "/-/user_settings/personal_access_tokens", "Open your access tokens"),
        steps=("Press Add new token.", NAME_IT, "Tick the scopes for what you need it for.", COPY_IT),
        needs=(
            Need(SYNC, SYNC_SCOPES, page=_ticked(making.url, SYNC_SCOPES)),
            Need(SCANNING, SCANNING_SCOPES, page=_ticked(making.url, SCANNING_SCOPES)),
        ),
        note="It sees all that you see, and ends with your account. For what outlives that, take another type.",
    )


def _project(making: Making) -> Guide:
    path = _path(making)
    return Guide(
        title="Create a project access token",
        page=_page(making.url, f"/{path}/-/settings/access_tokens", f"Open the access tokens of {path}")
        if "/" in path
        else _page(making.url, "/dashboard/projects", "Open your projects"),
        steps=(
            "Open the project, then Settings > Access tokens, and press Add new token.",
            NAME_IT,
            "Choose the role and tick the scopes for what you need it for.",
            COPY_IT,
        ),
        needs=(Need(SYNC, SYNC_SCOPES, role="Owner"), Need(SCANNING, SCANNING_SCOPES, role="Maintainer or higher")),
        place=Place("Path of the project at GitLab (optional)", "Such as platform/web. The link then leads there."),
        note="It sees one project only. On gitlab.com project access tokens take a paid plan.",
    )


def _group(making: Making) -> Guide:
    path = _path(making)
    return Guide(
        title="Create a group access token",
        page=_page(making.url, f"/groups/{path}/-/settings/access_tokens", f"Open the access tokens of {path}")
        if path
        else _page(making.url, "/dashboard/groups", "Open your groups"),
        steps=(
            "Open the group, then Settings > Access tokens, and press Add new token.",
            NAME_IT,
            "Choose the role and tick the scopes for what you need it for.",
            COPY_IT,
        ),
        needs=(
            Need(SYNC, SYNC_SCOPES, role="Maintainer for variables of projects, Owner for variables of groups"),
            Need(SCANNING, SCANNING_SCOPES, role="Maintainer for single projects, Owner for a whole group"),
        ),
        place=Place("Path of the group at GitLab (optional)", "Such as platform. The link then leads there."),
        note="It sees the group and its projects. On gitlab.com group access tokens take a paid plan.",
    )


def _page(url: str, path: str, label: str) -> Page | None:
    return Page(f"{url}{path}", label) if url else None


def _ticked(url: str, scopes: tuple[str, ...]) -> Page | None:
    query = urlencode({"name": TOKEN_NAME, "scopes": ",".join(scopes)}, safe=",")
    return _page(url, f"/-/user_settings/personal_access_tokens?{query}", "Open it filled in")


def _path(making: Making) -> str:
    """Return the path that was named, also as a whole address of this server; empty when it is none."""
    path = making.place.strip().removeprefix(making.url).strip("/").removesuffix("/-/settings/access_tokens")
    return path if PATH.fullmatch(path) else ""


GUIDES: Mapping[str, Callable[[Making], Guide]] = {"personal": _personal, "project": _project, "group": _group}
