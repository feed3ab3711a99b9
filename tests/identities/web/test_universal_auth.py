"""Universal auth in the browser: added, changed in human units, locked and unlocked, taken away."""

import pytest

from audit.events import Event
from audit.models import AuditEvent
from identities.api.auth_methods import MOST_USES, TEN_YEARS
from identities.models import ClientSecret, UniversalAuth
from tests.clients import login
from tests.identities.web.pages import TERMS, add_universal_auth, create, page, shown_once, text, title
from tests.people import browser, person, send

pytestmark = pytest.mark.django_db
RIGHT = {
    "access_token_ttl": [
        ("1h", 3600),
        ("90 Seconds", 90),
        ("1 day", 86_400),
        ("3600", 3600),
        ("0", 0),
        ("", 0),
    ],
    "lockout_duration_seconds": [("30 s", 30), ("1 day", 86_400)],
    "lockout_counter_reset_seconds": [("5 seconds", 5), ("1 hour", 3600)],
    "lockout_threshold": [("1", 1), ("30", 30)],
    "access_token_num_uses_limit": [("", 0), ("0", 0), (str(MOST_USES), MOST_USES)],
    "access_token_max_ttl": [("10 years", TEN_YEARS), ("", 0)],
    "access_token_period": [("2 hours", 7200), ("2 weeks", 1_209_600)],
}
WRONG = {
    "access_token_ttl": [
        ("1 fortnight", "Write a number and a unit"),
        ("-1 day", "Write a number and a unit"),
        ("1.5 hours", "Write a number and a unit"),
        ("11 years", "At most 10 years."),
        ("9" * 60, "Write a number and a unit"),
        ("²", "Write a number and a unit"),
        ("2 days", "Access Token TTL cannot be greater than Access Token Max TTL."),
    ],
    "lockout_duration_seconds": [
        ("", "This field is required."),
        ("29 s", "At least 30 seconds."),
        ("2 days", "1 day"),
    ],
    "lockout_counter_reset_seconds": [("4", "At least 5 seconds."), ("2 hours", "At most 1 hour.")],
    "lockout_threshold": [
        ("0", "greater than or equal to 1"),
        ("31", "less than or equal to 30"),
        ("", "required"),
    ],
    "access_token_num_uses_limit": [
        ("-1", "greater than or equal to 0"),
        ("2147483648", "2147483647"),
        ("x", "whole"),
    ],
    "access_token_trusted_ips": [
        ("", "Write at least one."),
        ("10.0.0.0/8\n10.0.0.300", "The IP is not a valid IPv4, IPv6, or CIDR block: 10.0.0.300"),
        ("fe80::1%eth0", "not a valid"),
        ("10.0.0.0/255.0.0.0", "not a valid"),
        ("<script>alert(1)</script>", "not a valid"),
        ("1.1.1.1\n" * 257, "At most 256"),
    ],
    "client_secret_trusted_ips": [("localhost", "not a valid"), ("10.0.0.1,10.0.0.2", "not a valid")],
}
AUTH = "/universal-auth"


def test_without_it_the_page_says_what_it_is_for() -> None:
    ann = browser(person())
    shown = ann.get(page(create(ann), AUTH))
    assert "a program trades a client ID and a client secret" in text(shown)
    assert "Add universal auth" in text(shown)


def test_the_form_begins_with_the_terms_that_rest_gives() -> None:
    ann = browser(person())
    identity_id = create(ann)
    form = ann.get(page(identity_id, f"{AUTH}/terms")).content.decode()
    for value in ('value="30 days"', 'value="3"', 'value="5 minutes"', 'value="30 seconds"', "0.0.0.0/0\n::/0"):
        assert value in form


def test_it_is_added_and_its_page_says_how_to_log_in() -> None:
    ann = browser(person())
    identity_id = create(ann)
    add_universal_auth(ann, identity_id, access_token_trusted_ips=" 10.0.0.0/8 \n\n2001:DB8::/32\n")
    auth = UniversalAuth.objects.get()
    assert (auth.access_token_ttl, auth.access_token_max_ttl) == (3600, 86_400)
    shown = text(ann.get(page(identity_id, AUTH)))
    for words in (
        "Universal auth is added.",
        str(auth.client_id),
        "Access tokens live for 1 hour",
        "Logs in from every address",
        "Tokens are used from 10.0.0.0/8 , 2001:DB8::/32",
        "After 3 failed logins, for 5 minutes; failures are forgotten after 30 seconds",
        "/api/v1/auth/universal-auth/login",
        "client_secret = var.client_secret",
    ):
        assert words in shown


