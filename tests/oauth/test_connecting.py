"""A person presses Connect, gives access at GitLab, and has a connection."""

from typing import Any

import pytest

from sandbox.gitlab import Sandbox
from tests.connections import oauth
from tests.oauth.people import asked, person

pytestmark = pytest.mark.django_db


def test_the_way_there_carries_what_oauth_asks_for(gitlab: Sandbox, application: Any) -> None:
    started = person().start(instanceUrl=gitlab.url)
    assert started.status_code == 302
    assert started["Location"].startswith(f"{gitlab.url}/oauth/authorize?")
    query = asked(started["Location"])
    assert query.pop("state")
    assert len(query.pop("code_challenge")) == 43
    assert query == {
        "client_id": application.client_id,
        "code_challenge_method": "S256",
        "redirect_uri": oauth.CALLBACK,
        "response_type": "code",
        "scope": "api",
    }


@pytest.mark.parametrize(("use", "scope"), [("secret-sync", "api"), ("secret-scanning", "api read_repository")])
def test_the_use_decides_the_scopes(gitlab: Sandbox, use: str, scope: str) -> None:
    assert asked(person().start(instanceUrl=gitlab.url, use=use)["Location"])["scope"] == scope
