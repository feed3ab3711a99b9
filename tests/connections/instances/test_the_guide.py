"""The guide to OAuth is true: its requests work as printed, and what it names exists."""

import json
import re

import pytest

from connections.api import instance_shapes
from connections.models import Client
from connections.providers import PROVIDERS
from connections.servers import redirect_uri
from tests.clients import Api
from tests.connections.instances.requests import INSTANCES
from tests.server import ROOT

GUIDE = (ROOT / "docs" / "gitlab-oauth.md").read_text()


@pytest.mark.django_db
def test_its_requests_work_in_their_order(admin: Api) -> None:
    (body,) = re.findall(r"```json\n(.*?)```", GUIDE, flags=re.DOTALL)
    made = admin.post(INSTANCES, json.loads(body)).json()["instance"]
    changes = re.findall(r"-X PATCH \$API(\S+).*?-d '(.*?)'", GUIDE, flags=re.DOTALL)
    assert len(changes) == 3
    counts = []
    for path, change in changes:
        answer = admin.patch(f"/api{path.replace('$INSTANCE_ID', made['id'])}", json.loads(change))
        assert answer.status_code == 200, answer.content
        counts.append(answer.json()["instance"]["clientSecretCount"])
    assert counts == [1, 2, 1]
    assert Client.objects.get().open().secrets == ["gloas-6978796a5b4c3d2e"]


def test_it_names_every_field_of_a_registration_and_every_variable() -> None:
    for field in instance_shapes.RegisterInstance().fields:
        assert f"`{field}`" in GUIDE
    for name in PROVIDERS["gitlab"].main_client.variables.all:
        assert f"\n{name}=" in GUIDE


def test_its_redirect_uri_is_ours() -> None:
    path = redirect_uri(PROVIDERS["gitlab"]).removeprefix("http://127.0.0.1:8000")
    assert f"`{{SITE_URL}}{path}`" in GUIDE


def test_every_page_that_it_links_exists() -> None:
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", GUIDE)
    assert links
    for link in links:
        assert (ROOT / "docs" / link).exists(), link