def test_changing_nothing_records_nothing_and_keeps_addresses_as_they_were_written() -> None:
    ann = browser(person())
    identity_id = create(ann)
    given = {"access_token_trusted_ips": "10.1.2.3/8\n::FFFF:0:0/96", "access_token_num_uses_limit": "7"}
    add_universal_auth(ann, identity_id, **given)
    before = UniversalAuth.objects.get().access_token_trusted_ips
    add_universal_auth(ann, identity_id, **given)
    assert not AuditEvent.objects.filter(type=Event.UPDATE_IDENTITY_UNIVERSAL_AUTH).exists()
    add_universal_auth(ann, identity_id, **given, lockout_threshold="4")
    event = AuditEvent.objects.get(type=Event.UPDATE_IDENTITY_UNIVERSAL_AUTH)
    assert event.metadata["changed"] == ["lockout_threshold"]
    assert UniversalAuth.objects.get().access_token_trusted_ips == before


@pytest.mark.parametrize("field", RIGHT)
def test_terms_as_people_write_them(field: str) -> None:
    ann = browser(person())
    identity_id = create(ann)
    for typed, stored in RIGHT[field]:
        add_universal_auth(ann, identity_id, **{field: typed})
        assert getattr(UniversalAuth.objects.get(), field) == stored


@pytest.mark.parametrize("field", WRONG)
def test_faults_stand_at_their_fields_and_what_was_typed_stays(field: str) -> None:
    ann = browser(person())
    path = page(create(ann), f"{AUTH}/terms")
    for typed, words in WRONG[field]:
        answer = send(ann, path, {**TERMS, "lockout_threshold": "29", field: typed})
        assert (answer.status_code, title(answer)[:7]) == (422, "Error: ")
        assert words in text(answer)
        assert f'id="id_{field}_error"' in answer.content.decode()
        assert field == "lockout_threshold" or 'value="29"' in answer.content.decode()
        assert b"<script>alert" not in answer.content
    assert not UniversalAuth.objects.exists()


def test_a_lock_is_shown_and_ended() -> None:
    ann = browser(person())
    identity_id = create(ann)
    add_universal_auth(ann, identity_id)
    client_id = str(UniversalAuth.objects.get().client_id)
    for _ in range(3):
        login(client_id, "wrong")
    shown = ann.get(page(identity_id, AUTH))
    assert "Locked after too many failed logins. The lock ends by itself in 4 minutes" in text(shown)
    assert "(locked)" in title(shown)
    assert "Locked until in 4 minutes" in text(ann.get(page(identity_id)))
    csrf = {"csrfmiddlewaretoken": ann.cookies["csrftoken"].value}
    answer = ann.post(page(identity_id, f"{AUTH}/clear-lockouts"), csrf)
    assert (answer.status_code, answer["Location"]) == (302, page(identity_id, AUTH))
    shown = ann.get(page(identity_id, AUTH))
    assert "deployer can log in again." in text(shown)
    assert "Locked" not in text(shown)
    assert ann.get(page(identity_id, f"{AUTH}/clear-lockouts")).status_code == 405


def test_removing_it_asks_first_and_ends_every_login() -> None:
    ann = browser(person())
    identity_id = create(ann)
    add_universal_auth(ann, identity_id)
    secret = shown_once(send(ann, page(identity_id, f"{AUTH}/client-secrets/new"), {}), "Client secret")
    client_id = str(UniversalAuth.objects.get().client_id)
    assert login(client_id, secret).status_code == 200
    asked = ann.get(page(identity_id, f"{AUTH}/remove"))
    assert "Its client ID, its client secrets and the access tokens" in text(asked)
    assert UniversalAuth.objects.exists()
    assert send(ann, page(identity_id, f"{AUTH}/remove")).status_code == 302
    assert login(client_id, secret).status_code == 401
    assert not ClientSecret.objects.exists()
    assert ann.get(page(identity_id, f"{AUTH}/remove")).status_code == 404
    assert ann.get(page(identity_id, f"{AUTH}/client-secrets/new")).status_code == 404
