"""Reconnecting keeps id and name. A grant that differs from the old one is shown, and needs a decision."""

import pytest

from connections.models import AppConnection
from sandbox.gitlab import Sandbox
from tests.oauth.people import PAGES, Person, connected, reconnect, text

pytestmark = pytest.mark.django_db


def test_more_scopes_need_no_decision(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab)
    assert reconnect(ann, gitlab, old, use="secret-scanning")["Location"] == "/organization/app-connections"
    assert AppConnection.objects.get().scopes == ["api", "read_repository"]


def test_fewer_scopes_are_shown_first(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab, use="secret-scanning")
    asked = reconnect(ann, gitlab, old)
    assert "The scope read_repository is missing" in text(ann.browser.get(asked["Location"]))


def test_the_form_says_what_is_reconnected_and_why(ann: Person, gitlab: Sandbox) -> None:
    old = connected(ann, gitlab, name="platform", use="secret-scanning")
    AppConnection.objects.update(cause="The grant was revoked.")
    page = ann.browser.get(f"{PAGES}/new", {"connection": str(old.id)})
    assert "Reconnect platform" in text(page)
    assert "The grant was revoked." in text(page)
    assert '<option value="secret-scanning" selected>' in page.content.decode()
