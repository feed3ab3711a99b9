"""Changing root keys and data keys while everything keeps opening."""

import base64
from io import StringIO

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import call_command
from pytest_django import Settings

from connections import keys
from connections.errors import Unsealable
from connections.models import AppConnection, DataKey
from organizations.models import Organization
from sandbox.gitlab import Sandbox
from tests.clients import Api
from tests.connections.requests import GITLAB, create, project

pytestmark = pytest.mark.django_db

NEW_KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def stored(admin: Api, gitlab: Sandbox) -> dict[str, str]:
    """Some connections, by id, with the token that each holds."""
    project(admin)
    ids = [create(admin, gitlab, name=f"c-{number}")["id"] for number in range(3)]
    return {one: AppConnection.objects.get(pk=one).open_credentials()["accessToken"] for one in ids}


def opened() -> dict[str, str]:
    return {str(row.id): row.open_credentials()["accessToken"] for row in AppConnection.objects.all()}


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue().strip()


def errors() -> list[str | None]:
    return [error.id for error in run_checks(tags=[Tags.database], databases=["default"])]


def test_a_new_root_key_opens_what_the_old_one_sealed_once_it_is_a_fallback(
    stored: dict[str, str], settings: Settings
) -> None:
    old = settings.ENCRYPTION_KEY
    settings.ENCRYPTION_KEY, settings.ENCRYPTION_KEY_FALLBACKS = NEW_KEY, [old]
    assert opened() == stored
    assert run("rewrap_data_keys") == "Re-wrapped 1 data key(s)."
    assert run("rewrap_data_keys") == "Re-wrapped 0 data key(s)."
    settings.ENCRYPTION_KEY_FALLBACKS = []
    assert opened() == stored
    assert errors() == []


def test_without_the_old_key_nothing_opens_and_the_start_is_refused(
    stored: dict[str, str], settings: Settings, admin: Api
) -> None:
    settings.ENCRYPTION_KEY = NEW_KEY
    with pytest.raises(Unsealable):
        opened()
    assert errors() == ["connections.E003"]
    answer = admin.get(f"{GITLAB}/{next(iter(stored))}/projects")
    assert answer.status_code == 500
    assert answer.json()["message"] == "Something went wrong"


def test_re_sealing_changes_every_row_but_no_credentials_hash(stored: dict[str, str]) -> None:
    before = {row.pk: (row.sealed_credentials, row.credentials_hash) for row in AppConnection.objects.all()}
    assert run("reseal_connections") == "Re-sealed 3 connection(s) and 0 client(s)."
    assert opened() == stored
    for row in AppConnection.objects.all():
        sealed, digest = before[row.pk]
        assert row.sealed_credentials != sealed
        assert row.credentials_hash == digest
        assert row.data_key.is_current


def test_an_interrupted_run_is_finished_by_the_next(stored: dict[str, str]) -> None:
    keys.replace(Organization.objects.get().id)
    first = AppConnection.objects.select_related("data_key").order_by("id")[0]
    assert keys._reseal(first) == 1
    assert run("reseal_connections", "--resume") == "Re-sealed 2 connection(s) and 0 client(s)."
    assert DataKey.objects.count() == 2
    assert opened() == stored


def test_a_row_that_changed_meanwhile_is_not_overwritten(stored: dict[str, str]) -> None:
    keys.replace(Organization.objects.get().id)
    stale = AppConnection.objects.select_related("data_key").order_by("id")[0]
    fresh = AppConnection.objects.get(pk=stale.pk)
    fresh.seal({"accessToken": "newer"}, keys.current_key(fresh.organization_id))
    fresh.save()
    assert keys._reseal(stale) == 0
    assert AppConnection.objects.get(pk=stale.pk).open_credentials() == {"accessToken": "newer"}


def test_a_row_copied_onto_another_connection_does_not_open(stored: dict[str, str]) -> None:
    source, target = AppConnection.objects.order_by("id")[:2]
    target.sealed_credentials = source.sealed_credentials
    target.save()
    with pytest.raises(Unsealable):
        AppConnection.objects.get(pk=target.pk).open_credentials()


def test_each_organization_has_a_key_of_its_own(stored: dict[str, str]) -> None:
    other = Organization.objects.create(name="Other", slug="other")
    first = Organization.objects.earliest("created_at")
    assert keys.current_key(other.id).unwrap().material != keys.current_key(first.id).unwrap().material
