"""A grant that we do not use any more is revoked at the server, as well as it goes, and how it went is recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, create
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import Stored, events

pytestmark = pytest.mark.django_db(transaction=True)

REVOKED = "revoke-app-connection-grant"


def delete(connection: Stored) -> Any:
    return connection.api.delete(connection.path)


@pytest.mark.parametrize("end", [delete, Stored.reconnect], ids=["deleting", "replacing"])
def test_ending_a_grant_revokes_it_and_is_recorded(
    connection: Stored, grantor: Grantor, end: Callable[[Stored], Any]
) -> None:
    token = connection.token
    assert end(connection).status_code == 200
    assert not grantor.works(token)
    [request] = grantor.revocations()
    assert set(request.form) == grantor.sent_in_revocation
    [event] = events(REVOKED)
    assert event == {"connectionId": str(connection.id), "name": "by-oauth", "revoked": True}


FAILURES: list[tuple[dict[str, Any], str]] = [
    ({"kind": "hang"}, "did not answer within 0.3 s"),
    ({"kind": "status", "status": 503}, "answered with status 503"),
    ({"kind": "rate-limit"}, "asks to wait"),
    ({"kind": "html"}, "{page}"),
    ({"kind": "close"}, "closed the connection"),
    ({"kind": "redirect", "to": "http://127.0.0.1:1/"}, "redirects to 127.0.0.1"),
]


@pytest.mark.parametrize(("behaviour", "cause"), FAILURES, ids=[cause for _, cause in FAILURES])
@pytest.mark.parametrize("end", [delete, Stored.reconnect], ids=["deleting", "replacing"])
def test_it_succeeds_also_where_nothing_is_revoked(
    connection: Stored,
    grantor: Grantor,
    end: Callable[[Stored], Any],
    behaviour: dict[str, Any],
    cause: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grantor.product, "REVOKE_SECONDS", 0.3)
    grantor.sandbox.misbehave(path=grantor.revoked_at, **behaviour)
    assert end(connection).status_code == 200
    assert len(grantor.revocations()) == 1
    [event] = events(REVOKED)
    assert event["revoked"] is False
    assert cause.format(page=grantor.said_of_a_page) in event["cause"]


def test_without_an_oauth_client_it_is_recorded_that_nothing_could_be_revoked(
    connection: Stored, grantor: Grantor, settings: Any
) -> None:
    settings.APP_CONNECTION_VARIABLES = {}
    assert delete(connection).status_code == 200
    assert grantor.sandbox.requests == []
    [event] = events(REVOKED)
    assert (event["revoked"], "no OAuth client" in event["cause"]) == (False, True)


def test_a_connection_whose_credentials_do_not_open_can_be_deleted(connection: Stored) -> None:
    connection.change(sealed_credentials="v1:nothing:that:opens")
    assert delete(connection).status_code == 200
    assert not AppConnection.objects.exists()


def test_a_grant_that_cannot_be_stored_is_given_back(connection: Stored, admin: Api, grantor: Grantor) -> None:
    """The server fails after it has exchanged the code."""
    grantor.sandbox.misbehave("status", grantor.user_endpoint, status=500)
    given = {"name": "another", "method": "oauth", "credentials": grantor.credentials()}
    answer = admin.post(grantor.path, given)
    assert answer.status_code == 400
    assert [event["revoked"] for event in events(REVOKED)] == [True]
    assert AppConnection.objects.count() == 1


def test_a_connection_by_access_token_has_no_grant_to_revoke(admin: Api, gitlab: Sandbox) -> None:
    token = gitlab.personal_token()
    made = create(admin, gitlab, token=token.value)
    assert admin.delete(f"{GITLAB}/{made['id']}").status_code == 200
    assert not token.revoked
    assert events(REVOKED) == []
