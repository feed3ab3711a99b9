"""What the tests of these pages share."""

from concurrent.futures import Future
from typing import Any

import pytest
from django.core.mail import EmailMessage


@pytest.fixture
def mails_go_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send mails in the thread of the test, where pytest's mailbox sees them."""

    def submit(deliver: Any, mail: EmailMessage) -> Future[None]:
        deliver(mail)
        return Future()

    monkeypatch.setattr("organizations.web.sign_in.mailing.submit", submit)
