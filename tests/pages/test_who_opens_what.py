"""Every page, and what it answers to an administrator, a member, a viewer, an outsider and somebody signed out.

The administrator and the member have that role in the organization and in its project, the viewer in the project
alone. The outsider administers another organization. A new page fails here until it is in the table.
"""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.test import Client

from sandbox.gitlab import Sandbox
from tests.pages.addresses import address, page_routes
from tests.pages.world import World, make_world

pytestmark = pytest.mark.django_db
WHO = ("admin", "member", "viewer", "outsider", "nobody")
SIGN_IN = 0  # stands for the way to the sign-in page

# By what each of them gets: the pages, by name.
TABLE: dict[tuple[int, int, int, int, int], str] = {
    # Of one's own: each sees theirs.
    (200, 200, 200, 200, SIGN_IN): """
        account_change_password account_logout account_reauthenticate connections:home mfa_index mfa_list_webauthn
        organizations:leave organizations:projects usersessions_list""",
    # What a page leads to first: the password once more, or a step that is not due.
    (302, 302, 302, 302, SIGN_IN): """
        account_set_password mfa_activate_totp mfa_add_webauthn mfa_authenticate mfa_edit_webauthn
        mfa_generate_recovery_codes mfa_reauthenticate mfa_reauthenticate_webauthn mfa_remove_webauthn""",
    (200, 200, 200, 200, 200): """
        account_inactive account_reset_password account_reset_password_done account_reset_password_from_key
        account_reset_password_from_key_done""",
    (302, 302, 302, 302, 200): "account_login mfa_login_webauthn",
    # Of the organization: an outsider sees that of their own instead, where it names nothing of ours.
    (200, 403, 403, 200, SIGN_IN): """
        connections:instance-new connections:new connections:new-by identities:new oauth:client-new oauth:new
        organizations:audit-log organizations:invite organizations:settings""",
    (200, 200, 403, 200, SIGN_IN): """
        connections:instances identities:list organizations:members organizations:project-new
        organizations:project-slugs""",
    # Of things of ours.
    (200, 403, 403, 404, SIGN_IN): """
        connections:activity connections:client-forget connections:client-keys connections:credentials
        connections:delete connections:detail connections:edit connections:instance-delete
        identities:client-secret-new identities:client-secret-revoke identities:delete identities:edit
        identities:project-member identities:project-member-new identities:project-member-remove
        identities:token-auth-remove identities:token-auth-terms identities:token-new identities:token-rename
        identities:token-revoke identities:universal-auth-remove identities:universal-auth-terms
        organizations:invitation-revoke organizations:member-remove organizations:member-role
        organizations:project-delete organizations:project-join""",
    (200, 200, 403, 404, SIGN_IN): """
        connections:instance identities:detail identities:token-auth identities:universal-auth""",
    (200, 200, 200, 404, SIGN_IN): """
        connections:project-home identities:project-leave identities:project-members
        organizations:project-settings""",
    (302, 302, 302, 404, SIGN_IN): "connections:project",
    (403, 403, 403, 403, SIGN_IN): "organizations:new",  # for operators
    # What is not there: nothing of the kind is under way, or set up.
    (404, 404, 404, 404, SIGN_IN): """
        mfa_deactivate_totp mfa_view_recovery_codes oauth:choose oauth:confirm organizations:audit-log-export""",
    (404, 404, 404, 404, 404): "organizations:invitation set_up single_sign_on single_sign_on_callback",
    (400, 400, 400, 400, 400): "oauth:callback oauth:callback-of-instance oauth:client-made",
    # Forms of other pages.
    (405, 405, 405, 405, 405): """
        connections:check connections:instance-client connections:instance-network end_session
        identities:clear-lockouts oauth:start organizations:invitation-send organizations:switch preferences""",
}
EXPECTED = {page: statuses for statuses, pages in TABLE.items() for page in pages.split()}
ROUTES = {**page_routes(), "account_reset_password_from_key": "password-reset/1-2"}
FORMS_FOR_ADMINS = [
    "connections:instance-client",
    "connections:instance-network",
    "identities:clear-lockouts",
    "organizations:invitation-send",
    *(page for page, statuses in EXPECTED.items() if statuses[:3] == (200, 403, 403)),
]


@pytest.fixture
def world(gitlab: Sandbox) -> World:
    return make_world(gitlab)


def test_every_page_is_in_the_table() -> None:
    assert set(ROUTES) == set(EXPECTED)


def test_each_gets_what_their_role_opens(world: World) -> None:
    wrong = {}
    for page, statuses in EXPECTED.items():
        path = address(ROUTES[page], world.ids_of(page))
        found = tuple(status(world.browsers[who], path) for who in WHO)
        if found != statuses:
            wrong[page] = found
    assert wrong == {}


def status(browser: Client, path: str) -> int:
    answer = browser.get(path)
    is_sign_in = answer.headers.get("Location", "").startswith("/sign-in")
    return SIGN_IN if is_sign_in else answer.status_code


@pytest.mark.parametrize("who", ["member", "viewer"])
def test_a_form_that_ones_role_does_not_open_changes_nothing(world: World, who: str) -> None:
    before = everything()
    answers = {page: world.browsers[who].post(path).status_code for page, path in forms(world, FORMS_FOR_ADMINS)}
    assert {page: code for page, code in answers.items() if code not in {403, 405}} == {}
    assert everything() == before


@pytest.mark.parametrize(("who", "refusal"), [("outsider", 404), ("nobody", 302)])
def test_a_form_about_what_others_own_changes_nothing(world: World, who: str, refusal: int) -> None:
    before = everything()
    of_ours = [
        page for page, route in ROUTES.items() if "_id>" in route and not page.startswith(("oauth:", "end_"))
    ]
    answers = {page: world.browsers[who].post(path).status_code for page, path in forms(world, of_ours)}
    assert {page: code for page, code in answers.items() if code not in {refusal, 405}} == {}
    assert everything() == before


def test_of_what_others_own_a_name_is_said_to_nobody(world: World) -> None:
    for path in ("/organization/app-connections", "/organization/projects", "/organization/members", "/nowhere"):
        for who in ("outsider", "nobody"):
            shown = world.browsers[who].get(path, follow=True).content.decode()
            assert "gitlab-platform" not in shown
            assert "Platform" not in shown
            assert "viewer@example.com" not in shown


def forms(world: World, pages: list[str]) -> Iterator[tuple[str, str]]:
    for page in pages:
        yield page, address(ROUTES[page], world.ids_of(page))


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Return all rows but those of sessions, sign-ins and the log."""
    ours = ("connections", "identities", "organizations")
    models = [model for app in ours for model in apps.get_app_config(app).get_models()]
    return {model.__name__: sorted(model._default_manager.values_list(), key=repr) for model in models}
