"""Requests about projects, with the bodies that the Terraform provider sends."""

from typing import Any

from tests.clients import Api

CREATE = "/api/v2/workspace"
LIST = "/api/v1/projects"
UNKNOWN_ID = "3c90c3cc-0d44-4b50-8888-8dd25736052a"


def creation(slug: str, **more: Any) -> dict[str, Any]:
    """Return what the provider sends to create a project: every key that it always sends."""
    return {
        "projectName": slug.title(),
        "slug": slug,
        "organizationSlug": "",
        "type": "secret-manager",
        "shouldCreateDefaultEnvs": True,
        "hasDeleteProtection": False,
        **more,
    }


def update(project: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return what the provider sends to update a project: always all five keys."""
    return {
        "projectId": project["id"],
        "slug": project["slug"],
        "name": project["name"],
        "description": project["description"] or "",
        "hasDeleteProtection": project["hasDeleteProtection"],
        **changes,
    }


def create(api: Api, slug: str = "platform", **more: Any) -> dict[str, Any]:
    """Create a project and return it."""
    answer = api.post(CREATE, creation(slug, **more))
    assert answer.status_code == 200, answer.content
    project: dict[str, Any] = answer.json()["project"]
    return project


def read(api: Api, project_id: str) -> dict[str, Any]:
    """Return a project as it is shown."""
    answer = api.get(by_id(project_id))
    assert answer.status_code == 200, answer.content
    project: dict[str, Any] = answer.json()["workspace"]
    return project


def without_times(project: dict[str, Any]) -> dict[str, Any]:
    """Return a project without the times at which it was made and changed."""
    return {key: value for key, value in project.items() if key not in {"createdAt", "updatedAt"}}


def by_id(project_id: str) -> str:
    return f"/api/v1/workspace/{project_id}"


def by_slug(slug: str) -> str:
    return f"/api/v2/workspace/{slug}"


def change(project_id: str) -> str:
    return f"/api/v1/projects/{project_id}"


def retention(slug: str) -> str:
    return f"/api/v1/workspace/{slug}/audit-logs-retention"
