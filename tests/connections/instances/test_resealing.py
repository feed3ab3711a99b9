"""Client secrets follow their organization's data key."""

from io import StringIO
from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command

from connections import keys
from connections.errors import Unsealable
from connections.models import Client
from organizations.models import Organization
from tests.clients import Api
from tests.connections.instances.requests import INSTANCES, register

pytestmark = pytest.mark.django_db

CLIENT: dict[str, Any] = {"clientId": "id-1", "clientSecrets": ["new", "old"]}


def reseal(*arguments: str) -> str:
    out = StringIO()
    call_command("reseal_connections", *arguments, stdout=out)
    return out.getvalue().strip()


def stored(url: str = "https://gitlab.example.com") -> Client:
    return Client.objects.select_related("data_key", "instance").get(instance__url=url)


def test_re_sealing_changes_every_row_and_no_secret(admin: Api) -> None:
    register(admin, **CLIENT)
    register(admin, "https://without-a-client.example.com")
    before = stored()
    assert reseal() == "Re-sealed 0 connection(s) and 1 client(s)."
    after = stored()
    assert after.sealed_secrets != before.sealed_secrets
    assert after.open().secrets == ["new", "old"]
    assert after.updated_at == before.updated_at
    assert not Client.objects.exclude(data_key__is_current=True).exists()
    assert reseal("--resume") == "Re-sealed 0 connection(s) and 0 client(s)."
    assert run_checks(tags=[Tags.database], databases=["default"]) == []


def test_a_row_that_changed_meanwhile_is_not_overwritten(admin: Api) -> None:
    made = register(admin, **CLIENT)
    stale = stored()
    keys.replace(Organization.objects.get().id)
    admin.patch(f"{INSTANCES}/{made['id']}", {"addClientSecret": "newest"})
    assert keys._reseal_client(stale) == 0
    assert stored().open().secrets == ["newest", "new", "old"]


def test_secrets_copied_onto_another_instance_do_not_open(admin: Api) -> None:
    register(admin, **CLIENT)
    register(admin, "https://other.example.com", **CLIENT)
    Client.objects.filter(instance__url="https://other.example.com").update(sealed_secrets=stored().sealed_secrets)
    with pytest.raises(Unsealable):
        stored("https://other.example.com").open()


def test_what_does_not_open_is_named_and_can_be_replaced(admin: Api) -> None:
    made = register(admin, **CLIENT)
    Client.objects.update(sealed_secrets="aes256gcm.broken")
    with pytest.raises(CommandError, match=f"instance {made['id']}"):
        reseal()
    path = f"{INSTANCES}/{made['id']}"
    assert admin.get(INSTANCES).status_code == 200
    assert admin.patch(path, {"addClientSecret": "newest"}).status_code == 500
    assert admin.patch(path, {"clientSecrets": ["newest"]}).status_code == 200
    assert stored().open().secrets == ["newest"]
