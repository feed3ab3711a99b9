"""What is filled in about the members of a project."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from identities.services.project_members import IDENTITY, PERSON, Candidate
from organizations.models import MembershipRole
from organizations.project_roles import Given, as_given
from organizations.roles import PROJECT_ROLES, Role
from organizations.web.member_forms import ROLE_NAMES
from organizations.web.role_words import IN_PROJECT
from wire.templatetags.pages import in_words

NOBODY = ("", "Choose somebody")
NOT_THERE = "Choose one of the list: others are not in the organization, or are members of the project already."
NONE_CHOSEN = "Choose at least one role. A member who may do nothing has the role No access."


def roles_field(**more: Any) -> forms.MultipleChoiceField:
    """Return the roles to tick, each with what it allows."""
    words = "<strong>{}</strong> <span class='muted'>{}</span>"
    choices = [(role.value, format_html(words, ROLE_NAMES[role], IN_PROJECT[role])) for role in PROJECT_ROLES]
    return forms.MultipleChoiceField(
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NONE_CHOSEN, "invalid_choice": "There is no such role."},
        help_text="Several roles together allow what any of them allows.",
        **more,
    )


class AddForm(forms.Form):
    """Somebody of the organization who becomes a member of a project."""

    member = forms.ChoiceField(label="Who")
    roles = roles_field(initial=[Role.VIEWER.value])

    def __init__(self, *args: Any, candidates: Iterable[Candidate], **more: Any) -> None:
        super().__init__(*args, **more)
        words = {"required": "Choose who is to become a member.", "invalid_choice": NOT_THERE}
        choices = grouped(candidates)
        self.fields["member"] = forms.ChoiceField(label="Who", choices=choices, error_messages=words)

    def chosen(self) -> tuple[str, uuid.UUID]:
        """Return kind and id of who was chosen; the form is valid."""
        kind, _, member_id = self.cleaned_data["member"].partition(":")
        return kind, uuid.UUID(member_id)

    def given(self) -> list[Given]:
        return [Given(role) for role in self.cleaned_data["roles"]]


def grouped(candidates: Iterable[Candidate]) -> list[Any]:
    """Return candidates as the choices of a select, people and machine identities apart."""
    rows = list(candidates)
    groups = [
        (words, [(f"{one.kind}:{one.id}", one.name) for one in rows if one.kind == kind])
        for words, kind in (("People", PERSON), ("Machine identities", IDENTITY))
    ]
    return [NOBODY, *((words, members) for words, members in groups if members)]


class RolesForm(forms.Form):
    """The roles of a member. Those with an end can be kept or taken away, not made; those that ended go."""

    roles = roles_field()
    temporary = forms.MultipleChoiceField(
        label="Roles with an end",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "These roles have changed meanwhile. Load the page again."},
        help_text="Untick one to take it away now.",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, held: Sequence[MembershipRole]) -> None:
        self.held = {str(role.id): role for role in held if role.temporary_mode is not None}
        permanent = [role.role for role in held if role.temporary_mode is None]
        super().__init__(data, initial={"roles": permanent, "temporary": list(self.held)})
        if not self.held:
            del self.fields["temporary"]
            return
        now = timezone.now()
        choices = [(key, with_end(role, now)) for key, role in self.held.items()]
        self.fields["temporary"].choices = choices  # type: ignore[attr-defined]  # of a ChoiceField

    def given(self) -> list[Given]:
        """Return the roles that the member is to have; the form is valid."""
        kept = self.cleaned_data.get("temporary", [])
        return [Given(role) for role in self.cleaned_data["roles"]] + [as_given(self.held[key]) for key in kept]


def with_end(role: MembershipRole, now: datetime) -> str:
    """Return what a temporary role is, when it begins if it has not, and when it ends."""
    times = [("starts", role.starts_at if role.is_to_come else None)]
    times += [("ends", role.ends_at)]
    said = [f"{verb} {in_words(at - now)}, at {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for verb, at in times if at]
    return f"{ROLE_NAMES[Role(role.role)]}: {'; '.join(said)}"
