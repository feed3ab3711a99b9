"""The first start of an instance: its operator, its organization, and a token to begin with."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import log
from audit.actors import ActorType, stranger
from audit.events import Event
from audit.subjects import Subject
from identities.models import Identity, InstanceSetup, TokenAuth
from identities.services.access_tokens import Issued, issue
from organizations.models import Organization, User
from organizations.roles import Role
from organizations.services import add_member, create_organization
from wire.errors import BadRequest
from wire.origin import Origin
from wire.unique import unless_taken

ALREADY = "Instance has already been set up"


@dataclass(frozen=True, slots=True)
class SetUp:
    """What a bootstrap made."""

    user: User
    organization: Organization
    identity: Identity
    issued: Issued


def is_set_up() -> bool:
    """Tell whether this instance is somebody's: then nobody else can make it theirs."""
    return InstanceSetup.objects.exists() or User.objects.exists() or Organization.objects.exists()


def bootstrap(*, email: str, password: str, organization_name: str, origin: Origin) -> SetUp:
    """Set up an empty instance, once: of two calls at the same time one wins. Raises BadRequest."""
    with _once():
        user, organization = _found(email=email, password=password, organization_name=organization_name)
        identity = Identity.objects.create(organization=organization, name="Instance Admin Identity")
        _make_admin(organization, ActorType.IDENTITY, identity.id)
        endless = TokenAuth.objects.create(identity=identity, access_token_ttl=0, access_token_max_ttl=0)
        issued = issue(endless, timezone.now(), name="Instance Admin Token")
        _record(user, organization, origin, identityId=str(identity.id), identityAccessTokenId=str(issued.token.id))
    return SetUp(user, organization, identity, issued)


def set_up(*, email: str, password: str, organization_name: str, origin: Origin) -> User:
    """The same for a person in a browser, who needs no machine identity. Raises BadRequest.

    Returns the person, who is the operator of the instance and the admin of its organization.
    """
    with _once():
        user, organization = _found(email=email, password=password, organization_name=organization_name)
        _record(user, organization, origin)
    return user


@contextmanager
def _once() -> Iterator[None]:
    if is_set_up():
        raise BadRequest(ALREADY)
    with unless_taken(BadRequest(ALREADY)), transaction.atomic():
        InstanceSetup.objects.create()
        yield


def _found(*, email: str, password: str, organization_name: str) -> tuple[User, Organization]:
    """Make the first person and the first organization."""
    user = User.objects.create_superuser(email, password, first_name="Admin", last_name="User")
    organization = create_organization(name=organization_name)
    _make_admin(organization, ActorType.USER, user.id)
    return user, organization


def _make_admin(organization: Organization, member_type: ActorType, member_id: uuid.UUID) -> None:
    add_member(
        organization_id=organization.id,
        project=None,
        member_type=member_type,
        member_id=member_id,
        roles=[{"role": Role.ADMIN}],
    )


def _record(user: User, organization: Organization, origin: Origin, **made: Any) -> None:
    log.record(
        Event.BOOTSTRAP_INSTANCE,
        actor=stranger(origin),
        organization_id=organization.id,
        about=Subject(organization.id, organization.name),
        userId=str(user.id),
        **made,
    )
