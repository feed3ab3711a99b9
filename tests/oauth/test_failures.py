"""Every way in which connecting can fail is a page with a cause and a next step, and nothing is stored."""

from typing import Any

import pytest

from oauth.models import OAuthAttempt
from sandbox.gitlab import Sandbox
from tests.connections import oauth
from tests.oauth.failing import begin, came_back, failed
from tests.oauth.people import Person

pytestmark = pytest.mark.django_db


def test_a_state_of_another_app_is_unknown(ann: Person, gitlab: Sandbox) -> None:
    begin(ann, gitlab)
    OAuthAttempt.objects.update(app="github")
    failed(came_back(ann, code="x", state="y"), 400, "does not belong")


def test_a_gitlab_that_cannot_be_reached_is_named(ann: Person, settings: Any) -> None:
    with Sandbox() as gone:
        oauth.configure(settings, gone)
        address = gone.approve(begin(ann, gone))
    failed(ann.come_back(address), 400, "Failed to exchange OAuth code", gone.url)


def test_a_certificate_that_is_not_trusted_names_the_missing_authority(ann: Person, settings: Any) -> None:
    with Sandbox(tls=True) as private:
        oauth.configure(settings, private)
        address = private.approve(begin(ann, private))
        failed(ann.come_back(address), 400, "was issued by", "Add that CA certificate", "EXTRA_CA_CERTS")


@pytest.mark.parametrize(("seconds", "wait"), [(7, "a minute"), (61, "2 minutes"), (1800, "30 minutes")])
def test_a_gitlab_that_asks_to_wait_is_waited_for(ann: Person, gitlab: Sandbox, seconds: int, wait: str) -> None:
    address = gitlab.approve(begin(ann, gitlab))
    gitlab.misbehave("rate-limit", "/oauth/token", retry_after=seconds)
    page = ann.come_back(address)
    failed(page, 429, "rate limit", f"Connect again in {wait}.")
    assert page["Retry-After"] == str(seconds)


def test_less_access_than_asked_for_is_given_back(ann: Person, gitlab: Sandbox) -> None:
    asked_for = begin(ann, gitlab, use="secret-scanning")
    address = gitlab.approve(asked_for.replace("scope=api+read_repository", "scope=api"))
    failed(ann.come_back(address), 400, "read_repository missing")
    assert any(request.path == "/oauth/revoke" for request in gitlab.requests)


def test_an_app_without_a_browser_method_has_no_pages(ann: Person) -> None:
    assert ann.browser.get("/organization/app-connections/bitbucket/oauth/new").status_code == 404
    assert ann.browser.get("/organization/app-connections/bitbucket/oauth/callback").status_code == 404
