"""`python -m tests.browser.furnishing`, in the environment of a site: one of everything, in every state.

Reads from standard input where GitLab and GitHub are, and a token for each; writes the ids of what it made.
"""

import json
import sys
from datetime import timedelta
from typing import Any

import django

SERVER = "https://gitlab.example.com"
STATES: dict[str, dict[str, Any]] = {
    "gitlab-payments": {
        "method": "oauth",
        "status": "reconnect_required",
        "cause": "The grant is not accepted any more. It was revoked, or the OAuth application was deleted.",
        "cure": "Reconnect it: its id, name and everything that uses it stay as they are.",
    },
    "gitlab-mobile": {
        "status": "failing",
        "cause": f"Bad Gateway. Cause: {SERVER} answered with status 502. Try again later.",
        "cure": "Nothing to do: it is checked again by itself. If it lasts, see to the cause.",
    },
    "gitlab-website": {"expires_in": timedelta(days=6, hours=1)},
    "gitlab-archive": {"expires_in": timedelta(days=-2)},
    "gitlab-platform": {"expires_in": timedelta(days=200)},
    "gitlab-scanner": {},
}


def furnish(gitlab_url: str, access_token: str, at_github: dict[str, str]) -> dict[str, str]:
    """Make one of everything with the services that the product itself uses; returns the ids by what they name."""
    from audit.actors import Actor, ActorType
    from organizations.models import Membership, User
    from organizations.services import principal_of
    from wire.origin import Origin

    admin = User.objects.get(email="admin@example.com")
    home = Membership.objects.get(member_id=admin.id, project=None).organization
    actor = Actor(ActorType.USER, admin.id, admin.email, Origin("203.0.113.7", "Mozilla/5.0 (a browser)", "req-1"))

    def principal() -> Any:
        return principal_of(actor, home.id)

    project = make_project(principal())
    connections = make_connections(principal(), gitlab_url, access_token, str(project.id))
    return {
        "project": str(project.id),
        "project_member": str(Membership.objects.get(member_id=admin.id, project=project).id),
        "instance": make_instance(principal(), gitlab_url),
        "instance_with_app": make_instance_with_app(principal()),
        **make_identity(principal(), project),
        **make_people(principal()),
        **connections,
        "github-website": make_github_connection(principal(), at_github),
    }


def make_project(principal: Any) -> Any:
    from organizations.services import create_project

    return create_project(
        principal,
        name="Platform",
        slug="platform",
        description="What the platform team connects",
        kind="secret-manager",
        with_default_environments=True,
        has_delete_protection=False,
        kms_key_id=None,
    )


def make_connections(principal: Any, gitlab_url: str, access_token: str, project_id: str) -> dict[str, str]:
    from connections import services
    from connections.providers import PROVIDERS

    ids = {}
    for number, (name, state) in enumerate(STATES.items()):
        view = services.create(
            principal,
            PROVIDERS["gitlab"],
            name=name,
            method="access-token",
            credentials={"accessToken": access_token, "accessTokenType": "personal", "instanceUrl": gitlab_url},
            description=f"What {name.removeprefix('gitlab-')} deploys with",
            project_id=project_id if number % 3 == 2 else None,
        )
        put_into(view.id, state)
        ids[name] = view.id
    return ids


def make_github_connection(principal: Any, credentials: dict[str, str]) -> str:
    from connections import services
    from connections.providers import PROVIDERS

    view = services.create(
        principal,
        PROVIDERS["github"],
        name="github-website",
        method="pat",
        credentials=credentials,
        description="What the website deploys with",
        project_id=None,
    )
    return str(view.id)


def put_into(connection_id: str, state: dict[str, Any]) -> None:
    from django.utils import timezone

    from connections.models import AppConnection

    public = AppConnection.objects.get(pk=connection_id).public
    fields = {name: value for name, value in state.items() if name != "expires_in"}
    if "expires_in" in state:
        fields["expires_at"] = timezone.now() + state["expires_in"]
    AppConnection.objects.filter(pk=connection_id).update(public={**public, "instanceUrl": SERVER}, **fields)


def make_instance(principal: Any, gitlab_url: str) -> str:
    from connections import instances
    from connections.providers import PROVIDERS

    instance = instances.register(
        principal,
        PROVIDERS["gitlab"],
        url=f"{gitlab_url}/second",
        client_id="1f0e2d3c4b5a6978",
        client_secrets=["gloas-of-the-second"],
        allow_private=True,
    )
    return str(instance.id)


def make_instance_with_app(principal: Any) -> str:
    """Register a GitHub with an App that it has made."""
    from connections import instances
    from connections.providers import PROVIDERS
    from connections.providers.clients import Made, OAuthClient

    provider = PROVIDERS["github"]
    instance = instances.register(principal, provider, url="https://github.example.com")
    made = Made(
        client=OAuthClient(
            "Iv1.1f0e2d3c4b5a6978",
            ["secret-of-the-app"],
            "",
            details={"slug": "app-connections-example", "appId": "1234567", "owner": "example"},
            private_keys=["not used by any page"],
        ),
        name="App Connections Example",
        page="https://github.example.com/github-apps/app-connections-example",
    )
    instances.keep_made(
        principal, provider, provider.clients["app"], instance_id=instance.id, made=made, replaces=""
    )
    return str(instance.id)


def make_people(principal: Any) -> dict[str, str]:
    """Make a member and somebody who is invited."""
    from audit.actors import ActorType
    from organizations import invitations
    from organizations.models import User
    from organizations.roles import Role
    from organizations.services import add_member

    bob = User.objects.create_user("bob@example.com", first_name="Bob", last_name="Builder")
    membership = add_member(
        organization_id=principal.organization_id,
        project=None,
        member_type=ActorType.USER,
        member_id=bob.id,
        roles=[{"role": "member"}],
    )
    (sent,) = invitations.invite(principal, emails=["carol@example.com"], role=Role.MEMBER, project_roles={})
    return {"member": str(membership.id), "invitation": str(sent.invitation.id)}


def make_identity(principal: Any, project: Any) -> dict[str, str]:
    from identities.services import client_secrets, identities, token_auth, universal_auth

    member = identities.create_identity(
        principal,
        organization_id=str(principal.organization_id),
        name="deployer",
        role="member",
        has_delete_protection=False,
        metadata=[{"key": "team", "value": "platform"}],
    )
    identity_id = str(member.identity.id)
    universal_auth.attach(principal, identity_id=identity_id, settings={})
    made = client_secrets.create(
        principal, identity_id=identity_id, description="pipeline", num_uses_limit=0, ttl=30 * 86_400
    )
    token_auth.attach(principal, identity_id=identity_id, settings={})
    token = token_auth.create_token(principal, identity_id=identity_id, name="nightly", organization_slug=None)
    return {
        "identity": identity_id,
        "client_secret": str(made.client_secret.id),
        "token": str(token.token.id),
    }


if __name__ == "__main__":
    django.setup()
    json.dump(furnish(**json.load(sys.stdin)), sys.stdout)
