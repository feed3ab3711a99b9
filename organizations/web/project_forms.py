"""What is filled in about a project."""

import uuid
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from organizations.api.serializers import NAME_WORDS, SHORTEST_NEW_SLUG, SLUG_PATTERN, SLUG_WORDS
from organizations.models import Project
from organizations.services import slugified, unique_slug

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
LONGEST_DESCRIPTION = 1024


def name_field(**more: Any) -> forms.CharField:
    words = {"required": "Give the project a name.", **NAME_WORDS}
    widget = forms.TextInput({"autocomplete": "off"})
    return forms.CharField(max_length=64, error_messages=words, widget=widget, **more)


def slug_field(*, least: int, **more: Any) -> forms.CharField:
    words = {
        "required": "Give the project a slug.",
        "min_length": "Slug must be %(limit_value)d or more characters",
        "max_length": "Slug must be 64 or fewer characters",
    }
    return forms.CharField(
        min_length=least,
        max_length=64,
        validators=[RegexValidator(SLUG_PATTERN, SLUG_WORDS)],
        error_messages=words,
        **more,
    )


def description_field(**more: Any) -> forms.CharField:
    words = {"max_length": f"Description must be {LONGEST_DESCRIPTION} or fewer characters"}
    return forms.CharField(
        label="Description (optional)",
        required=False,
        max_length=LONGEST_DESCRIPTION,
        error_messages=words,
        widget=forms.TextInput({"autocomplete": "off"}),
        **more,
    )


class NewProjectForm(forms.Form):
    """A new project. Without a slug it gets one made of its name."""

    name = name_field()
    slug = slug_field(
        label="Slug (optional)",
        required=False,
        least=SHORTEST_NEW_SLUG,
        help_text="What programs call the project, such as platform-team. Left empty, it is made from the name.",
        widget=forms.TextInput({**PLAIN, "list": "slugs"}),
    )
    description = description_field()


class ProjectForm(forms.Form):
    """What can be changed of a project. A field counts as changed if it differs from what the page showed."""

    name = name_field(show_hidden_initial=True)
    slug = slug_field(
        least=1,
        show_hidden_initial=True,
        help_text="Programs and Terraform may name the project by its slug: they need the new one then.",
        widget=forms.TextInput(PLAIN),
    )
    description = description_field(show_hidden_initial=True)
    has_delete_protection = forms.BooleanField(
        label="Delete protection",
        required=False,
        show_hidden_initial=True,
        help_text="While it is on, nobody can delete the project.",
    )

    def changes(self) -> dict[str, Any]:
        """Return the changed fields; the form is valid."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


def suggested_slugs(name: str, organization_id: uuid.UUID) -> list[str]:
    """Return slugs for a project of this name: the plain one if it is free, and one that nobody has."""
    plain = slugified(name)
    taken = Project.objects.filter(organization_id=organization_id, slug=plain).exists()
    is_free = len(plain) >= SHORTEST_NEW_SLUG and not taken
    return [*([plain] if is_free else []), unique_slug(name)] if plain else []


class DeleteForm(forms.Form):
    """The name of the project that is to go."""

    name = forms.CharField(
        error_messages={"required": "Type the name of the project."},
        widget=forms.TextInput(PLAIN),
    )

    def __init__(self, *args: Any, project: Project, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].label = f"Type {project.name} to confirm"
