"""Single sign-on: who the issuer vouches for, and who is here already, is signed in. Nobody else is."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from pytest_django import Settings

from audit.models import AuditEvent
from organizations.models import User
from sandbox.oidc import Issuer, Person
from tests.organizations.web.accounts import SECOND_STEP, code, events, with_app
from tests.people import HOME, PASSWORD, SIGN_IN, browser, person

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
START = "/sign-in/sso"
CALLBACK = f"{START}/callback"


def way_back(client: Client, query: str = "") -> str:
    """Go to the issuer, and return the path that it sends back to."""
    there = client.get(START + query)
    assert there.status_code == 302, there.content.decode()
    back = requests.get(there["Location"], allow_redirects=False, timeout=10)
    assert back.status_code == 302, back.text
    return back.headers["Location"].removeprefix("http://127.0.0.1:8000")


def arrive(client: Client, query: str = "") -> "Response":
    return client.get(way_back(client, query))


def said(answer: "Response") -> str:
    """Return what the page says; nobody is signed in."""
    page = answer.content.decode()
    assert answer.status_code in {400, 403}
    assert not events(of="sign-in-user") or events(of="sign-in-user")[-1] != "sign-in-user"
    return page


def test_somebody_who_is_here_is_signed_in_and_linked(issuer: Issuer) -> None:
    user = person("ann@example.com")
    ann = browser()
    answer = arrive(ann)
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert b"ann@example.com" in ann.get(HOME).content
    link = SocialAccount.objects.get()
    assert (link.user_id, link.provider, link.uid, link.extra_data) == (user.id, issuer.url, "subject-1", {})
    assert events() == ["link-user-single-sign-on", "sign-in-user"]
    assert AuditEvent.objects.get(type="sign-in-user").metadata == {"method": "single-sign-on"}
    user.refresh_from_db()
    assert user.check_password(PASSWORD), "the password still works beside it"


def test_the_sign_in_page_offers_it_by_name_and_keeps_where_one_wanted_to_go(issuer: Issuer) -> None:
    person("ann@example.com")
    page = browser().get(f"{SIGN_IN}?next=/account/security").content.decode()
    assert "Continue with Example Login" in page
    assert f'href="{START}?next=%2Faccount%2Fsecurity"' in page
    assert arrive(browser(), "?next=/account/security")["Location"] == "/account/security"
    assert arrive(browser(), "?next=https://evil.example/")["Location"] == HOME


def test_the_address_is_compared_as_ours_are_kept(issuer: Issuer) -> None:
    person("ann@example.com")
    issuer.person = Person("subject-1", " Ann@EXAMPLE.com ")
    assert arrive(browser())["Location"] == HOME


def test_a_stranger_is_told_to_ask_for_an_invitation(issuer: Issuer) -> None:
    person("ann@example.com")
    issuer.person = Person("subject-2", "mallory@example.com")
    page = said(arrive(browser()))
    assert "You need an invitation" in page
    assert "mallory@example.com" in page
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("verified", [False, None, "false", "no", 0, 1, [], "True "])
def test_an_address_that_the_issuer_does_not_vouch_for_opens_nothing(issuer: Issuer, verified: object) -> None:
    person("ann@example.com")
    issuer.person = Person("subject-2", "ann@example.com", {"email_verified": verified})
    assert "not verified" in said(arrive(browser()))
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("email", [None, "", "not an address", ["ann@example.com"], {"a": 1}])
def test_nor_does_something_that_is_no_address(issuer: Issuer, email: object) -> None:
    person("ann@example.com")
    issuer.person = Person("subject-2", "ann@example.com", {"email": email})
    said(arrive(browser()))


def test_a_second_identity_with_the_same_address_is_not_the_same_person(issuer: Issuer) -> None:
    """An address goes to somebody else one day; what it opened does not go with it."""
    person("ann@example.com")
    arrive(browser())
    issuer.person = Person("subject-2", "ann@example.com")
    answer = arrive(browser())
    assert answer.status_code == 403
    assert b"linked to somebody else" in answer.content
    assert SocialAccount.objects.get().uid == "subject-1"


def test_once_linked_it_is_the_identity_that_counts(issuer: Issuer) -> None:
    person("ann@example.com")
    person("bob@example.com")
    arrive(browser())
    issuer.person = Person("subject-1", "bob@example.com", {"email_verified": False})
    ann = browser()
    assert arrive(ann)["Location"] == HOME
    assert b"ann@example.com" in ann.get(HOME).content


def test_a_link_is_to_its_issuer(issuer: Issuer) -> None:
    bob = person("bob@example.com")
    SocialAccount.objects.create(user=bob, provider="https://login.elsewhere.example", uid="subject-1")
    person("ann@example.com")
    ann = browser()
    arrive(ann)
    assert b"ann@example.com" in ann.get(HOME).content


@pytest.mark.parametrize("was_linked", [True, False])
def test_somebody_who_was_switched_off_stays_out(issuer: Issuer, was_linked: bool) -> None:
    user = person("ann@example.com")
    if was_linked:
        arrive(browser())
    user.is_active = False
    user.save()
    client = browser()
    assert arrive(client)["Location"] == "/sign-in/inactive"
    assert client.get(HOME).status_code == 302
    assert events()[-1] == "sign-in-user-failed"
    assert SocialAccount.objects.exists() is was_linked


def test_a_second_step_is_asked_for_here_too(issuer: Issuer) -> None:
    with_app(person("ann@example.com"))
    ann = browser()
    assert arrive(ann)["Location"] == SECOND_STEP
    token = str(ann.get(SECOND_STEP).context["csrf_token"])
    ann.post(SECOND_STEP, {"csrfmiddlewaretoken": token, "code": code()})
    expected = {"method": "single-sign-on", "secondFactor": "authenticator-app"}
    assert AuditEvent.objects.get(type="sign-in-user").metadata == expected


def test_the_way_back_belongs_to_the_browser_that_went_and_works_once(issuer: Issuer) -> None:
    person("ann@example.com")
    ann, mallory = browser(), browser()
    path = way_back(ann)
    assert "no longer valid" in said(mallory.get(path))
    assert ann.get(path)["Location"] == HOME
    assert b"no longer valid" in ann.get(path).content


@pytest.mark.parametrize("query", ["", "?code=x", "?code=x&state=y", "?state=", "?error=access_denied&state=y"])
def test_a_way_back_that_nobody_went_leads_nowhere(issuer: Issuer, query: str) -> None:
    person("ann@example.com")
    assert "no longer valid" in said(browser().get(CALLBACK + query))


def test_a_code_that_was_not_given_to_us_is_refused(issuer: Issuer) -> None:
    person("ann@example.com")
    ann = browser()
    state = parse_qs(urlsplit(way_back(ann)).query)["state"][0]
    assert "did not answer as it should" in said(ann.get(CALLBACK, {"code": "stolen", "state": state}))


def test_who_presses_cancel_is_back_at_the_beginning(issuer: Issuer) -> None:
    person("ann@example.com")
    issuer.refuses = True
    assert "You were not signed in" in said(arrive(browser()))


@pytest.mark.parametrize(
    ("endpoint", "lie"),
    [
        ("userinfo", {"sub": "subject-2"}),
        ("userinfo", {"sub": None}),
        ("id_token", {"sub": "subject-2"}),
        ("id_token", {"iss": "https://login.elsewhere.example"}),
        ("id_token", {"aud": "another-client"}),
        ("id_token", {"exp": 1}),
        ("id_token", {"sub": "x" * 200}),
        ("token", {"id_token": None}),
        ("token", {"id_token": "a.b.c"}),
        ("token", {"access_token": "another"}),
    ],
)
def test_an_issuer_that_contradicts_itself_signs_nobody_in(
    issuer: Issuer, endpoint: str, lie: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    person("ann@example.com")
    issuer.misbehave = {endpoint: lie}
    assert "did not answer as it should" in said(arrive(browser()))
    assert "eyJ" not in caplog.text, "no token is logged"


@pytest.mark.parametrize(
    "lie",
    [
        {"issuer": "https://login.elsewhere.example"},
        {"token_endpoint": None},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"authorization_endpoint": 5},
        {"userinfo_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_configuration_that_is_not_the_issuers_own_is_not_followed(issuer: Issuer, lie: dict[str, Any]) -> None:
    person("ann@example.com")
    issuer.misbehave = {"configuration": lie}
    assert "did not answer as it should" in said(browser().get(START))


def test_an_issuer_that_is_away_is_said_to_be(issuer: Issuer, settings: Settings) -> None:
    person("ann@example.com")
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    assert "127.0.0.1 did not answer" in said(browser().get(START))


def test_somebody_signed_in_is_not_linked_to_what_another_site_wants(issuer: Issuer) -> None:
    """allauth's `process=connect` would add the issuer's identity to the account of whoever follows a link."""
    person("ann@example.com")
    bob = browser(person("bob@example.com"))
    arrive(bob, "?process=connect")
    assert SocialAccount.objects.get().user.email == "ann@example.com"
    answer = browser().get(START, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)


def test_what_we_ask_for_cannot_be_changed_by_a_link(issuer: Issuer) -> None:
    person("ann@example.com")
    there = browser().get(f"{START}?scope=admin&auth_params=prompt%3Dnone")["Location"]
    asked = parse_qs(urlsplit(there).query)
    assert sorted(asked["scope"][0].split()) == ["email", "openid", "profile"]
    assert "prompt" not in asked
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/sso/callback"]


def test_the_way_back_is_the_sites_whatever_host_was_asked(issuer: Issuer) -> None:
    person("ann@example.com")
    there = browser().get(START, headers={"Host": "localhost"})["Location"]
    assert parse_qs(urlsplit(there).query)["redirect_uri"] == ["http://127.0.0.1:8000/sign-in/sso/callback"]


def test_attempts_are_counted_with_the_other_logins(issuer: Issuer, settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": 1}
    person("ann@example.com")
    assert browser().get(START).status_code == 302
    assert browser().get(START).status_code == 429


@pytest.mark.parametrize("path", [START, CALLBACK])
def test_without_the_setting_there_is_no_such_page(path: str) -> None:
    person("ann@example.com")
    assert browser().get(path).status_code == 404
    assert b"Continue with" not in browser().get(SIGN_IN).content
