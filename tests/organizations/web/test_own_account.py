"""A person's own account: password, sessions, what is recorded, and what nobody else can do to it."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.test import Client
from pytest_django import Settings

from audit.models import AuditEvent
from organizations.models import User
from organizations.services import create_organization
from tests.organizations.web.accounts import SECOND_STEP, SECURITY, code, confirm, events, with_app, with_passkey
from tests.people import HOME, PASSWORD, SIGN_IN, browser, join, person, send, sign_in

pytestmark = pytest.mark.django_db
NEW = "an even longer sentence of words"
SESSIONS = "/account/sessions"


def signed_in() -> Client:
    """Return a browser that signed in as people do."""
    client = browser()
    assert sign_in(client, "ann@example.com").status_code == 302
    return client


def test_a_new_password_keeps_this_session_and_ends_the_others() -> None:
    person()
    here, elsewhere = signed_in(), signed_in()
    answer = send(here, "/account/password", {"oldpassword": PASSWORD, "password1": NEW})
    assert answer["Location"] == SECURITY
    assert b"Your password is changed." in here.get(SECURITY).content
    assert elsewhere.get(HOME).status_code == 302
    assert sign_in(browser(), "ann@example.com").status_code == 422
    assert sign_in(browser(), "ann@example.com", NEW).status_code == 302
    assert "change-user-password" in events()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"oldpassword": "wrong", "password1": NEW}, "current password"),
        ({"oldpassword": PASSWORD, "password1": "short"}, "at least 12 characters"),
        ({"oldpassword": PASSWORD, "password1": "ann@example.com"}, "too similar"),
    ],
)
def test_a_refused_password_says_why_and_shows_none(fields: dict[str, str], words: str) -> None:
    person()
    answer = send(signed_in(), "/account/password", fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert PASSWORD not in page
    assert NEW not in page
    assert sign_in(browser(), "ann@example.com").status_code == 302


def test_a_first_password_is_set_after_confirming_and_never_kept_in_a_session() -> None:
    user = User.objects.create_user("ann@example.com")
    with_app(user)
    ann = browser(user)
    ann.handler.enforce_csrf_checks = False
    assert ann.get("/account/password")["Location"] == "/account/password/new"
    assert ann.get("/account/password/new")["Location"].startswith("/account/confirm/code?")
    ann.post("/account/password/new", {"password1": NEW, "password2": NEW})
    assert NEW not in str(dict(ann.session.items()))
    ann.post("/account/confirm/code", {"code": code()})
    ann.post("/account/password/new", {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.check_password(NEW)


def test_the_overview_tells_what_there_is() -> None:
    user = person()
    ann = signed_in()
    page = ann.get(SECURITY).content.decode()
    assert "Set up app" in page
    assert "Recovery codes" not in page
    with_app(user)
    assert "Switch off" in ann.get(SECURITY).content.decode()
    assert "no-store" in ann.get(SECURITY)["Cache-Control"]


def test_somebody_in_no_organization_still_has_an_account() -> None:
    assert browser(User.objects.create_user("bob@example.com", PASSWORD)).get(SECURITY).status_code == 200


def test_sessions_are_listed_and_ended_one_by_one_or_all_at_once() -> None:
    person()
    here, one, other, third = signed_in(), signed_in(), signed_in(), signed_in()
    assert here.get(SESSIONS).content.count(b"This browser") == 1
    ended = UserSession.objects.get(session_key=one.session.session_key)
    token = str(here.get(SESSIONS).context["csrf_token"])
    here.post(f"{SESSIONS}/{ended.pk}/end", {"csrfmiddlewaretoken": token})
    assert one.get(HOME).status_code == 302
    assert other.get(HOME).status_code == 200
    send(here, SESSIONS)
    assert other.get(HOME).status_code == third.get(HOME).status_code == 302
    assert here.get(HOME).status_code == 200
    counts = [event.metadata["count"] for event in AuditEvent.objects.filter(type="end-user-sessions")]
    assert sorted(counts) == [1, 2]


def test_nobody_ends_the_session_of_another_or_their_own_current_one() -> None:
    person()
    person("bob@example.com")
    ann, bob = signed_in(), browser()
    sign_in(bob, "bob@example.com")
    bob.handler.enforce_csrf_checks = False
    for session in UserSession.objects.all():
        assert bob.post(f"{SESSIONS}/{session.pk}/end").status_code == 404
    assert ann.get(HOME).status_code == bob.get(HOME).status_code == 200


def test_what_a_browser_says_of_itself_is_shown_as_text() -> None:
    person()
    ann = browser()
    ann.defaults["HTTP_USER_AGENT"] = "<script>alert(1)</script>"
    sign_in(ann, "ann@example.com")
    assert b"<script>alert" not in ann.get(SESSIONS).content


def test_signing_in_failing_and_out_is_recorded_for_each_of_their_organizations() -> None:
    user = person()
    second = create_organization(name="Second")
    join(user, second)
    ann = browser()
    sign_in(ann, "ann@example.com", "wrong")
    sign_in(ann, "ann@example.com")
    send(ann, "/sign-out")
    for kind in ("sign-in-user-failed", "sign-in-user", "sign-out-user"):
        found = AuditEvent.objects.filter(type=kind)
        assert found.filter(organization_id=second.id).count() == 1
        assert found.count() == 2
        assert {event.subject_id for event in found} == {user.id}
    failed = AuditEvent.objects.filter(type="sign-in-user-failed")[0]
    assert (failed.actor_type, failed.metadata) == ("unknown-user", {"step": "password"})


def test_an_unknown_address_costs_an_event_too_and_is_not_kept() -> None:
    person()
    sign_in(browser(), "my-secret-password@example.com", "wrong")
    event = AuditEvent.objects.get()
    assert (event.type, event.organization_id, event.subject_id) == ("sign-in-user-failed", None, None)
    assert "my-secret" not in str(AuditEvent.objects.values())


def test_no_event_holds_a_password_or_a_code() -> None:
    user = person()
    with_app(user)
    ann = browser()
    sign_in(ann, "ann@example.com", "not my password")
    sign_in(ann, "ann@example.com")
    used = code()
    send(ann, SECOND_STEP, {"code": used})
    confirm(ann)
    send(ann, "/account/password", {"oldpassword": PASSWORD, "password1": NEW})
    stored = json.dumps(list(AuditEvent.objects.values("metadata", "actor_name", "subject_name")))
    for secret in ("not my password", PASSWORD, NEW, used):
        assert secret not in stored


MISSHAPEN = [
    "",
    "{}",
    "[]",
    "5",
    "null",
    '"x"',
    '{"id": 5}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":5}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"userHandle":"AA"}}',
    '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"AA","authenticatorData":"AA",'
    '"signature":"AA","userHandle":null}}',
    "[" * 2000,
]


@pytest.mark.parametrize(
    "path", ["/sign-in/passkey", "/account/confirm/passkey", "/account/passkeys/add", SECOND_STEP]
)
def test_no_answer_of_a_passkey_that_no_browser_gives_does_harm(path: str) -> None:
    user = person()
    client = browser()
    client.handler.enforce_csrf_checks = False
    if path.startswith("/account"):
        client.force_login(user)
        client.post("/account/confirm", {"password": PASSWORD})
        with_passkey(user)
    elif path == SECOND_STEP:
        with_app(user)
        client.post(SIGN_IN, {"login": "ann@example.com", "password": PASSWORD})
    before = Authenticator.objects.count()
    for credential in MISSHAPEN:
        client.get(path)
        assert client.post(path, {"credential": credential}).status_code in {302, 422}, credential
    assert Authenticator.objects.count() == before
    if not path.startswith("/account"):
        assert client.get(HOME).status_code == 302


def test_asking_for_passkeys_is_counted_with_the_other_logins(settings: Settings) -> None:
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "login": 2}
    person()
    assert [browser().get("/sign-in/passkey").status_code for _ in range(3)] == [200, 200, 429]


def test_nobody_sees_or_removes_the_passkeys_of_another() -> None:
    ann, bob = person(), person("bob@example.com")
    passkey = with_passkey(ann)
    other = browser(bob)
    confirm(other)
    for action in ("remove", "rename"):
        assert other.get(f"/account/passkeys/{passkey.pk}/{action}").status_code == 404
    assert b"Ann's phone" not in other.get("/account/passkeys").content
