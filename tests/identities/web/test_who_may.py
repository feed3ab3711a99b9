"""Who sees which page of machine identities, and who may press what."""

import uuid
from typing import NamedTuple

import pytest
from django.test import Client

from audit.models import AuditEvent
from identities.models import AccessToken, ClientSecret, Identity
from organizations.services import create_organization
from tests.identities.web.pages import LIST, NEW, add_token_auth, add_universal_auth, create, page, text
from tests.people import browser, person, send

pytestmark = pytest.mark.django_db
READ = ["", "/universal-auth", "/token-auth"]
ASK = [
    "/edit",
    "/delete",
    "/universal-auth/terms",
    "/universal-auth/remove",
    "/universal-auth/client-secrets/new",
    "/universal-auth/client-secrets/{secret}/revoke",
    "/token-auth/terms",
    "/token-auth/remove",
    "/token-auth/tokens/new",
    "/token-auth/tokens/{token}/rename",
    "/token-auth/tokens/{token}/revoke",
]
DO = [*ASK, "/universal-auth/clear-lockouts"]


class Things(NamedTuple):
    """One of everything that has an address."""

    identity: str
    secret: str
    token: str

    def at(self, path: str) -> str:
        return page(self.identity, path.format(secret=self.secret, token=self.token))


@pytest.fixture
def things() -> Things:
    ann = browser(person())
    identity_id = create(ann)
    add_universal_auth(ann, identity_id)
    add_token_auth(ann, identity_id)
    send(ann, page(identity_id, "/universal-auth/client-secrets/new"), {"description": "CI"})
    send(ann, page(identity_id, "/token-auth/tokens/new"), {"name": "cron"})
    return Things(identity_id, str(ClientSecret.objects.get().id), str(AccessToken.objects.get().id))


def post(client: Client, path: str) -> int:
    """Post to an address that shows this person no form."""
    client.get("/organization/app-connections")
    return client.post(path, {"csrfmiddlewaretoken": client.cookies["csrftoken"].value}).status_code


def test_an_admin_opens_every_page_and_finds_every_button(things: Things) -> None:
    admin = browser(person("eve@example.com"))
    for path in [*READ, *ASK]:
        assert admin.get(things.at(path)).status_code == 200, path
    shown = "".join(admin.get(things.at(path)).content.decode() for path in READ)
    for path in ASK:
        assert f'href="{things.at(path)}"' in shown, path


def test_a_member_reads_what_rest_gives_them_and_finds_no_button(things: Things) -> None:
    member = browser(person("bob@example.com", role="member"))
    assert f'href="{LIST}"' in member.get(LIST).content.decode()
    shown = "".join(member.get(things.at(path)).content.decode() for path in READ)
    for words in ("deployer", "CI", "cron", "every address", ClientSecret.objects.get().prefix):
        assert words in shown
    for path in DO:
        assert things.at(path) not in shown, path
    assert NEW not in member.get(LIST).content.decode()


@pytest.mark.parametrize("role", ["member", "no-access"])
def test_a_weak_role_changes_nothing(things: Things, role: str) -> None:
    before, events = list(Identity.objects.values()), AuditEvent.objects.count()
    weak = browser(person("bob@example.com", role=role))
    for path in ASK:
        assert weak.get(things.at(path)).status_code == 403, path
    for path in DO:
        assert post(weak, things.at(path)) == 403, path
    assert weak.get(NEW).status_code == 403
    assert post(weak, NEW) == 403
    assert list(Identity.objects.values()) == before
    assert AuditEvent.objects.count() == events


def test_without_access_there_is_nothing_to_read(things: Things) -> None:
    nobody = browser(person("bob@example.com", role="no-access"))
    for path in [LIST, *map(things.at, READ)]:
        answer = nobody.get(path)
        assert answer.status_code == 403
        assert f'href="{LIST}"' not in answer.content.decode()
        assert "deployer" not in text(answer)


def test_another_organization_is_answered_as_if_nothing_were_there(things: Things) -> None:
    stranger = browser(person("mallory@example.com", organization=create_organization(name="Elsewhere")))
    unknown = str(uuid.uuid4())
    for there in (things, Things(unknown, unknown, unknown)):
        assert {stranger.get(there.at(path)).status_code for path in [*READ, *ASK]} == {404}
        assert {post(stranger, there.at(path)) for path in DO} == {404}
    assert Identity.objects.count() == 1


def test_a_secret_or_token_of_another_identity_is_not_found_here(things: Things) -> None:
    ann = browser(person("eve@example.com"))
    other = create(ann, name="other")
    add_universal_auth(ann, other)
    add_token_auth(ann, other)
    mixed = Things(other, things.secret, things.token)
    for path in (path for path in ASK if "{" in path):
        assert ann.get(mixed.at(path)).status_code == 404, path
        assert post(ann, mixed.at(path)) == 404, path
    assert not ClientSecret.objects.get().is_revoked
    assert not AccessToken.objects.get().is_revoked


def test_who_has_not_signed_in_is_asked_to(things: Things) -> None:
    anybody = browser()
    for path in [LIST, NEW, *map(things.at, [*READ, *ASK])]:
        answer = anybody.get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/sign-in")


def test_no_form_is_taken_from_another_site(things: Things) -> None:
    ann = browser(person("eve@example.com"))
    for path in [NEW, *map(things.at, DO)]:
        assert ann.post(path, {}).status_code == 403
    assert Identity.objects.count() == 1
