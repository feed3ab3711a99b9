import pytest

from sandbox.github import Sandbox
from sandbox.github.applications import App
from tests.sandbox.github.client import CALLBACK, Client, query


@pytest.fixture
def app(client: Client) -> App:
    return client.app("Robots")


@pytest.mark.parametrize("kind", ["github-apps", "apps"])
def test_who_installs_is_sent_back_with_code_number_and_state(client: Client, app: App, kind: str) -> None:
    location = client.github.install_in_browser(client.install_url(app, kind), "ann", "acme")
    assert location.startswith(f"{CALLBACK}?")
    back = query(location)
    assert back.keys() == {"code", "installation_id", "setup_action", "state"}
    assert (back["setup_action"], back["state"]) == ("install", "st4te")
    installation = client.github.find_installation(int(back["installation_id"]))
    assert installation.account.login == "acme"
    token = client.exchange(app, back["code"], redirect_uri=CALLBACK)["access_token"]
    listed = client.get("/user/installations", token).json()["installations"]
    assert [each["id"] for each in listed] == [installation.id]


def test_repositories_can_be_selected(client: Client, app: App) -> None:
    for name in ("api", "web"):
        client.github.repository(f"acme/{name}")
    back = query(client.github.install_in_browser(client.install_url(app), "ann", "acme", repositories=["web"]))
    installation = client.github.find_installation(int(back["installation_id"]))
    assert installation.selected == [client.github.repository("acme/web")]


def test_a_second_time_the_selection_is_changed_and_there_is_no_code(client: Client, app: App) -> None:
    client.github.repository("acme/web")
    installation = client.github.install(app, "acme")
    back = query(client.github.install_in_browser(client.install_url(app), "ann", "acme", repositories=["web"]))
    assert back == {"installation_id": str(installation.id), "setup_action": "update", "state": "st4te"}
    assert installation.repository_selection == "selected"


def test_who_changes_an_installation_is_led_back_only_where_the_app_wants_it(client: Client) -> None:
    app = client.app(setup_on_update=False)
    client.github.install(app, "acme")
    assert query(client.github.install_in_browser(client.install_url(app), "ann", "acme")) == {}


def test_an_organization_may_want_to_be_asked(client: Client, app: App) -> None:
    client.github.require_approval("acme")
    back = query(client.github.install_in_browser(client.install_url(app), "bob", "acme"))
    assert back.keys() == {"code", "setup_action", "state"}
    assert (back["setup_action"], back["state"]) == ("request", "st4te")
    assert client.github.hub.installations.of(app) == []
    token = client.exchange(app, back["code"])["access_token"]
    assert client.get("/user/installations", token).json()["total_count"] == 0
    owner = query(client.github.install_in_browser(client.install_url(app), "ann", "acme"))
    assert owner["setup_action"] == "install"


def test_a_request_may_bring_no_code(client: Client, app: App) -> None:
    client.github.require_approval("acme", with_code=False)
    back = query(client.github.install_in_browser(client.install_url(app), "bob", "acme"))
    assert back == {"setup_action": "request", "state": "st4te"}


def test_an_app_may_want_its_people_elsewhere(client: Client) -> None:
    app = client.app(oauth_on_install=False, setup_url="http://localhost:8000/set-up")
    location = client.github.install_in_browser(client.install_url(app))
    assert location.startswith("http://localhost:8000/set-up?")
    assert query(location).keys() == {"installation_id", "setup_action", "state"}


@pytest.mark.parametrize("account", ["acme", "ann", "nobody"])
def test_nobody_installs_where_they_are_a_stranger(github: Sandbox, client: Client, app: App, account: str) -> None:
    with pytest.raises(ValueError, match="404"):
        github.install_in_browser(client.install_url(app), "cyd", account)
    assert github.hub.installations.of(app) == []


def test_what_there_is_not_cannot_be_selected(github: Sandbox, client: Client, app: App) -> None:
    with pytest.raises(ValueError, match="404"):
        github.install_in_browser(client.install_url(app), "ann", "acme", repositories=["nowhere"])
    assert github.hub.installations.of(app) == []


def test_a_person_chooses_the_account_then_the_repositories(client: Client, app: App) -> None:
    client.github.repository("acme/api")
    client.sign_in("ann")
    accounts = client.page(client.install_url(app))
    assert "/github-apps/robots/installations/new?state=st4te&amp;account=acme" in accounts.text
    chosen = client.page(f"{client.install_url(app)}&account=acme")
    assert '<input type="hidden" name="state" value="st4te">' in chosen.text
    assert '<input type="checkbox" name="repositories" value="api">' in chosen.text
    assert "<button>Install</button>" in chosen.text


def test_who_belongs_to_nothing_chooses_no_account(client: Client, app: App) -> None:
    client.github.user("cyd")
    client.sign_in("cyd")
    assert "On <b>cyd</b>" in client.page(client.install_url(app)).text


def test_the_page_says_when_it_only_asks(client: Client, app: App) -> None:
    client.github.require_approval("acme")
    client.sign_in("bob")
    assert "<button>Request</button>" in client.page(f"{client.install_url(app)}&account=acme").text


def test_who_is_not_signed_in_signs_in_first(client: Client, app: App) -> None:
    answer = client.page(client.install_url(app))
    assert "Sign in to GitHub" in answer.text
    assert query(answer.url)["return_to"] == "/github-apps/robots/installations/new?state=st4te"


def test_an_unknown_app_is_not_found(client: Client) -> None:
    client.sign_in("ann")
    assert client.page(f"{client.github.url}/apps/nobody/installations/new").status_code == 404
