"""The guides to GitHub are true: their requests work as printed, and what they name exists."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from connections import configured
from connections.api.instance_shapes import RenewClient
from connections.models import AppConnection, Client, ClientSecrets
from connections.providers import PROVIDERS
from connections.providers.clients import Order, Server
from connections.providers.github import GITHUB, app_maker, private_key
from connections.providers.github.credentials import api_url, server_url
from connections.providers.github.guide import SYNC_SCOPES
from connections.providers.network import Network
from connections.servers import redirect_uri
from sandbox.github import Sandbox
from sandbox.github.applications import new_private_key
from tests.clients import Api
from tests.connections.github import world
from tests.connections.instances.requests import register_with_app
from tests.connections.requests import BASE
from tests.server import ROOT

CONNECTIONS = f"{BASE}/github"
GUIDE = (ROOT / "docs" / "github.md").read_text()
TOKENS = (ROOT / "docs" / "github-tokens.md").read_text()
PRINTED_HOST = "github.example.com"


@pytest.fixture(scope="module")
def running_hub() -> Iterator[Sandbox]:
    with Sandbox(tls=True) as running:
        world.populate(running)
        yield running


@pytest.fixture
def hub(running_hub: Sandbox, settings: Any, tmp_path: Path) -> Sandbox:
    """A GitHub Enterprise Server that the operator has opened, trusts, and has an App at."""
    authority = tmp_path / "ca.pem"
    authority.write_bytes(running_hub.ca_pem)
    settings.EXTRA_CA_CERTS = str(authority)
    settings.ALLOWED_INTERNAL_HOSTS = ["127.0.0.1", PRINTED_HOST]
    settings.APP_CONNECTION_VARIABLES = environment(running_hub)
    running_hub.clear_requests()
    return running_hub


def environment(hub: Sandbox) -> dict[str, str]:
    """Return the variables of the guide's block for an App, with what is true at this GitHub."""
    app = world.app_at(hub)
    true = {
        "CLIENT_ID": app.client_id,
        "CLIENT_SECRET": app.client_secret,
        "PRIVATE_KEY": app.private_key,
        "SLUG": app.slug,
        "ID": str(app.id),
        "HOST": host_of(hub),
    }
    return {f"INF_APP_CONNECTION_GITHUB_APP_{name}": value for name, value in true.items()}


def host_of(hub: Sandbox) -> str:
    return f"127.0.0.1:{hub.port}"


def printed(method: str) -> dict[str, Any]:
    """Return the body that the guide prints for a method."""
    bodies = [json.loads(body) for body in re.findall(r"-d '(\{.*?\})'", GUIDE, flags=re.DOTALL)]
    (found,) = (body for body in bodies if body["method"] == method)
    return dict(found)


def with_true_values(body: dict[str, Any], hub: Sandbox) -> dict[str, Any]:
    """Return a printed body with what this GitHub knows in the place of the printed credentials, and no others."""
    true = world.credentials(hub, body["method"])
    return {**body, "credentials": {name: true[name] for name in body["credentials"]}}


def rows(guide: str, heading: str) -> list[list[str]]:
    """Return the rows of the table whose first column has this heading."""
    table = guide.partition(f"| {heading} |")[2].partition("\n\n")[0]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines() if "---" not in line
    ][1:]


# Its requests


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["github-app", "pat"])
def test_a_connection_is_made_as_printed_and_lists_as_printed(admin: Api, hub: Sandbox, method: str) -> None:
    made = admin.post(CONNECTIONS, with_true_values(printed(method), hub))
    assert made.status_code == 200, made.content
    assert made.json()["appConnection"]["credentials"] == {"instanceType": "server", "host": host_of(hub)}
    lists = re.findall(r'curl -fsS "?\$API/v1/app-connections/github/\$CONNECTION_ID/(\w+)\??([\w&=]*)"?', GUIDE)
    assert [name for name, _ in lists] == [listing.name for listing in GITHUB.listings]
    for name, query in lists:
        given = dict(pair.split("=") for pair in query.split("&") if pair)
        answer = admin.get(f"{CONNECTIONS}/{made.json()['appConnection']['id']}/{name}", given)
        assert answer.status_code == 200, answer.content
        assert answer.json()[name], name


