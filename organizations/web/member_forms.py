"""What is filled in on the pages of people and organizations."""

import re
import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from organizations.models import Project, User
from organizations.roles import ORGANIZATION_ROLES, Role

LONGEST_LIST = 16_000
ROLE_NAMES = {Role.ADMIN: "Admin", Role.MEMBER: "Member", Role.NO_ACCESS: "No access", Role.VIEWER: "Viewer"}
ORGANIZATION_ROLE_WORDS = {
    Role.ADMIN: "Admin: everything in the organization, its connections, members and settings",
    Role.MEMBER: "Member: uses the organization's connections, sees its members, may create projects",
    Role.NO_ACCESS: "No access: sees only the projects that they are a member of",
}
PROJECT_ROLE_WORDS = {
    Role.ADMIN: "Admin: everything in the project",
    Role.MEMBER: "Member: uses the project's connections",
    Role.VIEWER: "Viewer: sees who is in the project",
}
NO_ADDRESS = "Give at least one email address."
is_email = EmailValidator()


def printable(text: str) -> None:
    """Refuse what cannot be seen: line breaks, and marks that turn the direction of what follows."""
    if not text.isprintable():
        raise ValidationError("Use visible characters only.")


def name_field(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=64, validators=[printable], **more)


def organization_role_field(label: str = "Role in the organization") -> forms.ChoiceField:
    choices = [(role.value, ORGANIZATION_ROLE_WORDS[role]) for role in ORGANIZATION_ROLES]
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


class OrganizationForm(forms.Form):
    """The name of an organization."""

    name = name_field(
        "Name",
        error_messages={"required": "Give it a name."},
        widget=forms.TextInput({"autocomplete": "organization"}),
    )


class RoleForm(forms.Form):
    """Another role for a member. Whoever lowers their own has to say that they mean it."""

    role = organization_role_field()

    def __init__(self, *args: Any, is_oneself: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.is_oneself = is_oneself
        if is_oneself:
            self.fields["confirmed"] = forms.BooleanField(
                label="This is my own role. I know that only another admin can give it back.", required=False
            )

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        lowers = filled.get("role") not in {None, Role.ADMIN}
        if self.is_oneself and lowers and not filled.get("confirmed"):
            self.add_error("confirmed", "Tick this to give up the role that you hold.")
        return filled


class InviteForm(forms.Form):
    """Addresses to invite, and what they are to be. `projects` are those that the inviter may add members to."""

    emails = forms.CharField(
        label="Email addresses",
        error_messages={"required": NO_ADDRESS},
        max_length=LONGEST_LIST,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text="One or several, separated by spaces, commas or line breaks.",
    )
    role = organization_role_field()

    def __init__(self, *args: Any, projects: Iterable[Project], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(str(project.id), project.name) for project in projects]
        if choices:
            self.fields["project"] = forms.ChoiceField(
                label="Add to a project as well (optional)", required=False, choices=[("", "No project"), *choices]
            )
            self.fields["project_role"] = forms.ChoiceField(
                label="Role in that project",
                required=False,
                initial=Role.VIEWER,
                choices=[(role.value, words) for role, words in PROJECT_ROLE_WORDS.items()],
            )

    def clean_emails(self) -> list[str]:
        emails = [email for email in re.split(r"[\s,;]+", self.cleaned_data["emails"].lower()) if email]
        if not emails:
            raise ValidationError(NO_ADDRESS)
        if wrong := [email for email in emails if not _is_email(email)]:
            raise ValidationError([f"{email} is not an email address." for email in wrong[:10]])
        return emails

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        if filled.get("project") and not filled.get("project_role"):
            self.add_error("project_role", "Choose the role in that project.")
        return filled

    def project_roles(self) -> dict[uuid.UUID, Role]:
        """Return the role in the chosen project, if there is one; the form is valid."""
        filled = self.cleaned_data
        return {uuid.UUID(filled["project"]): Role(filled["project_role"])} if filled.get("project") else {}


def _is_email(text: str) -> bool:
    try:
        is_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


class SignUpForm(forms.Form):
    """The account of somebody who is invited. The address is theirs already: it is only shown."""

    email = forms.CharField(
        label="Email", required=False, widget=forms.EmailInput({"readonly": True, "autocomplete": "username"})
    )
    first_name = name_field(
        "First name (optional)", required=False, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = name_field(
        "Last name (optional)", required=False, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=1024,
        error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invited: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.invited = invited
        self.fields["email"].initial = invited
        self.fields["email"].disabled = True  # what is sent is not looked at
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        filled = super().clean() or {}
        if "password" in filled:
            person = User(
                email=self.invited,
                first_name=filled.get("first_name", ""),
                last_name=filled.get("last_name", ""),
            )
            try:
                validate_password(filled["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return filled
