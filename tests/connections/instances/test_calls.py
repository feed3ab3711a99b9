"""A registered instance's settings apply to every call to its address, and to no other."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections import refreshing
from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.clients import Api, stranger
from tests.connections import oauth
from tests.connections.instances.requests import (
    INSTANCES,
    application_at,
    connect,
    register,
    register_with_client,
)
from tests.connections.requests import GITLAB, body, create

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running_private_gitlab() -> Iterator[Sandbox]:
    with Sandbox(tls=True) as gitlab:
        yield gitlab


@pytest.fixture
def private_gitlab(running_private_gitlab: Sandbox) -> Sandbox:
    """A GitLab whose certificate is from an authority of its own."""
    running_private_gitlab.clear_requests()
    return running_private_gitlab


@pytest.fixture
def other_gitlab() -> Iterator[Sandbox]:
    with Sandbox() as gitlab:
        yield gitlab


def sent_to(gitlab: Sandbox) -> str:
    """Return all that a sandbox was sent, as text."""
    return "\n".join(
        f"{request.path} {dict(request.headers)} {request.body.decode()}" for request in gitlab.requests
    )


# Its certificate authority


def test_a_private_authority_is_trusted_once_it_is_registered(admin: Api, private_gitlab: Sandbox) -> None:
    refused = admin.post(GITLAB, body(private_gitlab))
    assert refused.status_code == 400
    assert "is not trusted here" in refused.json()["message"]
    made = register(admin, private_gitlab.url, allowPrivate=True)
    assert admin.post(GITLAB, body(private_gitlab)).status_code == 400
    admin.patch(f"{INSTANCES}/{made['id']}", {"caCertificates": private_gitlab.ca_pem.decode()})
    one = create(admin, private_gitlab)["id"]
    assert admin.get(f"{GITLAB}/{one}/projects").status_code == 200


def test_what_one_organization_trusts_another_does_not(admin: Api, private_gitlab: Sandbox) -> None:
    register(admin, private_gitlab.url, allowPrivate=True, caCertificates=private_gitlab.ca_pem.decode())
    answer = stranger().post(GITLAB, body(private_gitlab))
    assert "is not trusted here" in answer.json()["message"]


def test_what_is_trusted_at_one_address_is_not_at_another(admin: Api, private_gitlab: Sandbox) -> None:
    pem = private_gitlab.ca_pem.decode()
    register(admin, private_gitlab.url.replace("127.0.0.1", "localhost"), allowPrivate=True, caCertificates=pem)
    assert "is not trusted here" in admin.post(GITLAB, body(private_gitlab)).json()["message"]


def test_oauth_goes_over_the_registered_authority_from_the_exchange_to_the_revocation(
    admin: Api, private_gitlab: Sandbox
) -> None:
    application = application_at(private_gitlab)
    register_with_client(admin, private_gitlab, application, caCertificates=private_gitlab.ca_pem.decode())
    one = connect(admin, private_gitlab, application)["id"]
    refresh(one)
    assert admin.delete(f"{GITLAB}/{one}").status_code == 200
    paths = [request.path for request in private_gitlab.requests]
    assert paths == ["/oauth/token", "/api/v4/user", "/oauth/token/info", "/oauth/token", "/oauth/revoke"]


# Private addresses


def test_an_instance_closes_private_addresses_though_the_operator_opens_them(
    admin: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(tls=True, hostnames=("gitlab.inside",)) as gitlab:
        gitlab.url = f"https://gitlab.inside:{gitlab.port}"
        is_on_this_machine("gitlab.inside", monkeypatch)
        made = register(admin, gitlab.url, caCertificates=gitlab.ca_pem.decode())
        refused = admin.post(GITLAB, body(gitlab))
        assert refused.status_code == 400
        assert "Local IPs not allowed as URL" in refused.json()["message"]
        assert gitlab.requests == []
        admin.patch(f"{INSTANCES}/{made['id']}", {"allowPrivate": True})
        create(admin, gitlab)


def is_on_this_machine(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo

    def answer(host: Any, *args: Any, **kwargs: Any) -> Any:
        return look_up("127.0.0.1" if host == name else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_an_instance_opens_nothing_that_the_operator_has_closed_since(
    admin: Api, gitlab: Sandbox, settings: Any
) -> None:
    register(admin, gitlab.url, allowPrivate=True)
    settings.ALLOWED_INTERNAL_HOSTS = []
    gitlab.clear_requests()
    answer = admin.post(GITLAB, body(gitlab))
    assert "Local IPs not allowed as URL" in answer.json()["message"]
    assert gitlab.requests == []


# Its OAuth client


def test_a_code_is_exchanged_with_the_instances_client_and_never_with_the_environments(
    admin: Api, gitlab: Sandbox, settings: Any
) -> None:
    of_environment = oauth.configure(settings, gitlab)
    own = application_at(gitlab)
    register_with_client(admin, gitlab, own)
    one = connect(admin, gitlab, own)
    assert one["credentials"] == {"instanceUrl": gitlab.url}
    refresh(one["id"])
    admin.delete(f"{GITLAB}/{one['id']}")
    sent = sent_to(gitlab)
    assert own.client_secret in sent
    assert of_environment.client_id not in sent
    assert of_environment.client_secret not in sent


def test_without_a_client_of_its_own_the_environments_counts_at_its_own_address(
    admin: Api, gitlab: Sandbox, settings: Any
) -> None:
    application = oauth.configure(settings, gitlab)
    register(admin, gitlab.url, allowPrivate=True)
    connect(admin, gitlab, application)


def test_a_secret_goes_to_its_own_instance_only(
    admin: Api, gitlab: Sandbox, other_gitlab: Sandbox, settings: Any
) -> None:
    configured = oauth.configure(settings, gitlab)
    registered = application_at(other_gitlab)
    register_with_client(admin, other_gitlab, registered)
    ids = [
        connect(admin, gitlab, configured, name="one")["id"],
        connect(admin, other_gitlab, registered, name="two", url=f"{other_gitlab.url}/")["id"],
    ]
    for one in ids:
        refresh(one)
        assert admin.get(f"{GITLAB}/{one}/projects").status_code == 200
        assert admin.delete(f"{GITLAB}/{one}").status_code == 200
    for here, there, foreign in ((gitlab, configured, registered), (other_gitlab, registered, configured)):
        sent = sent_to(here)
        assert there.client_secret in sent
        assert foreign.client_secret not in sent
        assert foreign.client_id not in sent


def test_an_instance_of_another_organization_is_none(admin: Api, gitlab: Sandbox) -> None:
    application = application_at(gitlab)
    register_with_client(stranger(), gitlab, application)
    credentials = {"code": oauth.code(gitlab, application), "instanceUrl": gitlab.url}
    gitlab.clear_requests()
    answer = admin.post(GITLAB, {"name": "x", "method": "oauth", "credentials": credentials})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(f"There is no OAuth application for {gitlab.url}.")
    assert gitlab.requests == []


def test_the_second_secret_is_tried_when_the_first_is_not_accepted(admin: Api, gitlab: Sandbox) -> None:
    application = application_at(gitlab)
    register_with_client(admin, gitlab, application, "not-yet-valid", application.client_secret)
    one = connect(admin, gitlab, application)["id"]
    gitlab.clear_requests()
    refresh(one)
    tried = [secret_in(request.body.decode()) for request in gitlab.requests]
    assert tried == ["not-yet-valid", application.client_secret]
    assert AppConnection.objects.get().cause == ""


def test_a_renewed_secret_heals_what_stood_still_without_it(admin: Api, gitlab: Sandbox) -> None:
    application = application_at(gitlab)
    made = register_with_client(admin, gitlab, application)
    one = connect(admin, gitlab, application)["id"]
    renewed = application.renew_secret()
    refresh(one)
    still = AppConnection.objects.get()
    assert (still.status, still.refresh_failures) == ("failing", 1)
    assert still.refresh_not_before is not None
    admin.patch(f"{INSTANCES}/{made['id']}", {"addClientSecret": renewed})
    refreshing.refresh(still.pk)
    healed = AppConnection.objects.get()
    assert healed.refresh_failures == 0
    assert healed.token_expires_at is not None
    assert healed.token_expires_at > timezone.now() + timedelta(hours=1)


def refresh(connection_id: Any) -> None:
    """Let the connection's token end, and refresh it."""
    AppConnection.objects.filter(pk=connection_id).update(token_expires_at=timezone.now())
    refreshing.refresh(connection_id)


def secret_in(form: str) -> str:
    return form.partition("client_secret=")[2].partition("&")[0]
