import pytest
import requests

from sandbox.github import Sandbox
from tests.sandbox.github.client import CALLBACK, Client, query


def test_who_agrees_is_sent_back_with_a_code_and_the_state(client: Client) -> None:
    location = client.github.approve(client.authorize_url(client.oauth_application()))
    assert location.startswith(f"{CALLBACK}?")
    assert query(location).keys() == {"code", "state"}
    assert query(location)["state"] == "st4te"


def test_who_cancels_is_sent_back_with_the_reason(client: Client) -> None:
    back = query(client.github.deny(client.authorize_url(client.oauth_application())))
    assert back.keys() == {"error", "error_description", "error_uri", "state"}
    assert back["error"] == "access_denied"
    assert back["error_description"] == "The user has denied your application access."
    assert back["state"] == "st4te"


def test_a_person_signs_in_reads_and_agrees(client: Client) -> None:
    client.github.user("ann")
    sign_in = client.page(client.authorize_url(client.oauth_application(name="My <Site>"), state="a&b"))
    assert "Sign in to GitHub" in sign_in.text
    return_to = query(sign_in.url)["return_to"]
    form = {"login": "ann", "password": "wrong", "return_to": return_to}
    url = f"{client.github.url}/login"
    assert "Incorrect username or password." in client.http.post(url, data=form, timeout=5).text
    consent = client.http.post(url, data=form | {"password": "ann-password"}, timeout=5)
    assert "Authorize My &lt;Site&gt;" in consent.text
    assert "<li>admin:org</li>" in consent.text
    assert "user_session" in client.http.cookies
    decision = query(consent.url) | {"authorize": "1"}
    answer = client.http.post(consent.url.partition("?")[0], data=decision, allow_redirects=False, timeout=5)
    assert query(answer.headers["Location"])["state"] == "a&b"


def test_nobody_is_asked_again_for_what_they_agreed_to(client: Client) -> None:
    application = client.oauth_application()
    client.github.approve(client.authorize_url(application))
    client.sign_in("ann")
    again = client.http.get(client.authorize_url(application), allow_redirects=False, timeout=5)
    assert "code" in query(again.headers["Location"])
    more = client.http.get(client.authorize_url(application, scope="repo,user"), allow_redirects=False, timeout=5)
    assert more.status_code == 200


@pytest.mark.parametrize("return_to", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
def test_signing_in_leads_nowhere_else(client: Client, return_to: str) -> None:
    client.github.user("ann")
    form = {"login": "ann", "password": "ann-password", "return_to": return_to}
    answer = client.http.post(f"{client.github.url}/login", data=form, allow_redirects=False, timeout=5)
    assert answer.headers["Location"] == f"{client.github.url}/"


@pytest.mark.parametrize(
    "redirect_uri",
    [None, CALLBACK, f"{CALLBACK}/deeper", f"{CALLBACK}?a=1"],
)
def test_an_address_below_the_callback_will_do(client: Client, redirect_uri: str | None) -> None:
    location = client.github.approve(client.authorize_url(client.oauth_application(), redirect_uri=redirect_uri))
    assert location.startswith(redirect_uri or CALLBACK)
    assert query(location)["code"]


def test_the_port_of_a_loopback_address_does_not_matter(client: Client) -> None:
    application = client.oauth_application(callback_url="http://127.0.0.1:8000/back")
    asked = client.authorize_url(application, redirect_uri="http://127.0.0.1:49152/back")
    assert client.github.approve(asked).startswith("http://127.0.0.1:49152/back?code=")


@pytest.mark.parametrize(
    "redirect_uri",
    [
        "https://evil.example/organization/app-connections/github/oauth/callback",
        "http://localhost:9000/organization/app-connections/github/oauth/callback",
        "https://localhost:8000/organization/app-connections/github/oauth/callback",
        "http://localhost:8000/organization/app-connections/github/oauth",
        f"{CALLBACK}-other",
        f"{CALLBACK}/../elsewhere",
        CALLBACK.replace("localhost", "somebody@localhost"),
        "http://[localhost:8000/",
    ],
)
def test_any_other_address_is_a_mismatch(client: Client, redirect_uri: str) -> None:
    application = client.oauth_application()
    location = client.github.approve(client.authorize_url(application, redirect_uri=redirect_uri))
    assert location.startswith(f"{CALLBACK}?")
    assert query(location)["error"] == "redirect_uri_mismatch"
    assert query(location)["state"] == "st4te"
    assert "code" not in query(location)


def test_the_person_hears_of_a_mismatch_of_a_github_app(client: Client) -> None:
    client.github.user("ann")
    client.sign_in("ann")
    page = client.page(client.authorize_url(client.app(), redirect_uri="https://evil.example/"))
    assert "Be careful!" in page.text


def test_an_unknown_application_is_not_found(client: Client) -> None:
    client.github.user("ann")
    client.sign_in("ann")
    assert client.page(f"{client.github.url}/login/oauth/authorize?client_id=nobody").status_code == 404


def test_a_visit_without_sending_back_is_an_error(github: Sandbox) -> None:
    with pytest.raises(ValueError, match="GitHub sends nobody back"):
        github.approve(f"{github.url}/login/oauth/authorize?client_id=nobody")


def test_the_session_ends_with_the_browser(client: Client, github: Sandbox) -> None:
    github.user("ann")
    client.sign_in("ann")
    with requests.Session() as other:
        other.trust_env = False
        assert "Sign in to GitHub" in other.get(f"{github.url}/", timeout=5).text
