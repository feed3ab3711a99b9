"""What Prometheus scrapes: requests by method, route and status, for those who know the token."""

import re
from typing import TYPE_CHECKING

import pytest
from prometheus_client import REGISTRY
from pytest_django import Settings

from tests.clients import ADDRESS, Api, anonymous

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
TOKEN = "metrics token"


def requests_of(**labels: str) -> float:
    return REGISTRY.get_sample_value("app_connections_requests_total", labels) or 0.0


def scrape(token: str = TOKEN) -> str:
    answer = anonymous().request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    return answer.content.decode()


def test_without_the_setting_there_is_no_such_page() -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer"}):
        assert anonymous().request("GET", "/metrics", headers=headers).status_code == 404


WRONG = ["", "Bearer", "Bearer ", "Bearer wrong", f"bearer {TOKEN}", TOKEN, "Bearer \xff\x00"]


@pytest.mark.parametrize("given", WRONG)
def test_without_the_token_it_looks_as_if_there_were_none(settings: Settings, given: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    refused = anonymous().request("GET", "/metrics", headers={"Authorization": given})
    assert refused.status_code == 404
    assert without_request_id(refused) == without_request_id(anonymous().get("/nowhere"))


def without_request_id(answer: "Response") -> str:
    return answer.content.decode().replace(answer.headers["X-Request-Id"], "")


def test_each_answer_is_counted_by_method_route_and_status(settings: Settings, admin: Api) -> None:
    settings.METRICS_TOKEN = TOKEN
    labels = {"method": "GET", "route": "api/v1/workspace/<str:project_id>", "status": "404"}
    before = requests_of(**labels)
    admin.get("/api/v1/workspace/one")
    admin.get("/api/v1/workspace/two")
    assert requests_of(**labels) == before + 2
    sample = r'app_connections_requests_total{method="GET",route="api/v1/workspace/<str:project_id>",status="404"} '
    assert sample in scrape()


def test_the_time_of_an_answer_is_measured(admin: Api) -> None:
    labels = {"method": "GET", "route": "api/v1/projects"}
    before = REGISTRY.get_sample_value("app_connections_request_seconds_count", labels) or 0.0
    admin.get("/api/v1/projects")
    assert REGISTRY.get_sample_value("app_connections_request_seconds_count", labels) == before + 1


def test_a_client_cannot_invent_series(settings: Settings, admin: Api) -> None:
    settings.METRICS_TOKEN = TOKEN
    before = len(series(scrape()))
    for number in range(20):
        admin.request(f"METHOD{number}", "/api/v1/projects")
        admin.get(f"/api/invented/{number}")
        admin.get(f"/invented{number}")
    invented = series(scrape()) - {"none"}
    assert not [line for line in invented if "invented" in line or "METHOD" in line]
    assert len(invented) - before < 40


def series(text: str) -> set[str]:
    return set(re.findall(r"^(app_connections_\w+{.*?}) ", text, re.MULTILINE))


def test_no_metric_names_a_caller_an_address_or_a_secret(settings: Settings, admin: Api) -> None:
    settings.METRICS_TOKEN = TOKEN
    admin.post("/api/v2/workspace", {"projectName": "Hidden name", "slug": "hidden-slug"})
    admin.get("/api/v2/workspace/hidden-slug")
    text = scrape()
    for hidden in (admin.token, admin.identity_id, ADDRESS, "hidden-slug", TOKEN):
        assert hidden not in text
