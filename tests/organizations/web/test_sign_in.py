"""Signing in and out: the one way for a person to get a session, and for nobody else."""

from urllib.parse import quote

import pytest
from django.contrib.sessions.models import Session
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from organizations.models import User
from tests.clients import ADDRESS, anonymous
from tests.people import HOME, PASSWORD, SIGN_IN, browser, person, send, sign_in

pytestmark = pytest.mark.django_db


def test_with_the_right_password_one_is_in() -> None:
    person("ann@example.com")
    ann = browser()
    answer = sign_in(ann, "Ann@Example.com")
    assert (answer.status_code, answer["Location"]) == (302, HOME)
    assert b"ann@example.com" in ann.get(HOME).content


def test_the_first_person_of_an_instance_signs_in_with_what_it_was_set_up_with() -> None:
    given = {"email": "root@example.com", "password": PASSWORD, "organization": "Example"}
    assert anonymous().post("/api/v1/admin/bootstrap", given).status_code == 200
    root = browser()
    assert sign_in(root, "root@example.com").status_code == 302
    assert b"Example" in root.get(HOME).content


def test_a_wrong_password_and_an_unknown_person_get_the_same_answer() -> None:
    person("ann@example.com")
    answers = [sign_in(browser(), email, "wrong") for email in ("ann@example.com", "bob@example.com")]
    pages = [
        without(answer.content.decode(), address, answer.context["csrf_token"])
        for answer, address in zip(answers, ("ann@example.com", "bob@example.com"), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert pages[0] == pages[1]
    assert "The email address or the password is wrong." in pages[0]
    assert not Session.objects.exists()


def without(page: str, *parts: str) -> str:
    for part in parts:
        page = page.replace(str(part), "")
    return page


def test_an_unknown_person_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    person("ann@example.com")
    hashed: list[str | None] = []
    monkeypatch.setattr(User, "set_password", lambda user, raw: hashed.append(raw))
    sign_in(browser(), "bob@example.com", "guess")
    assert hashed == ["guess"]


def test_the_password_is_never_shown_again() -> None:
    person("ann@example.com")
    assert b"my secret" not in sign_in(browser(), "ann@example.com", "my secret").content


def test_whoever_was_switched_off_is_told_so_only_with_the_right_password() -> None:
    ann = person("ann@example.com")
    ann.is_active = False
    ann.save()
    client = browser()
    assert sign_in(client, "ann@example.com")["Location"] == "/sign-in/inactive"
    assert b"switched off" in client.get("/sign-in/inactive").content
    assert client.get(HOME).status_code == 302
    assert b"is wrong" in sign_in(browser(), "ann@example.com", "wrong").content


def test_one_comes_back_to_where_one_wanted_to_go() -> None:
    person("ann@example.com")
    ann = browser()
    wanted = f"{HOME}?q=a&b=c"
    to_sign_in = ann.get(wanted)
    assert (to_sign_in.status_code, to_sign_in["Location"]) == (302, f"{SIGN_IN}?next={quote(wanted)}")
    assert sign_in(ann, "ann@example.com", next=quote(wanted))["Location"] == wanted


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http://localhost/",  # in ALLOWED_HOSTS, and yet not this site
        "http:evil.example",
        "/\t/evil.example",
    ],
)
def test_another_site_is_nowhere_to_come_back_to(target: str) -> None:
    person("ann@example.com")
    ann = browser()
    assert sign_in(ann, "ann@example.com", next=quote(target, safe=""))["Location"] == HOME
    assert ann.get(SIGN_IN, {"next": target})["Location"] == HOME  # once signed in, too


def test_what_was_posted_is_not_repeated_after_signing_in() -> None:
    client = browser()
    client.handler.enforce_csrf_checks = False
    assert client.post("/organization/members/invite?a=b")["Location"] == f"{SIGN_IN}?next={HOME}"


def test_signing_out_takes_a_post() -> None:
    ann = browser(person("ann@example.com"))
    assert b"Sign out?" in ann.get("/sign-out").content
    assert ann.get(HOME).status_code == 200
    assert send(ann, "/sign-out")["Location"] == SIGN_IN
    assert ann.get(HOME).status_code == 302
    assert b"You are signed out." in ann.get(SIGN_IN).content


@pytest.mark.parametrize("path", [SIGN_IN, "/sign-out", "/password-reset"])
def test_no_form_is_taken_without_its_proof(path: str) -> None:
    ann = browser(person("ann@example.com") if path == "/sign-out" else None)
    answer = ann.post(path, {"login": "ann@example.com", "email": "ann@example.com", "password": PASSWORD})
    assert answer.status_code == 403
    assert b"This form is no longer valid" in answer.content
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_session_changes_its_key_with_the_sign_in() -> None:
    person("ann@example.com")
    ann = browser()
    ann.get("/password-reset/1-2")
    ann.session.save()
    sign_in(ann, "ann@example.com")
    first = ann.cookies["sessionid"].value
    send(ann, "/sign-out")
    sign_in(ann, "ann@example.com")
    assert ann.cookies["sessionid"].value != first
    assert not Session.objects.filter(session_key=first).exists()


@pytest.mark.parametrize("https", [True, False])
def test_cookies_are_out_of_reach_for_scripts_and_for_plain_http(settings: Settings, https: bool) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = https
    person("ann@example.com")
    ann = browser()
    sign_in(ann, "ann@example.com")
    for name in ("sessionid", "csrftoken"):
        cookie = ann.cookies[name]
        assert (bool(cookie["secure"]), cookie["httponly"], cookie["samesite"]) == (https, True, "Lax")


def test_attempts_for_one_address_are_limited_whoever_makes_them_and_whether_it_is_known(
    settings: Settings,
) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "sign-in": 3}
    person("ann@example.com")
    for email in ("ann@example.com", "nobody@example.com"):
        clients = [browser() for _ in range(4)]
        for number, client in enumerate(clients):
            client.defaults["REMOTE_ADDR"] = f"203.0.113.{number}"
        answers = [sign_in(client, email, "wrong") for client in clients]
        assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
        assert int(answers[-1]["Retry-After"]) <= 60
        assert b"Too many attempts" in answers[-1].content
    assert sign_in(browser(), "ann@example.com").status_code == 429, "the right password does not help either"


def test_attempts_from_one_client_count_with_the_logins_of_machines(settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": 3}
    person("ann@example.com")
    login = {"clientId": "x", "clientSecret": "y"}
    for _ in range(3):
        anonymous(address=ADDRESS).post("/api/v1/auth/universal-auth/login", login)
    assert sign_in(browser(), "ann@example.com").status_code == 429


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "mfa_download_recovery_codes", "socialaccount_signup"]
)
def test_what_is_not_styled_has_no_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_there_is_no_second_way_in_for_json() -> None:
    person("ann@example.com")
    answer = browser().get(SIGN_IN, headers={"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"})
    assert answer.headers["Content-Type"].startswith("text/html")
