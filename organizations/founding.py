"""An organization itself: founded by the operator, and renamed."""

from django.db import transaction

from audit import log
from audit.actors import Actor, ActorType
from audit.events import Event
from audit.subjects import Subject
from organizations.access import Principal, require_organization
from organizations.models import Organization, User
from organizations.roles import Permission, Role
from organizations.services import add_member, create_organization
from wire.errors import Forbidden

OPERATORS_ONLY = "Only an operator of this instance can create an organization."


def found(actor: Actor, *, name: str) -> Organization:
    """Store a further organization and make the operator who asks its admin; raises Forbidden for anybody else."""
    operators = User.objects.filter(is_active=True, is_superuser=True)
    operator = operators.filter(pk=str(actor.id)).first() if actor.type is ActorType.USER else None
    if operator is None:
        raise Forbidden(OPERATORS_ONLY)
    with transaction.atomic():
        organization = create_organization(name=name)
        add_member(
            organization_id=organization.id,
            project=None,
            member_type=ActorType.USER,
            member_id=operator.id,
            roles=[{"role": Role.ADMIN}],
        )
        log.record(
            Event.CREATE_ORGANIZATION,
            actor=actor,
            organization_id=organization.id,
            about=Subject(organization.id, organization.name),
            name=organization.name,
            slug=organization.slug,
        )
    return organization


def rename(principal: Principal, *, name: str) -> Organization:
    """Give the principal's organization another name; its slug stays, since programs know it by that."""
    require_organization(principal, Permission.ORGANIZATION_EDIT)
    with transaction.atomic():
        organization = Organization.objects.select_for_update(no_key=True).get(pk=principal.organization_id)
        previous = organization.name
        if name != previous:
            organization.name = name
            organization.save(update_fields=["name", "updated_at"])
            log.record(
                Event.UPDATE_ORGANIZATION,
                actor=principal.actor,
                organization_id=organization.id,
                about=Subject(organization.id, name),
                name=name,
                previousName=previous,
            )
    return organization
