"""What a read costs: one query for who asks, one for what is asked, whatever the length."""

import pytest
from pytest_django import DjangoAssertNumQueries

from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import BASE, GITLAB, create, project

pytestmark = pytest.mark.django_db


@pytest.fixture
def some(admin: Api, gitlab: Sandbox) -> list[str]:
    project_id = project(admin)
    made = [create(admin, gitlab, name=f"c-{number}", projectId=project_id)["id"] for number in range(5)]
    made += [create(admin, gitlab, name=f"o-{number}")["id"] for number in range(5)]
    admin.get(BASE)  # the first use of a token is written down
    return made


@pytest.mark.parametrize(
    "path", [BASE, GITLAB, f"{GITLAB}/available", f"{GITLAB}/connection-name/o-1", f"{BASE}/options"]
)
def test_a_read_costs_at_most_two_queries(
    admin: Api, some: list[str], path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(2):
        assert admin.get(path).status_code == 200


def test_get_by_id_costs_two_queries(
    admin: Api, some: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for connection_id in (some[0], some[-1]):
        with django_assert_num_queries(2):
            assert admin.get(f"{GITLAB}/{connection_id}").status_code == 200


def test_a_longer_list_costs_no_more(
    admin: Api, gitlab: Sandbox, some: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        create(admin, gitlab, name=f"more-{number}")
    with django_assert_num_queries(2):
        assert len(admin.get(BASE).json()["appConnections"]) == 30
