"""The provider's data sources find projects by slug and in the caller's own list."""

import pytest

from tests.clients import Api, identity_with
from tests.organizations.requests import LIST, by_slug, create

pytestmark = pytest.mark.django_db


def test_the_data_source_by_slug_is_flat(admin: Api) -> None:
    made = create(admin)
    assert admin.get(by_slug("platform")).json() == made


def test_the_list_holds_the_callers_own_projects_by_name(admin: Api) -> None:
    for slug in ("zebra", "apple", "mango"):
        create(admin, slug)
    other = identity_with(role="admin")
    create(other, "others")
    listed = admin.get(LIST).json()["projects"]
    assert [project["slug"] for project in listed] == ["apple", "mango", "zebra"]
    assert listed[0] == admin.get(by_slug("apple")).json()
    assert [project["slug"] for project in other.get(LIST).json()["projects"]] == ["others"]


def test_there_are_no_organizations_inside_organizations(admin: Api) -> None:
    answer = admin.get("/api/v1/sub-organizations", {"limit": "1000", "offset": "0"})
    assert answer.json() == {"organizations": [], "totalCount": 0}
