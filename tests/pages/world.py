"""One of everything, and five people before it: what the matrix of roles is about."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

from audit.actors import Actor, ActorType
from connections import instances, services
from connections.providers import PROVIDERS
from identities.models import InstanceSetup
from identities.services import client_secrets, identities, token_auth, universal_auth
from organizations.access import Principal
from organizations.invitations import invite
from organizations.models import Membership, Project, User
from organizations.roles import Role
from organizations.services import create_organization, principal_of
from sandbox.gitlab import Sandbox
from tests.clients import the_organization
from tests.oauth.people import person
from wire.origin import Origin

# The pages about clients that servers make by themselves, as GitHub does.
MAKING: Mapping[str, Mapping[str, object]] = {
    "oauth:client-made": {"app": "github"},
    "oauth:client-new": {"app": "github", "kind": "app"},
}


@dataclass(frozen=True)
class World:
    """`ids` fill in what an address names, `of_page` what one page means by it; `browsers` are the people's."""

    ids: Mapping[str, object]
    of_page: Mapping[str, Mapping[str, object]]
    browsers: Mapping[str, Client]

    def ids_of(self, page: str) -> Mapping[str, object]:
        return {**self.ids, **self.of_page.get(page, {})}


def make_world(gitlab: Sandbox) -> World:
    """Make an organization with one of everything, in a project too, and people of different roles."""
    InstanceSetup.objects.get_or_create()
    home, elsewhere = the_organization(), create_organization(name="Out")
    project = Project.objects.create(organization=home, name="Platform", slug="platform")
    people = {
        "admin": person(email="admin@example.com", role="admin", project_roles={project: ["admin"]}).user,
        "member": person(email="member@example.com", role="member", project_roles={project: ["member"]}).user,
        "viewer": person(email="viewer@example.com", role="no-access", project_roles={project: ["viewer"]}).user,
        "outsider": person(email="out@example.com", organization=elsewhere).user,
    }
    return World(
        ids=things(principal(people["admin"]), gitlab, project),
        of_page={**memberships(people["viewer"], project), **MAKING},
        browsers={
            **{who: signed_in(user) for who, user in people.items()},
            "nobody": Client(raise_request_exception=False),
        },
    )


def principal(user: User) -> Principal:
    actor = Actor(ActorType.USER, user.id, user.email, Origin("203.0.113.7", "a browser", "req-1"))
    found = principal_of(actor, the_organization().id)
    assert found
    return found


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def memberships(user: User, project: Project) -> dict[str, dict[str, object]]:
    """Return whose place the pages of members are about."""
    places = Membership.objects.filter(member_id=user.id)
    here, there = places.get(project=None).id, places.get(project=project).id
    return {
        "organizations:member-remove": {"membership_id": here},
        "organizations:member-role": {"membership_id": here},
        "identities:project-member": {"membership_id": there},
        "identities:project-member-remove": {"membership_id": there},
    }


def things(admin: Principal, gitlab: Sandbox, project: Project) -> dict[str, object]:
    return {
        "app": "gitlab",
        "method": "access-token",
        "project_id": project.id,
        "connection_id": a_connection(admin, gitlab, project).id,
        "instance_id": instances.register(
            admin,
            PROVIDERS["gitlab"],
            url=f"{gitlab.url}/second",
            client_id="1f0e2d3c4b5a6978",
            client_secrets=["gloas-of-the-second"],
            allow_private=True,
        ).id,
        "kind": "oauth",
        "invitation_id": an_invitation(admin),
        "attempt_id": uuid.UUID(int=7),
        "key": "no-such-key",
        "pk": 7,
        "session_id": 7,
        **an_identity(admin),
    }


def an_invitation(admin: Principal) -> uuid.UUID:
    (sent,) = invite(admin, emails=["new@example.com"], role=Role.MEMBER, project_roles={})
    return sent.invitation.id


def a_connection(admin: Principal, gitlab: Sandbox, project: Project) -> Any:
    credentials = {
        "accessToken": gitlab.personal_token("ann").value,
        "accessTokenType": "personal",
        "instanceUrl": gitlab.url,
    }
    return services.create(
        admin,
        PROVIDERS["gitlab"],
        name="gitlab-platform",
        method="access-token",
        credentials=credentials,
        description=None,
        project_id=str(project.id),
    )


def an_identity(admin: Principal) -> dict[str, object]:
    member = identities.create_identity(
        admin,
        organization_id=str(admin.organization_id),
        name="deployer",
        role="member",
        has_delete_protection=False,
        metadata=[],
    )
    identity_id = str(member.identity.id)
    universal_auth.attach(admin, identity_id=identity_id, settings={})
    token_auth.attach(admin, identity_id=identity_id, settings={})
    made = client_secrets.create(admin, identity_id=identity_id, description="ci", num_uses_limit=0, ttl=0)
    token = token_auth.create_token(admin, identity_id=identity_id, name="ci", organization_slug=None)
    return {
        "identity_id": identity_id,
        "client_secret_id": made.client_secret.id,
        "token_id": token.token.id,
    }
