"""What the operator does for people who lost what they sign in with, and when the root key changes."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.management import CommandError, call_command
from pytest_django import Settings

from audit.models import AuditEvent
from organizations import sealing
from tests.organizations.web.accounts import SECOND_STEP, code, recovery_codes, with_app, with_passkey
from tests.people import HOME, browser, person, send, sign_in

pytestmark = pytest.mark.django_db
OTHER_KEY = "YW5vdGhlciByb290IGtleSwgMzIgYnl0ZXMgbG9uZyE="


def call(name: str, *arguments: str) -> str:
    output = StringIO()
    call_command(name, *arguments, stdout=output)
    return output.getvalue()


def test_somebody_who_lost_everything_signs_in_with_the_password_again() -> None:
    ann = person()
    old = browser()
    sign_in(old, "ann@example.com")
    with_app(ann)
    with_passkey(ann)
    recovery_codes(ann)
    SocialAccount.objects.create(user=ann, provider="https://login.example.com", uid="1")
    with_app(person("bob@example.com"))
    assert "Removed: recovery_codes, totp, webauthn." in call("reset_sign_in", " Ann@example.com ")
    assert sign_in(browser(), "ann@example.com")["Location"] == HOME
    assert old.get(HOME).status_code == 302
    assert not SocialAccount.objects.exists()
    assert Authenticator.objects.get().user.email == "bob@example.com"
    event = AuditEvent.objects.get(type="reset-user-sign-in")
    assert (event.actor_name, event.subject_name) == ("manage.py", "ann@example.com")
    assert event.organization_id


def test_a_session_that_goes_on_with_a_new_secret_key_is_ended_too(settings: Settings) -> None:
    person()
    ann = browser()
    sign_in(ann, "ann@example.com")
    before = ann.session.session_key
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key, " * 5, [settings.SECRET_KEY]
    assert ann.get(HOME).status_code == 200
    assert ann.session.session_key != before
    assert b"This browser" in ann.get("/account/sessions").content
    call("reset_sign_in", "ann@example.com")
    assert ann.get(HOME).status_code == 302


def test_an_address_that_nobody_has_is_said() -> None:
    with pytest.raises(CommandError, match="Nobody here"):
        call("reset_sign_in", "nobody@example.com")


def test_resealed_second_factors_open_without_the_old_key(settings: Settings) -> None:
    ann = person()
    with_app(ann)
    codes = recovery_codes(ann)
    with_passkey(ann)
    old, settings.ENCRYPTION_KEY = settings.ENCRYPTION_KEY, OTHER_KEY
    settings.ENCRYPTION_KEY_FALLBACKS = [old]
    for _ in range(2):
        assert "Sealed 2 second factor(s)." in call("reseal_second_factors")
    settings.ENCRYPTION_KEY_FALLBACKS = []
    for second in (code(), codes[0]):
        client = browser()
        sign_in(client, "ann@example.com")
        assert send(client, SECOND_STEP, {"code": second}).status_code == 302


def test_one_that_does_not_open_is_named_and_stays_as_it_is(settings: Settings) -> None:
    kept = with_app(person()).data
    settings.ENCRYPTION_KEY = OTHER_KEY
    with_app(person("bob@example.com"))
    with pytest.raises(CommandError, match=r"ann@example\.com"):
        call("reseal_second_factors")
    assert kept in Authenticator.objects.values_list("data", flat=True)


def test_the_same_text_sealed_twice_differs_and_says_nothing() -> None:
    assert sealing.seal("a secret") != sealing.seal("a secret")
    assert "secret" not in sealing.seal("a secret")
    assert sealing.unseal(sealing.seal("a secret")) == "a secret"