@pytest.mark.django_db
@pytest.mark.usefixtures("hub")
def test_an_instance_is_registered_as_printed(admin: Api) -> None:
    (body,) = re.findall(r"```json\n(.*?)```", GUIDE, flags=re.DOTALL)
    answer = admin.post(f"{CONNECTIONS}/instances", json.loads(body))
    assert answer.status_code == 200, answer.content
    assert answer.json()["instance"]["clientSecretCount"] == 1


@pytest.mark.django_db
def test_a_key_is_renewed_as_printed(admin: Api) -> None:
    found = re.search(r"'{(\w+): \$key}' \|\n  curl -fsS -X PATCH \$API(\S+)", GUIDE)
    assert found
    field, path = found.groups()
    made = register_with_app(admin, ClientSecrets(["first"], [new_private_key()]))
    key = new_private_key()
    answer = admin.patch(f"/api{path.replace('$INSTANCE_ID', made['id'])}", {field: key})
    assert answer.status_code == 200, answer.content
    assert list(answer.json()) == ["instance"]
    assert Client.objects.get().open().private_keys[0] == key
    for name in RenewClient().fields:
        assert f"`{name}`" in GUIDE, name


def test_it_names_every_credential_and_every_list() -> None:
    names = [field.name for method in GITHUB.methods.values() for field in method.fields]
    for name in [*names, *GITHUB.methods]:
        assert f"`{name}`" in GUIDE or f'"{name}"' in GUIDE, name
    assert [row[0] for row in rows(GUIDE, "list")] == [f"`{listing.name}`" for listing in GITHUB.listings]


def test_its_terraform_names_the_credentials_of_a_token() -> None:
    resource = GUIDE.partition('resource "infisical_app_connection_github"')[2].partition("```")[0]
    written = re.findall(r"^    (\w+) += ", resource, re.M)
    wire = [re.sub(r"_(\w)", lambda found: found[1].upper(), name) for name in written]
    assert wire == [field.name for field in GITHUB.methods["pat"].fields]
    assert f'"{PRINTED_HOST}"' in resource


# Its set-up


def test_it_names_every_variable_on_a_line_of_its_own() -> None:
    for kind in PROVIDERS["github"].clients.values():
        for name in kind.variables.all:
            assert re.search(rf"^{name}(_FILE)?=\S", GUIDE, re.M), name


@pytest.mark.parametrize("left_out", ["CLIENT_ID", "CLIENT_SECRET", "PRIVATE_KEY", "SLUG", "ID"])
def test_the_app_needs_all_of_its_variables_and_the_start_says_so(
    hub: Sandbox, settings: Any, left_out: str
) -> None:
    configured.check()
    name = f"INF_APP_CONNECTION_GITHUB_APP_{left_out}"
    settings.APP_CONNECTION_VARIABLES = {**environment(hub), name: ""}
    with pytest.raises(ValueError, match=name):
        configured.check()


def test_its_callback_is_ours() -> None:
    path = redirect_uri(GITHUB).removeprefix("http://127.0.0.1:8000")
    assert f"| Callback URL | `{{SITE_URL}}{path}`" in GUIDE


def test_the_app_made_by_hand_is_like_the_one_that_github_makes() -> None:
    order = Order(
        name="Example", owner="acme", state="st4te", site_url="https://a.example", made_uri="", redirect_uris=()
    )
    address, fields = app_maker.form(Server(url="https://github.com", network=Network()), order)
    manifest = json.loads(fields["manifest"])
    by_hand = {name: value.partition(":")[0] for name, value in rows(GUIDE, "field")}
    assert address.startswith("https://github.com/organizations/acme/settings/apps/new?")
    assert by_hand["Request user authorization (OAuth) during installation"] == "on"
    assert manifest["request_oauth_on_install"] is True
    assert by_hand["Redirect on update"] == "on"
    assert manifest["setup_on_update"] is True
    assert by_hand["Webhook, Active"] == "off"
    assert manifest["hook_attributes"]["active"] is False
    assert by_hand["Where can this GitHub App be installed?"].startswith("*Only on this account*")
    assert manifest["public"] is False


def test_its_permissions_are_those_that_the_app_is_made_with() -> None:
    assert {name.strip("`"): level for name, level, _ in rows(GUIDE, "permission")} == app_maker.PERMISSIONS


def test_its_scopes_are_those_that_are_asked_for() -> None:
    (use,) = GITHUB.methods["oauth"].oauth.uses if GITHUB.methods["oauth"].oauth else ()
    assert list(use.scopes) == list(SYNC_SCOPES)
    assert f"the scopes {' and '.join(f'`{scope}`' for scope in SYNC_SCOPES)}" in GUIDE


