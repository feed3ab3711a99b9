"""Pages for people who have signed in: who asks, and for which of their organizations."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRefresh

from audit.actors import Actor, ActorType
from organizations.access import Principal
from organizations.models import Membership, Organization, Project, User
from organizations.roles import Permission
from organizations.services import get_project, principal_of
from wire.origin import origin_of
from wire.pages import Step, outcome

CHOSEN = "organization"  # the session's key for the id of the organization that a person looks at
Arguments = ParamSpec("Arguments")


class PersonRequest(HttpRequest):
    """A request of a signed-in person, and what they are in the organization that they look at."""

    user: User
    organization: Organization
    organizations: list[Organization]
    principal: Principal


class ProjectRequest(PersonRequest):
    """The same for a page of one of the projects that they are in."""

    project: Project


def signed_in(
    view: Callable[Concatenate[PersonRequest, Arguments], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]:
    """Make a page one for members: others sign in first and come back; who is in no organization gets a 403.

    Account, memberships and roles are read with each request, so that what was taken away is gone at once. No
    answer is kept by the browser or by a proxy.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        person = as_person(request)
        response = view(person, *args, **kwargs) if person else member_of_nothing(request)
        add_never_cache_headers(response)
        return response

    return guarded


def in_project(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Make a page one of a project, named by `project_id` in its address; 404 for others than its members.

    The view gets a ProjectRequest, and the rest of its address.
    """

    @wraps(view)
    def guarded(request: PersonRequest, /, *, project_id: uuid.UUID, **kwargs: Any) -> HttpResponseBase:
        inside = cast(ProjectRequest, request)
        inside.project = get_project(request.principal, Permission.PROJECTS_READ, project_id=str(project_id))
        return view(inside, **kwargs)

    return signed_in(guarded)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and from there back; what was posted is not repeated.

    A part of a page is asked for by htmx, which would put the sign-in page into its place: all of it goes there.
    """
    if getattr(request, "htmx", False):
        return HttpResponseClientRefresh()
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else settings.LOGIN_REDIRECT_URL
    return redirect_to_login(back, resolve_url(settings.LOGIN_URL))


def as_person(request: HttpRequest) -> PersonRequest | None:
    """Note on the request who asks and for which organization; None for somebody who is in no organization."""
    person = cast(PersonRequest, request)
    actor = Actor(ActorType.USER, person.user.id, person.user.email, origin_of(request))
    organizations = organizations_of(person.user)
    organization = chosen_organization(request.session.get(CHOSEN), organizations)
    principal = principal_of(actor, organization.id) if organization else None
    if organization is None or principal is None:
        return None
    person.organization, person.organizations, person.principal = organization, organizations, principal
    return person


def principal_in(request: HttpRequest, organization_id: uuid.UUID) -> Principal | None:
    """Return what the signed-in person is in an organization now; None for somebody who is not in it."""
    user = cast(User, request.user)
    return principal_of(Actor(ActorType.USER, user.id, user.email, origin_of(request)), organization_id)


def organizations_of(user: User) -> list[Organization]:
    """Return the organizations that somebody is a member of, the oldest membership first."""
    memberships = Membership.objects.filter(member_type=ActorType.USER, member_id=user.id, project=None)
    return [
        membership.organization for membership in memberships.select_related("organization").order_by("created_at")
    ]


def chosen_organization(chosen: str | None, organizations: list[Organization]) -> Organization | None:
    """Return the organization with the chosen id if it is among them, else the first one."""
    return next((one for one in organizations if str(one.id) == chosen), next(iter(organizations), None))


def member_of_nothing(request: HttpRequest) -> HttpResponse:
    is_operator = getattr(request.user, "is_superuser", False)
    found_one = [Step("Create an organization", resolve_url("organizations:new"))] if is_operator else []
    return outcome(
        request,
        title="You belong to no organization",
        cause=f"You are signed in as {request.user}, who is not a member of any organization here.",
        advice="Ask an admin of your organization to add you, then load this page again.",
        steps=[*found_one, Step("Sign out", resolve_url("account_logout"), fields={})],
        status=403,
    )
