"""The first start of an instance: its operator, its organization, and a token to begin with."""

from dataclasses import dataclass

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


def bootstrap(*, email: str, password: str, organization_name: str, origin: Origin) -> SetUp:
    """Set up an empty instance, once: of two calls at the same time one wins. Raises BadRequest."""
    if User.objects.exists() or Organization.objects.exists():
        raise BadRequest(ALREADY)
    with unless_taken(BadRequest(ALREADY)), transaction.atomic():
        InstanceSetup.objects.create()
        user = User.objects.create_superuser(email, password, first_name="Admin", last_name="User")
        organization = create_organization(name=organization_name)
        identity = Identity.objects.create(organization=organization, name="Instance Admin Identity")
        for member_type, member_id in ((ActorType.USER, user.id), (ActorType.IDENTITY, identity.id)):
            add_member(
                organization_id=organization.id,
                project=None,
                member_type=member_type,
                member_id=member_id,
                roles=[{"role": Role.ADMIN}],
            )
        endless = TokenAuth.objects.create(identity=identity, access_token_ttl=0, access_token_max_ttl=0)
        issued = issue(endless, timezone.now(), name="Instance Admin Token")
        log.record(
            Event.BOOTSTRAP_INSTANCE,
            actor=stranger(origin),
            organization_id=organization.id,
            about=Subject(organization.id, organization.name),
            userId=str(user.id),
            identityId=str(identity.id),
            identityAccessTokenId=str(issued.token.id),
        )
    return SetUp(user, organization, identity, issued)
