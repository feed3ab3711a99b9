"""A GitLab that lies, repeats what it was sent, or never stops: nothing of it is stored, shown or waited for."""

import json
import threading
from typing import Any

import pytest

from connections.models import AppConnection
from connections.providers import places
from connections.providers.deadline import Deadline
from connections.providers.errors import Busy
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, body, create

pytestmark = pytest.mark.django_db

JSON = {"Content-Type": "application/json"}


def answer(gitlab: Sandbox, path: str, value: Any, status: int = 200) -> None:
    gitlab.misbehave("status", path, status=status, body=json.dumps(value), headers=JSON)


def test_a_token_that_the_server_repeats_is_not_repeated_by_us(admin: Api, gitlab: Sandbox) -> None:
    given = body(gitlab)
    token = given["credentials"]["accessToken"]
    answer(gitlab, "/api/v4/user", {"message": f"I was sent {token}, really {token}"}, status=403)
    response = admin.post(GITLAB, given)
    assert response.status_code == 400
    assert token not in response.content.decode()
    assert "I was sent [secret], really [secret]" in response.json()["message"]


def test_a_token_that_is_cut_in_two_where_a_text_ends_is_not_repeated_either(admin: Api, gitlab: Sandbox) -> None:
    given = body(gitlab)
    token = given["credentials"]["accessToken"]
    answer(gitlab, "/api/v4/user", {"message": f"{'x' * 240}{token}"}, status=403)
    response = admin.post(GITLAB, given)
    assert response.status_code == 400
    assert "x" * 240 in response.json()["message"]
    assert token[:10] not in response.content.decode()


def test_what_is_stored_of_an_account_is_short_and_printable(admin: Api, gitlab: Sandbox) -> None:
    answer(gitlab, "/api/v4/user", {"id": 1, "username": "a\u0000n\u001bn", "name": "x" * 2_000_000, "bot": False})
    scopes = ["api", *(f"s{number}" for number in range(10_000))]
    answer(gitlab, "/api/v4/personal_access_tokens/self", {"scopes": scopes, "expires_at": None})
    create(admin, gitlab)
    stored = AppConnection.objects.get()
    assert (stored.account or {})["username"] == "ann"
    assert len((stored.account or {})["name"]) == 255
    assert len(stored.scopes) == 64


def test_a_listing_that_never_ends_is_given_up(admin: Api, gitlab: Sandbox) -> None:
    one = create(admin, gitlab)["id"]
    page = [{"id": number, "path_with_namespace": "p" * 40_000} for number in range(100)]
    gitlab.misbehave(
        "status", "/api/v4/projects", status=200, body=json.dumps(page), headers={**JSON, "X-Next-Page": "2"}
    )
    response = admin.get(f"{GITLAB}/{one}/projects")
    assert response.status_code == 400
    assert "sent more than 20 MiB" in response.json()["message"]


def test_those_who_wait_for_a_place_are_few_and_the_rest_is_turned_away_at_once() -> None:
    release, let_in = threading.Event(), []

    def hold(wait: float) -> None:
        with places.place("h", per_host=1, in_total=1, wait=Deadline(wait)):
            release.wait()

    threads = [threading.Thread(target=hold, args=(60.0,)) for _ in range(1 + places.MOST_WAITING)]
    for thread in threads:
        thread.start()
    pause = threading.Event()
    while places._waiting < places.MOST_WAITING:
        pause.wait(0.005)
    with (
        pytest.raises(Busy, match="waiting already"),
        places.place("h", per_host=1, in_total=1, wait=Deadline(60.0)),
    ):
        let_in.append(True)
    release.set()
    for thread in threads:
        thread.join()
    assert not let_in
