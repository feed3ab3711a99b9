"""Client secrets and tokens are shown in the answer that made them, and nowhere else."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from identities.models import AccessToken, ClientSecret, UniversalAuth
from tests.clients import Api, login
from tests.identities.web.pages import LIST, add_token_auth, add_universal_auth, create, page, shown_once, text
from tests.people import browser, person, send

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
SECRETS = "/universal-auth/client-secrets"
TOKENS = "/token-auth/tokens"


@pytest.fixture
def ann() -> Client:
    return browser(person())


def with_secret(ann: Client, **fields: str) -> tuple[str, "Response", str]:
    """Return the id of a new identity, the answer that shows its client secret, and the secret."""
    identity_id = create(ann)
    add_universal_auth(ann, identity_id)
    answer = send(ann, page(identity_id, f"{SECRETS}/new"), fields)
    return identity_id, answer, shown_once(answer, "Client secret")


def with_token(ann: Client, **fields: str) -> tuple[str, "Response", str]:
    """The same with a token."""
    identity_id = create(ann)
    add_token_auth(ann, identity_id)
    answer = send(ann, page(identity_id, f"{TOKENS}/new"), fields)
    return identity_id, answer, shown_once(answer, "Token")


def everything_stored() -> str:
    """Return all rows of all tables as text, sessions decoded."""
    rows = [str(row) for model in apps.get_models() for row in model._default_manager.values()]
    return "".join(rows) + "".join(str(session.get_decoded()) for session in Session.objects.all())


@pytest.mark.parametrize("made", [with_secret, with_token])
def test_a_secret_is_in_one_answer_and_nowhere_else(
    ann: Client, made: Callable[[Client], tuple[str, "Response", str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    identity_id, answer, secret = made(ann)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "you will not see it again" in text(answer)
    assert answer.content.decode().count(secret) == 2  # as text, and in the button beside it that copies it
    headers = "".join(f"{name}: {value}" for name, value in answer.items())
    cookies = "".join(str(cookie) for cookie in ann.cookies.values())
    assert secret not in headers + cookies
    assert secret not in everything_stored()
    assert secret not in caplog.text
    for path in ("", SECRETS.rsplit("/", 1)[0], TOKENS.rsplit("/", 1)[0], f"{SECRETS}/new", f"{TOKENS}/new"):
        assert secret not in ann.get(page(identity_id, path)).content.decode()
    assert secret not in ann.get(LIST).content.decode()


def test_the_secret_logs_in_and_its_login_is_shown(ann: Client) -> None:
    identity_id, answer, secret = with_secret(
        ann, description="CI of the website", ttl="90 days", num_uses_limit="2"
    )
    row = ClientSecret.objects.get()
    assert (row.description, row.ttl, row.num_uses_limit) == ("CI of the website", 90 * 86_400, 2)
    assert "in 2 months" in text(answer)
    client_id = str(UniversalAuth.objects.get().client_id)
    assert login(client_id, secret).status_code == 200
    shown = text(ann.get(page(identity_id, "/universal-auth")))
    assert f"{row.prefix}… CI of the website just now 1 of 2 in 2 months" in shown
    assert "Universal auth, just now" in text(ann.get(page(identity_id)))


def test_a_revoked_secret_logs_nobody_in(ann: Client) -> None:
    identity_id, _, secret = with_secret(ann)
    row = ClientSecret.objects.get()
    path = page(identity_id, f"{SECRETS}/{row.id}/revoke")
    assert f"Revoke the client secret {row.prefix}…?" in text(ann.get(path))
    assert send(ann, path).status_code == 302
    assert login(str(UniversalAuth.objects.get().client_id), secret).status_code == 401
    assert "There are none" in text(ann.get(page(identity_id, "/universal-auth")))


def test_a_secret_past_its_time_or_uses_says_so(ann: Client) -> None:
    identity_id, _, _ = with_secret(ann, ttl="1 hour", num_uses_limit="1")
    ClientSecret.objects.update(num_uses=1)
    assert "Used up" in text(ann.get(page(identity_id, "/universal-auth")))
    ClientSecret.objects.update(created_at="2020-01-01T00:00:00Z")
    assert "Expired" in text(ann.get(page(identity_id, "/universal-auth")))


def test_a_faulty_form_makes_no_secret(ann: Client) -> None:
    identity_id = create(ann)
    add_universal_auth(ann, identity_id)
    given = {"description": "<b>" + "x" * 1024, "ttl": "soon", "num_uses_limit": "-1"}
    answer = send(ann, page(identity_id, f"{SECRETS}/new"), given)
    assert answer.status_code == 422
    assert all(f"id_{field}_error" in answer.content.decode() for field in given)
    assert "&lt;b&gt;xxx" in answer.content.decode()
    assert not ClientSecret.objects.exists()


def test_a_token_is_the_bearer_token_itself_and_can_be_renamed_and_revoked(ann: Client) -> None:
    identity_id, _, secret = with_token(ann, name=" deploy key ")
    token = AccessToken.objects.get()
    assert token.name == " deploy key "
    assert Api(token=secret).get("/api/v1/identities/details").status_code == 200
    assert "deploy key just now in 59 minutes just now no limit" in text(ann.get(page(identity_id, "/token-auth")))
    rename = page(identity_id, f"{TOKENS}/{token.id}/rename")
    assert send(ann, rename, {"name": "x" * 256}).status_code == 422
    assert send(ann, rename, {"name": "other"}).status_code == 302
    assert "other" in text(ann.get(page(identity_id, "/token-auth")))
    assert send(ann, rename, {"name": ""}).status_code == 302
    assert AccessToken.objects.get().name is None
    revoke = page(identity_id, f"{TOKENS}/{token.id}/revoke")
    assert "is refused from this moment on" in text(ann.get(revoke))
    assert send(ann, revoke).status_code == 302
    assert Api(token=secret).get("/api/v1/identities/details").status_code == 403
    assert "Revoked" in text(ann.get(page(identity_id, "/token-auth")))


def test_token_auth_is_taken_away_with_its_tokens(ann: Client) -> None:
    identity_id, _, secret = with_token(ann)
    assert send(ann, page(identity_id, "/token-auth/remove")).status_code == 302
    assert Api(token=secret).get("/api/v1/identities/details").status_code == 403
    assert "No token auth" in text(ann.get(page(identity_id, "/token-auth")))
    for path in ("/token-auth/remove", f"{TOKENS}/new"):
        assert ann.get(page(identity_id, path)).status_code == 404


def test_many_tokens_come_in_pages_of_equal_cost(
    ann: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    identity_id, _, _ = with_token(ann)
    token = AccessToken.objects.get()
    fields = {"identity_id": token.identity_id, "token_auth_id": token.token_auth_id, "ttl": 0, "max_ttl": 0}
    AccessToken.objects.bulk_create(
        AccessToken(**fields, name=f"t{number}", created_at=token.created_at) for number in range(60)
    )
    assert "Page 1 of 2" in text(ann.get(page(identity_id, "/token-auth")))
    with django_assert_num_queries(11):
        ann.get(page(identity_id, "/token-auth"), {"page": "2"})