def test_it_names_the_api_of_each_server() -> None:
    found = rows(GUIDE, "server")
    assert len(found) == 3
    for _, _, host, api in found:
        credentials = {} if host == "left out" else {"host": host.strip("`")}
        assert f"`{api_url(server_url(credentials))}`" == api


def in_base64(pem: str) -> str:
    return base64.b64encode(pem.encode()).decode()


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda pem: pem,
    "line breaks written out": lambda pem: pem.replace("\n", "\\n"),
    "line breaks lost": lambda pem: pem.replace("\n", " "),
    "in quotes": lambda pem: f'"{pem}"',
    "in base64": in_base64,
    "without its first and last line": lambda pem: "\n".join(pem.strip().splitlines()[1:-1]),
}


def test_it_names_the_spellings_of_a_private_key() -> None:
    assert [row[0] for row in rows(GUIDE, "spelling")] == list(SPELLINGS)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_private_key_is_read_as_it_is_said_to_be_spelled(spelling: str) -> None:
    pem = new_private_key()
    assert private_key.read(SPELLINGS[spelling](pem)) == private_key.read(pem)


# Where we differ


@pytest.mark.django_db
def test_a_cloud_at_a_host_of_its_own_is_called_at_that_host(admin: Api, hub: Sandbox) -> None:
    given = {**world.credentials(hub, "pat"), "instanceType": "cloud"}
    assert admin.post(CONNECTIONS, {"name": "cloud", "method": "pat", "credentials": given}).status_code == 200
    assert [request.path for request in hub.requests] == ["/api/v3/user"]


@pytest.mark.django_db
def test_the_id_of_a_stored_app_is_ignored(admin: Api, hub: Sandbox) -> None:
    body = with_true_values(printed("github-app"), hub)
    body["credentials"]["gitHubAppId"] = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
    assert admin.post(CONNECTIONS, body).status_code == 200


@pytest.mark.django_db
def test_a_gateway_is_not_found(admin: Api, hub: Sandbox) -> None:
    body = {**with_true_values(printed("pat"), hub), "gatewayId": "3c90c3cc-0d44-4b50-8888-8dd25736052a"}
    assert admin.post(CONNECTIONS, body).status_code == 404


@pytest.mark.django_db
def test_an_answer_without_a_token_is_a_refusal(admin: Api, hub: Sandbox) -> None:
    body = with_true_values(printed("github-app"), hub)
    hub.misbehave("not-json", "/login/oauth/access_token", body="{}")
    try:
        answer = admin.post(CONNECTIONS, body)
    finally:
        hub.behave()
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Missing access token: ")


# Tokens


@pytest.mark.django_db
def test_the_warnings_are_those_that_are_kept(admin: Api, hub: Sandbox) -> None:
    given = world.credentials(hub, "pat", personalAccessToken=hub.personal_token(scopes=("gist",)).value)
    assert admin.post(CONNECTIONS, {"name": "gist", "method": "pat", "credentials": given}).status_code == 200
    kept = [warning["code"] for warning in AppConnection.objects.get().warnings]
    assert [row[0] for row in rows(TOKENS, "warning")] == [f"`{code}`" for code in kept]


@pytest.mark.parametrize("guide", [GUIDE, TOKENS], ids=["github", "github-tokens"])
def test_the_messages_that_are_explained_are_ours(guide: str) -> None:
    ours = "".join(source.read_text() for source in (ROOT / "connections").rglob("*.py"))
    explained = [row[0] for row in rows(guide, "the message says")]
    assert explained
    for message in explained:
        for part in message.split("…"):
            assert part.strip(" :") in ours, message


def test_tokens_get_the_scopes_and_permissions_that_the_product_asks_for() -> None:
    given = dict(rows(TOKENS, "for secret sync"))
    assert {f"`{scope}`" for scope in SYNC_SCOPES} == set(re.findall(r"`[\w:]+`", given["classic"]))
    repository, _, organization = given["fine-grained"].partition("; ")
    named = set(app_maker.PERMISSIONS) - {"metadata", "organization_secrets"}
    assert {name.lower() for name in re.findall(r"\*(\w+)\*", repository)} == named
    assert "*Secrets*" in organization
