import base64
import hashlib

import requests

from sandbox.gitlab.applications import Application
from tests.sandbox.client import Client, invalid_grant, missing

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def exchange_with(client: Client, application: Application, verifier: str | None) -> requests.Response:
    code = client.code(application, code_challenge=CHALLENGE, code_challenge_method="S256")
    return client.exchange(application, code, code_verifier=verifier)


def test_the_pair_of_the_rfc_fits_together() -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == CHALLENGE


def test_the_right_verifier_gets_the_tokens(client: Client) -> None:
    assert exchange_with(client, client.application(), VERIFIER).status_code == 200


def test_a_wrong_verifier_is_an_invalid_grant(client: Client) -> None:
    assert invalid_grant(exchange_with(client, client.application(), "x" * 43))


def test_a_missing_verifier_is_an_invalid_request(client: Client) -> None:
    answer = exchange_with(client, client.application(), None)
    assert missing(answer, "code_verifier")
    assert answer.headers["Vary"] == "Accept"


def test_a_verifier_that_no_challenge_asked_for_is_an_invalid_grant(client: Client) -> None:
    application = client.application()
    assert invalid_grant(client.exchange(application, client.code(application), code_verifier=VERIFIER))


def test_a_wrong_verifier_leaves_the_code_good(client: Client) -> None:
    application = client.application()
    code = client.code(application, code_challenge=CHALLENGE, code_challenge_method="S256")
    client.exchange(application, code, code_verifier="x" * 43)
    assert client.exchange(application, code, code_verifier=VERIFIER).status_code == 200


def test_a_public_application_needs_no_secret(client: Client) -> None:
    application = client.application(confidential=False)
    issued = exchange_with(client, application, VERIFIER)
    assert issued.status_code == 200
    assert client.refresh(application, issued.json()["refresh_token"]).status_code == 200
