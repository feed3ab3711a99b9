"""What somebody looks for in the audit log."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from audit.actors import ActorType
from audit.reading import Wanted
from audit.words import ACTORS, GROUPS
from wire.ids import parse_uuid

LONGEST = 255
ANYTHING = ("", "Any")


class MomentField(forms.DateTimeField):
    """A date and time, in UTC unless it says otherwise."""

    widget = forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"]) from None


class AuditLogForm(forms.Form):
    """The filters, each of which may be left out. `projects` are those that the reader may choose from, by id."""

    actor = forms.CharField(label="Who: name or ID", max_length=LONGEST, required=False)
    kind = forms.ChoiceField(
        label="Kind of actor",
        required=False,
        choices=[ANYTHING, *ACTORS.items()],
        error_messages={"invalid_choice": "There is no such kind of actor."},
    )
    event = forms.ChoiceField(
        label="Event",
        required=False,
        choices=[ANYTHING, *((group, list(events.items())) for group, events in GROUPS.items())],
        error_messages={"invalid_choice": "There is no such event."},
    )
    about = forms.CharField(label="About: name or ID", max_length=LONGEST, required=False)
    project = forms.ChoiceField(
        label="Project", required=False, error_messages={"invalid_choice": "There is no such project."}
    )
    since = MomentField(label="From (UTC)", required=False, error_messages={"invalid": "Give a date and a time."})
    until = MomentField(label="To (UTC)", required=False, error_messages={"invalid": "Give a date and a time."})

    def __init__(self, *args: Any, projects: Mapping[uuid.UUID, str], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [ANYTHING, *((str(project_id), name) for project_id, name in projects.items())]
        self.fields["project"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("actor", "about"):
            self.fields[name].widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def wanted(self) -> Wanted:
        """Return what was asked for; the form is valid."""
        asked = self.cleaned_data
        actor_id, subject_id = parse_uuid(asked["actor"]), parse_uuid(asked["about"])
        return Wanted(
            actor_type=ActorType(asked["kind"]) if asked["kind"] else None,
            actor_id=actor_id,
            actor_name="" if actor_id else asked["actor"],
            types=[asked["event"]] if asked["event"] else [],
            subject_id=subject_id,
            subject_name="" if subject_id else asked["about"],
            project_id=uuid.UUID(asked["project"]) if asked["project"] else None,
            since=asked["since"],
            until=asked["until"],
        )

    def asked(self) -> dict[str, str]:
        """Return the filters that are set, as the address holds them."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}
