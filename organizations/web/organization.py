"""An organization's own pages: its settings, and a further organization."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from audit.actors import Actor, ActorType
from organizations import founding
from organizations.access import require_organization
from organizations.models import User
from organizations.roles import Permission
from organizations.web.member_forms import OrganizationForm
from organizations.web.people import CHOSEN, PersonRequest, as_person, signed_in, to_sign_in
from wire.errors import Forbidden
from wire.origin import origin_of


@require_http_methods(["GET", "POST"])
@signed_in
def settings_page(request: PersonRequest) -> HttpResponse:
    """GET and POST /organization/settings: the organization's name; what programs know it by is shown."""
    require_organization(request.principal, Permission.ORGANIZATION_EDIT)
    form = OrganizationForm(request.POST or None, initial={"name": request.organization.name})
    if request.method == "POST" and form.is_valid():
        founding.rename(request.principal, name=form.cleaned_data["name"])
        messages.success(request, "The name is changed.")
        return redirect("organizations:settings")
    status = 422 if request.method == "POST" else 200
    return render(request, "organizations/settings.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """GET and POST /organization/new: a further organization, for operators; they need not be in one yet."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    as_person(request)
    answer = _new(request, request.user)
    add_never_cache_headers(answer)
    return answer


def _new(request: HttpRequest, user: User) -> HttpResponse:
    if not user.is_superuser:
        raise Forbidden(founding.OPERATORS_ONLY)
    form = OrganizationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actor = Actor(ActorType.USER, user.id, user.email, origin_of(request))
        organization = founding.found(actor, name=form.cleaned_data["name"])
        request.session[CHOSEN] = str(organization.id)
        messages.success(request, f"{organization.name} is created, and you are its admin.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    status = 422 if request.method == "POST" else 200
    return render(request, "organizations/new.html", {"form": form}, status=status)
