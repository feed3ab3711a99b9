"""Each way in which connecting by OAuth fails is a page with a cause and a next step, in the browser too."""

import re
import sqlite3
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from sandbox.gitlab import Sandbox
from tests.browser.inspection import inspect
from tests.browser.steps import start_signed_in
from tests.server import Server

pytestmark = pytest.mark.xdist_group("browser")
OAUTH = "/organization/app-connections/gitlab/oauth"
CALLBACK = f"{OAUTH}/callback"
ELSEWHERE = "1" * 32


@pytest.fixture(autouse=True)
def well_behaved(forge: Sandbox) -> Iterator[None]:
    yield
    forge.behave()


@pytest.fixture
def begun(page: Page) -> str:
    """Begin to connect, stop at GitLab's door, and return the state of the attempt."""
    start_signed_in(page)
    return begin(page, "gitlab-fails")


def begin(page: Page, name: str) -> str:
    page.goto(f"{OAUTH}/new")
    page.get_by_label("Name").fill(name)
    with page.expect_request(re.compile("/oauth/authorize")) as asked:
        page.get_by_role("button", name="Connect to GitLab").click()
    return parse_qs(urlsplit(asked.value.url).query)["state"][0]


def fails(page: Page, path: str, title: str) -> None:
    """Come back by an address, and find a page that says what happened and where to go on."""
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page).to_have_title(f"Error: {title} · App Connections")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
    inspect(page, f"oauth-failure-{re.sub('[^a-z]+', '-', title.lower())}")


def in_the_database(site: Server, statement: str, *values: str) -> None:
    """Change what the site has stored, as time or other people do."""
    with sqlite3.connect(site.environment["DATABASE_URL"].removeprefix("sqlite:///")) as database:
        database.execute(statement, values)


def test_a_state_that_nobody_began(page: Page) -> None:
    start_signed_in(page)
    fails(page, f"{CALLBACK}?code=x&state=made-up", "This link does not belong to anything you started here")


def test_a_denial_and_then_the_same_link_again(page: Page, begun: str) -> None:
    path = f"{CALLBACK}?error=access_denied&state={begun}"
    fails(page, path, "Access was denied")
    fails(page, path, "This attempt is over")


def test_another_error_of_gitlab_is_text_and_nothing_more(page: Page, begun: str) -> None:
    said = quote("<b>Down</b> for maintenance")
    path = f"{CALLBACK}?error=server_error&error_description={said}&state={begun}"
    fails(page, path, "The connection was not made")
    expect(page.get_by_text("<b>Down</b> for maintenance")).to_be_visible()


def test_no_code_came_back(page: Page, begun: str) -> None:
    fails(page, f"{CALLBACK}?state={begun}", "The connection was not made")


def test_the_code_is_not_good(page: Page, begun: str) -> None:
    fails(page, f"{CALLBACK}?code=wrong&state={begun}", "The access could not be fetched")


def test_it_took_too_long(page: Page, begun: str, site: Server) -> None:
    in_the_database(site, "UPDATE oauth_oauthattempt SET expires_at = '2020-01-01 00:00:00'")
    fails(page, f"{CALLBACK}?code=x&state={begun}", "That took too long")


def test_another_session_began_it(begun: str, browser: Browser, base_url: str) -> None:
    other = browser.new_context(base_url=base_url)
    page = other.new_page()
    start_signed_in(page)
    fails(page, f"{CALLBACK}?code=x&state={begun}", "Somebody else began this")
    other.close()


def test_the_way_back_is_that_of_another_instance(page: Page, begun: str, furnished: dict[str, str]) -> None:
    path = f"{CALLBACK}/{furnished['instance']}?code=x&state={begun}"
    fails(page, path, "You came back another way")


def test_the_person_has_left_the_organization(page: Page, begun: str, site: Server) -> None:
    found = "INSERT INTO organizations_organization (id, name, slug, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
    in_the_database(site, found, ELSEWHERE, "Elsewhere", "elsewhere", "2030-01-01", "2030-01-01")
    in_the_database(site, "UPDATE oauth_oauthattempt SET organization_id = ? WHERE consumed_at IS NULL", ELSEWHERE)
    fails(page, f"{CALLBACK}?code=x&state={begun}", "You are no longer a member")


def test_gitlab_asks_to_wait(page: Page, begun: str, forge: Sandbox) -> None:
    forge.misbehave("rate-limit", "/oauth/token", retry_after=7)
    fails(page, f"{CALLBACK}?code=x&state={begun}", "Too much is going on there")


def test_gitlab_is_in_trouble(page: Page, begun: str, forge: Sandbox) -> None:
    forge.misbehave("status", "/oauth/token", status=502)
    fails(page, f"{CALLBACK}?code=x&state={begun}", "The access could not be fetched")
