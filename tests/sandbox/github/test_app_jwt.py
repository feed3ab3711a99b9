import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from sandbox.github.applications import new_private_key
from tests.sandbox.github.client import Client, names, refused, signed

UNDECODABLE = "A JSON web token could not be decoded"
FAR = "'Expiration time' claim ('exp') is too far in the future"
BAD_ISSUE = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
BAD_EXPIRY = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion "
    "expires"
)
ANOTHER_KEY = new_private_key()


def now() -> int:
    return int(time.time())


def test_an_app_is_known_by_its_client_id_and_by_its_number(client: Client) -> None:
    app = client.app("Robots", owner="acme")
    for issuer in (app.client_id, app.id, str(app.id)):
        told = client.get("/app", signed(app, iss=issuer)).json()
        assert (told["id"], told["slug"], told["client_id"]) == (app.id, "robots", app.client_id)
    assert told["owner"]["login"] == "acme"
    assert told["permissions"] == app.permissions
    assert not {"pem", "client_secret", "webhook_secret"} & told.keys()


def test_the_key_is_an_rsa_key_of_pkcs1(client: Client) -> None:
    app = client.github.app()
    assert app.private_key.startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert app.public_key().key_size == 2048


def test_a_key_can_be_brought_along(client: Client) -> None:
    app = client.app(private_key=ANOTHER_KEY)
    assert client.get("/app", signed(app, key=ANOTHER_KEY)).status_code == 200


CLAIMS: dict[str, tuple[Callable[[], dict[str, Any]], int, str]] = {
    "expires in eleven minutes": (lambda: {"exp": now() + 660}, 401, FAR),
    "expired": (lambda: {"exp": now() - 1}, 401, BAD_EXPIRY),
    "expires some time": (lambda: {"exp": "soon"}, 401, BAD_EXPIRY),
    "expires never": (lambda: {"exp": None}, 401, "Missing 'expiration time' claim ('exp') in assertion"),
    "issued in the future": (lambda: {"iat": now() + 600}, 401, BAD_ISSUE),
    "issued between two seconds": (lambda: {"iat": now() - 60.5}, 401, BAD_ISSUE),
    "issued by a truth": (lambda: {"iat": True}, 401, BAD_ISSUE),
    "issued at no time": (lambda: {"iat": None}, 401, "Missing 'issued at' claim ('iat') in assertion"),
    "of nobody": (lambda: {"iss": None}, 401, "'Issuer' claim ('iss') must be an Integer"),
    "of somebody unknown": (lambda: {"iss": "Iv23liNobody"}, 404, "Integration not found"),
}


@pytest.mark.parametrize("case", CLAIMS)
def test_a_claim_that_does_not_hold_is_named(client: Client, case: str) -> None:
    changed, status, message = CLAIMS[case]
    assert refused(client.get("/app", signed(client.app(), **changed())), status, message)


def test_the_signature_must_be_the_apps_own(client: Client) -> None:
    app = client.app()
    assert refused(client.get("/app", signed(app, key=ANOTHER_KEY)), 401, UNDECODABLE)
    claims = {"iss": app.client_id, "iat": now() - 60, "exp": now() + 60}
    unsigned = jwt.encode(claims, "", algorithm="none")
    by_secret = jwt.encode(claims, app.client_secret.ljust(40), algorithm="HS256")
    for assertion in (unsigned, by_secret, "no.jwt", client.github.personal_token().value, None):
        assert refused(client.get("/app", assertion), 401, UNDECODABLE)


def test_a_renewed_key_replaces_the_old_one(client: Client) -> None:
    app = client.app()
    old = signed(app)
    app.renew_private_key()
    assert refused(client.get("/app", old), 401, UNDECODABLE)
    assert client.get("/app", signed(app)).status_code == 200


def test_the_clocks_may_differ(client: Client) -> None:
    app = client.app()
    client.github.skew(-30)
    assert refused(client.get("/app", signed(app, iat=now())), 401, BAD_ISSUE)
    assert client.get("/app", signed(app, iat=now() - 60)).status_code == 200


def test_travelling_does_not_age_what_is_signed_now(client: Client) -> None:
    client.github.travel(86_400)
    assert client.get("/app", signed(client.app())).status_code == 200


def test_a_name_is_taken_once(client: Client) -> None:
    client.app("Robots")
    with pytest.raises(ValueError, match="Name is already taken"):
        client.app("robots")


def test_an_app_sees_its_own_installations(client: Client) -> None:
    app, other = client.app("One", owner="acme"), client.app("Two")
    on_acme = client.github.install(app, "acme")
    on_ann = client.github.install(app, "ann")
    foreign = client.github.install(other, "acme")
    listed = client.get("/app/installations", signed(app)).json()
    assert [each["id"] for each in listed] == [on_acme.id, on_ann.id]
    assert client.get(f"/app/installations/{on_acme.id}", signed(app)).json() == listed[0]
    assert client.get("/orgs/ACME/installation", signed(app)).json() == listed[0]
    assert client.get("/users/ann/installation", signed(app)).json() == listed[1]
    for path in (f"/app/installations/{foreign.id}", "/orgs/ann/installation", "/users/nobody/installation"):
        assert refused(client.get(path, signed(app)), 404, "Not Found")


def test_an_installation_says_what_it_may_do(client: Client) -> None:
    app = client.app(permissions={"metadata": "read", "secrets": "write"})
    client.github.repository("acme/api")
    installation = client.github.install(app, "acme", ["acme/api"])
    told = client.get("/orgs/acme/installation", signed(app)).json()
    assert told["id"] == installation.id
    assert (told["account"]["login"], told["target_type"]) == ("acme", "Organization")
    assert (told["app_id"], told["app_slug"]) == (app.id, app.slug)
    assert told["permissions"] == {"metadata": "read", "secrets": "write"}
    assert told["repository_selection"] == "selected"
    assert told["suspended_at"] is None


def test_only_repositories_that_there_are_can_be_chosen(client: Client) -> None:
    with pytest.raises(KeyError):
        client.github.install(client.app(), "acme", ["nowhere"])
    assert names(client.get("/app/installations", signed(client.app("Two")))) == []
