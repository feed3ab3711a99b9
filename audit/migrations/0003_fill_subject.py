"""Give the events of before their subject, which only their metadata named. Can be cut off, and run again."""

import uuid
from collections import defaultdict

from django.db import migrations

AT_ONCE = 1000
LONGEST_NAME = 255
# By the key of its id in the metadata, those of its name.
SUBJECTS = {
    'connectionId': ('name',),
    'instanceId': ('url',),
    'identityId': ('identityName', 'name'),
}


def fill(apps, schema_editor):
    events = apps.get_model('audit', 'AuditEvent').objects.using(schema_editor.connection.alias)
    waiting = events.filter(subject_id=None, metadata__has_any_keys=list(SUBJECTS)).order_by('pk')
    last = uuid.UUID(int=0)
    while batch := list(waiting.filter(pk__gt=last).values_list('pk', 'metadata')[:AT_ONCE]):
        last = batch[-1][0]
        about = defaultdict(list)
        for pk, metadata in batch:
            about[subject(metadata)].append(pk)
        for (subject_id, name), keys in about.items():
            if subject_id:
                events.filter(pk__in=keys).update(subject_id=subject_id, subject_name=name)


def subject(metadata):
    """Return the id and the name of what an event is about; (None, None) if that is not to be read."""
    key = next(key for key in SUBJECTS if key in metadata)
    try:
        subject_id = uuid.UUID(metadata[key])
    except (TypeError, ValueError, AttributeError):
        return None, None
    name = next((metadata[name] for name in SUBJECTS[key] if isinstance(metadata.get(name), str)), None)
    return subject_id, name[:LONGEST_NAME] if name else None


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('audit', '0002_subject'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
