"""A query string that makes no sense is refused where it is read, and harmless where it is not."""

import pytest

from tests.clients import ADDRESS, Api
from tests.wire.requests import GITLAB, assert_refused

pytestmark = pytest.mark.django_db
QUERIES = [
    "projectId=%00",
    "projectId=%ff",
    "projectId=%ed%a0%80",
    "projectId=" + "a" * 20_000,
    "projectId=" + "&projectId=".join("ab"),
    "projectId[]=1",
    "projectId=null",
    "projectId=%F0%9D%9F%98",
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: ascii(query)[:30])
@pytest.mark.parametrize("path", ["/api/v1/app-connections", GITLAB, f"{GITLAB}/available"])
def test_a_query_that_makes_no_sense_is_refused(api: Api, path: str, query: str) -> None:
    answer = api.client.generic(
        "GET", path, headers={"Authorization": f"Bearer {api.token}"}, REMOTE_ADDR=ADDRESS, QUERY_STRING=query
    )
    if query.startswith("projectId[]"):
        assert answer.status_code == 200, "a key nobody knows"
    else:
        assert_refused(answer, 400, 404, 422)


@pytest.mark.parametrize(
    "query",
    ["&" * 5_000, "&".join(f"a{n}=1" for n in range(5_000)), "%", "%zz", "=", "a=%00"],
    ids=lambda query: ascii(query)[:20],
)
def test_a_query_that_nobody_reads_harms_nobody(api: Api, query: str) -> None:
    answer = api.client.generic("GET", "/api/status", REMOTE_ADDR=ADDRESS, QUERY_STRING=query)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["format=xml", "lang=%00", "lang=../../x", "version=%00", "version=v9", "lang=xx"]
)
def test_the_documents_take_no_parameters_that_break_them(api: Api, query: str) -> None:
    for path in ("/api/schema", "/api/docs"):
        answer = api.client.generic("GET", path, REMOTE_ADDR=ADDRESS, QUERY_STRING=query)
        assert answer.status_code == 200, answer.content[:300]
