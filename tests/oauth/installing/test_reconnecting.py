"""A connection by an App is reconnected by whoever shows that its installation is theirs."""

import pytest

from connections.models import AppConnection
from sandbox.github import Sandbox
from sandbox.github.applications import App
from tests.oauth.people import Person, asked, connected, reconnect, text
from tests.oauth.ways import Installing

pytestmark = pytest.mark.django_db


def test_a_connection_is_reconnected_by_showing_who_one_is(ann: Person, forge: Installing) -> None:
    old = connected(ann, forge)
    there = ann.reconnect(old.id)["Location"]
    assert there.startswith(f"{forge.url}/login/oauth/authorize?")
    assert asked(there)["code_challenge_method"] == "S256"


def test_an_app_that_was_installed_anew_is_found_by_its_account(
    ann: Person, forge: Installing, github: Sandbox, app: App
) -> None:
    old = connected(ann, forge)
    (before,) = github.hub.installations.of(app)
    after = github.reinstall(before)
    assert reconnect(ann, forge, old)["Location"] == "/organization/app-connections"
    new = AppConnection.objects.select_related("data_key").get()
    assert new.open_credentials()["installationId"] == str(after.id) != str(before.id)


def test_an_app_that_is_installed_no_more_is_installed_by_reconnecting(
    ann: Person, forge: Installing, github: Sandbox, app: App
) -> None:
    old = connected(ann, forge)
    for each in github.hub.installations.of(app):
        github.uninstall(each)
    page = reconnect(ann, forge, old)
    assert page.status_code == 403
    assert "Install the App on ann again" in text(page)
    assert reconnect(ann, forge, old, use="install")["Location"] == "/organization/app-connections"
    assert AppConnection.objects.select_related("data_key").get().open_credentials()["account"] == "ann"


def test_another_account_needs_a_decision(ann: Person, forge: Installing) -> None:
    old = connected(ann, forge)
    forge.account = "acme"
    question = reconnect(ann, forge, old, use="install")["Location"]
    assert "acme instead of ann" in text(ann.browser.get(question))
    ann.browser.post(question, {"decision": "replace"})
    assert (AppConnection.objects.get().account or {})["username"] == "acme"


def test_so_does_one_that_has_the_app_already(ann: Person, forge: Installing, github: Sandbox, app: App) -> None:
    old = connected(ann, forge)
    github.install(app, "acme")
    forge.account = "acme"
    onward = reconnect(ann, forge, old, use="install")["Location"]
    question = ann.come_back(forge.approve(onward))["Location"]
    assert "acme instead of ann" in text(ann.browser.get(question))
    ann.browser.post(question, {"decision": "replace"})
    assert (AppConnection.objects.get().account or {})["username"] == "acme"
