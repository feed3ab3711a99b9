import re
from html import unescape
from urllib.parse import urljoin

import pytest

from tests.sandbox.client import REDIRECT_URI, Client, callback


def sign_in(client: Client, password: str | None = None) -> None:
    ann = client.gitlab.user("ann")
    client.post("/users/sign_in", **{"user[login]": "ann", "user[password]": password or ann.password})


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def press(client: Client, html: str, button: str) -> str:
    """Press a button of a page as a browser does; the address that follows."""
    form = next(form for form in re.findall(r"<form.*?</form>", html, re.S) if f">{button}</button>" in form)
    action = re.search(r'action="([^"]*)"', form)
    hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    values = {name: unescape(value) for name, value in hidden}
    answer = client.http.post(
        urljoin(client.gitlab.url, unescape(action[1]) if action else ""),
        data=values,
        allow_redirects=False,
        timeout=5,
    )
    assert answer.status_code == 302
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content == b""
    return answer.headers["Location"]


def test_a_stranger_is_sent_to_the_sign_in_page(client: Client) -> None:
    url = client.authorize_url(client.application())
    answer = client.http.get(url, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{client.gitlab.url}/users/sign_in"
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.content == b""


def test_a_browser_can_click_through_from_sign_in_to_the_code(client: Client) -> None:
    client.gitlab.user("ann")
    url = client.authorize_url(client.application(name="EXAMPLE"), scope="api")
    client.http.get(url, timeout=5)
    consent = client.post("/users/sign_in", **{"user[login]": "ann", "user[password]": "ann-password"})
    assert "Authorize EXAMPLE to use your account?" in text(consent.text)
    assert "This application will be able to: Access the API on your behalf" in text(consent.text)
    location = press(client, consent.text, "Authorize")
    assert location.startswith(f"{REDIRECT_URI}?code=")
    assert location.endswith("&state=st4te")


def test_a_wrong_password_does_not_sign_in(client: Client) -> None:
    sign_in(client, password="guess")
    answer = client.http.get(client.authorize_url(client.application()), allow_redirects=False, timeout=5)
    assert answer.headers["Location"].endswith("/users/sign_in")


def test_a_blocked_user_cannot_sign_in(client: Client) -> None:
    client.gitlab.block("ann")
    sign_in(client)
    answer = client.http.get(client.authorize_url(client.application()), allow_redirects=False, timeout=5)
    assert answer.headers["Location"].endswith("/users/sign_in")


def test_a_refusal_goes_back_to_the_application(client: Client) -> None:
    sign_in(client)
    consent = client.http.get(client.authorize_url(client.application()), timeout=5)
    assert press(client, consent.text, "Deny") == (
        f"{REDIRECT_URI}?error=access_denied&error_description="
        "The+resource+owner+or+authorization+server+denied+the+request.&state=st4te"
    )


def test_the_shortcuts_end_where_the_browser_does(client: Client) -> None:
    url = client.authorize_url(client.application())
    assert set(callback(client.gitlab.approve(url))) == {"code", "state"}
    assert callback(client.gitlab.deny(url))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"client_id": "unknown"},
            "Client authentication failed due to unknown client, no client authentication included, or "
            "unsupported authentication method.",
        ),
        ({"redirect_uri": "http://localhost:8000/elsewhere"}, "The redirect URI included is not valid."),
        (
            {"redirect_uri": REDIRECT_URI.replace("localhost", "127.0.0.1")},
            "The redirect URI included is not valid.",
        ),
        ({"redirect_uri": None}, "The redirect URI included is not valid."),
        ({"scope": "api sudo"}, "The requested scope is invalid, unknown, or malformed."),
        ({"scope": "no_such_scope"}, "The requested scope is invalid, unknown, or malformed."),
        ({"response_type": "token"}, "The authorization server does not support this response type."),
        ({"response_type": None}, "Missing required parameter: response_type."),
    ],
)
def test_a_wrong_request_strands_the_user_on_an_error_page(
    client: Client, changed: dict[str, str | None], words: str
) -> None:
    sign_in(client)
    url = client.authorize_url(client.application(), **changed)
    answer = client.http.get(url, allow_redirects=False, timeout=5)
    assert answer.status_code == 200
    assert "Location" not in answer.headers
    assert text(answer.text) == f"OAuth authorization required An error has occurred {words}"


def test_a_scope_the_server_knows_but_the_application_lacks_is_refused(client: Client) -> None:
    sign_in(client)
    url = client.authorize_url(client.application(scopes=("read_user",)), scope=None)
    assert "The requested scope is invalid" in client.http.get(url, timeout=5).text


def test_a_redirect_uri_with_an_added_query_is_accepted(client: Client) -> None:
    sign_in(client)
    url = client.authorize_url(client.application(), redirect_uri=f"{REDIRECT_URI}?more=1")
    assert "Authorization required" in client.http.get(url, timeout=5).text


def test_a_trusted_application_gets_a_page_that_moves_on_by_itself(client: Client) -> None:
    sign_in(client)
    url = client.authorize_url(client.application(trusted=True))
    answer = client.http.get(url, allow_redirects=False, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "max-age=0, private, must-revalidate"
    code = re.findall(r"code=([0-9a-f]{64})", answer.text)[0]
    assert answer.text == (
        "<!DOCTYPE html><html><head><title>Moving on</title></head><body>\n"
        f'<p><a href="{REDIRECT_URI}?code={code}&amp;state=st4te">Continue to the application</a></p>\n'
        "<script>\n//<![CDATA[\n"
        f'window.location = "{REDIRECT_URI}?code={code}\\u0026state=st4te";\n'
        "//]]>\n</script></body></html>\n"
    )


@pytest.mark.parametrize(
    ("confidential", "granted", "moves_on"),
    [
        (True, ("api", "read_repository"), True),
        (True, ("api",), False),
        (False, ("api", "read_repository"), False),
    ],
)
def test_a_live_token_of_the_same_scopes_spares_the_click_of_a_confidential_application(
    client: Client, confidential: bool, granted: tuple[str, ...], moves_on: bool
) -> None:
    sign_in(client)
    application = client.application(confidential=confidential)
    client.gitlab.grant(application, scopes=granted)
    page = client.http.get(client.authorize_url(application), timeout=5).text
    assert ("Moving on" in page) is moves_on
    assert ("Authorization required" in page) is not moves_on
