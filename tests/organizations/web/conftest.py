"""What the tests of these pages share."""

from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from sandbox.oidc import Issuer


@pytest.fixture
def mails_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send mails in the thread of the test, where pytest's mailbox sees them."""

    def submit(deliver: Any, mail: EmailMessage) -> Future[None]:
        deliver(mail)
        return Future()

    monkeypatch.setattr("organizations.web.sign_in.mailing.submit", submit)


@pytest.fixture(scope="session")
def running_issuer() -> Iterator[Issuer]:
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def issuer(running_issuer: Issuer, settings: Settings) -> Iterator[Issuer]:
    """A well-behaved issuer that the site signs people in with."""
    running_issuer.redirect_uris = {f"{settings.SITE_URL}/sign-in/sso/callback"}
    settings.OIDC_ISSUER = running_issuer.url
    settings.OIDC_CLIENT_ID = running_issuer.client_id
    settings.OIDC_CLIENT_SECRET = running_issuer.client_secret
    settings.OIDC_NAME = "Example Login"
    yield running_issuer
    running_issuer.behave()
