"""The steps to a token: they follow the instance and the type, and link to http(s) addresses only."""

import pytest
from django.test import Client

from connections.providers import PROVIDERS
from connections.providers.guides import Making
from tests.connections.web.adding import BY_TOKEN, links, main
from tests.connections.web.pages import text

pytestmark = pytest.mark.django_db
URL = "https://example.com:8443/gitlab"


def steps(client: Client, **chosen: str) -> list[str]:
    """Return where the steps link to, fetched as a script does."""
    answer = client.get(BY_TOKEN, chosen, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    return links(answer)


def test_a_personal_token_is_made_on_a_page_filled_in(ann: Client) -> None:
    page = f"{URL}/-/user_settings/personal_access_tokens"
    assert steps(ann, instanceUrl_other=URL, accessTokenType="personal") == [
        page,
        f"{page}?name=app-connection&scopes=api",
        f"{page}?name=app-connection&scopes=api,read_repository",
    ]


@pytest.mark.parametrize(
    ("kind", "place", "link"),
    [
        ("project", "platform/web", f"{URL}/platform/web/-/settings/access_tokens"),
        ("project", f"{URL}/platform/web/", f"{URL}/platform/web/-/settings/access_tokens"),
        ("project", "platform", f"{URL}/dashboard/projects"),
        ("project", "", f"{URL}/dashboard/projects"),
        ("project", "../../admin", f"{URL}/dashboard/projects"),
        ("project", "a/b?c=d", f"{URL}/dashboard/projects"),
        ("project", "https://evil.example.com/a/b", f"{URL}/dashboard/projects"),
        ("project", '"><script>', f"{URL}/dashboard/projects"),
        ("group", "platform", f"{URL}/groups/platform/-/settings/access_tokens"),
        ("group", "platform/eu", f"{URL}/groups/platform/eu/-/settings/access_tokens"),
        ("group", "", f"{URL}/dashboard/groups"),
    ],
)
def test_a_token_of_a_place_is_made_there(ann: Client, kind: str, place: str, link: str) -> None:
    assert steps(ann, instanceUrl=f"{URL}/", accessTokenType=kind, place=place) == [link]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("project", "Secret sync api ; role Owner"),
        ("project", "Secret scanning api , read_repository ; role Maintainer"),
        ("group", "Secret sync api ; role Maintainer for variables of projects, Owner for variables of groups"),
    ],
)
def test_scopes_and_role_are_said_for_each_purpose(ann: Client, kind: str, said: str) -> None:
    answer = ann.get(BY_TOKEN, {"accessTokenType": kind}, headers={"HX-Request": "true"})
    assert said in text(answer)


@pytest.mark.parametrize(
    "hostile",
    [
        "javascript:alert(1)",
        "JAVASCRIPT://gitlab.com/%0aalert(1)",
        "data:text/html,x",
        " javascript:alert(1)",
        "https://gitlab.com@evil.example.com",
        "https://gitlab.com\\@evil.example.com",
        "https://a?b",
        "https://a#b",
        "https://[::1",
        "//evil.example.com",
        "https://",
        "\x00",
        "ftp://gitlab.com",
        "https://" + "a" * 5000,
        "https://ex ample.com",
    ],
)
@pytest.mark.parametrize("kind", ["personal", "project", "group"])
def test_an_address_that_is_none_gets_no_link(ann: Client, hostile: str, kind: str) -> None:
    found = steps(ann, instanceUrl=hostile, instanceUrl_other=hostile, accessTokenType=kind)
    assert not [link for link in found if not link.startswith("https://aaaa")]


def test_markup_in_an_address_stays_text(ann: Client) -> None:
    for asked in ({"instanceUrl_other": 'https://a.example/"><script>x'}, {"place": '"><script>x'}):
        answer = ann.get(BY_TOKEN, {**asked, "accessTokenType": "group"}, headers={"HX-Request": "true"})
        assert "<script>x" not in answer.content.decode()


def test_a_link_from_elsewhere_does_not_choose_where_a_secret_goes(ann: Client) -> None:
    page = ann.get(BY_TOKEN, {"instanceUrl_other": "https://evil.example.com", "accessTokenType": "project"})
    assert "evil" not in main(page)
    assert '<option value="https://gitlab.com" selected>' in main(page)
    assert "Create a project access token" in text(page)


def test_a_type_that_there_is_not_shows_the_first_ones_steps(ann: Client) -> None:
    page = ann.get(BY_TOKEN, {"accessTokenType": "root"}, headers={"HX-Request": "true"})
    assert "Create a personal access token" in text(page)


def test_a_secret_in_the_query_is_not_shown(ann: Client) -> None:
    assert "glpat-x" not in main(ann.get(BY_TOKEN, {"accessToken": "glpat-x"}))


def test_without_an_address_a_guide_has_no_link() -> None:
    for provider in PROVIDERS.values():
        for method in provider.methods.values():
            guide = method.guide(Making("", {}, "a/b")) if method.guide else None
            assert guide is None or (guide.page is None and not any(need.page for need in guide.needs))
