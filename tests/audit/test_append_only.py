"""What is in the audit log stays in it, as it is."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from audit.models import AuditEvent
from tests.audit.events import event

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored(db: None) -> AuditEvent:
    """An event that happened."""
    event(1).save()
    return AuditEvent.objects.get()


def changed(stored: AuditEvent) -> AuditEvent:
    stored.actor_name = "somebody else"
    return stored


CHANGES: dict[str, Callable[[AuditEvent], object]] = {
    "save": lambda stored: changed(stored).save(),
    "save some fields": lambda stored: changed(stored).save(update_fields=["actor_name"]),
    "force an update": lambda stored: changed(stored).save(force_update=True),
    "update": lambda _: AuditEvent.objects.update(actor_name="x"),
    "update some": lambda stored: AuditEvent.objects.filter(pk=stored.pk).update(actor_name="x"),
    "update or create": lambda stored: AuditEvent.objects.update_or_create(
        pk=stored.pk, defaults={"actor_name": "x"}
    ),
    "bulk update": lambda stored: AuditEvent.objects.bulk_update([changed(stored)], ["actor_name"]),
    "bulk update of nothing": lambda _: AuditEvent.objects.bulk_update([], ["actor_name"]),
    "create over it": lambda stored: AuditEvent.objects.bulk_create(
        [changed(stored)], update_conflicts=True, update_fields=["actor_name"], unique_fields=["id"]
    ),
    "delete": lambda stored: stored.delete(),
    "delete some": lambda stored: AuditEvent.objects.filter(pk=stored.pk).delete(),
    "delete all": lambda _: AuditEvent.objects.all().delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_way_of_the_orm_changes_or_deletes_an_event(
    stored: AuditEvent, change: Callable[[AuditEvent], object]
) -> None:
    with pytest.raises(TypeError, match=r"never (changed|deleted)"):
        change(stored)
    assert AuditEvent.objects.get().actor_name == "pipeline"


@pytest.mark.django_db(transaction=True)
def test_a_new_event_cannot_take_the_place_of_another(stored: AuditEvent) -> None:
    usurper = event(2)
    usurper.pk = stored.pk
    with pytest.raises(IntegrityError):
        usurper.save()
    assert AuditEvent.objects.get().metadata == {"number": 1}
