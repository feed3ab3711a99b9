"""The members of a project, people and machine identities: the list, and a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from identities.services import project_members
from identities.services.project_members import IDENTITY, MOST_CANDIDATES, PERSON
from identities.web.project_forms import AddForm
from organizations.roles import Permission
from organizations.web import listing
from organizations.web.people import ProjectRequest, in_project
from wire.errors import BadRequest, BeyondPrivileges, NotFound

P = Permission
KINDS = {"people": PERSON, "machines": IDENTITY}


@require_GET
@in_project
def listed(request: ProjectRequest) -> HttpResponse:
    """GET /projects/<id>/members: `?q=` searches, `?kind=people` and `?kind=machines` leave one kind."""
    principal, project, search = request.principal, request.project, listing.search_of(request)
    kind = request.GET.get("kind", "")
    found = project_members.find_members(principal, project=project, search=search, kind=KINDS.get(kind, ""))
    page = listing.page_of(request, found)
    counts = project_members.count_by_kind(principal, project=project, search=search)
    held = principal.permissions(project.id)
    shown = {
        "page": page,
        "members": project_members.as_members(principal, page.object_list),
        "search": search,
        "kind": kind if kind in KINDS else "",
        "chips": [
            ("", "All", sum(counts.values())),
            ("people", "People", counts.get(PERSON, 0)),
            ("machines", "Machine identities", counts.get(IDENTITY, 0)),
        ],
        "sees_identities": P.IDENTITIES_READ in principal.permissions(None),
        "may_add": P.MEMBERS_CREATE in held,
        "may_edit": P.MEMBERS_EDIT in held,
        "may_remove": P.MEMBERS_DELETE in held,
    }
    return listing.answer(request, "identities/project_members.html", "identities/project_member_rows.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@in_project
def new(request: ProjectRequest) -> HttpResponse:
    """/projects/<id>/members/new: add somebody of the organization; `?q=` narrows down who is offered."""
    search = listing.search_of(request)
    found, count = project_members.candidates(request.principal, project=request.project, search=search)
    form = AddForm(request.POST if request.method == "POST" else None, candidates=found)
    if form.is_valid() and _add(request, form):
        return redirect("identities:project-members", project_id=request.project.id)
    shown = {
        "form": form,
        "search": search,
        "count": count,
        "shown_count": len(found),
        "is_searchable": bool(search) or count > MOST_CANDIDATES,
        "may_see_people": P.MEMBERS_READ in request.principal.permissions(None),
    }
    return render(request, "identities/project_member_new.html", shown, status=422 if form.is_bound else 200)


def _add(request: ProjectRequest, form: AddForm) -> bool:
    """Make who was chosen a member; says whether it worked, and puts into the form why not."""
    kind, member_id = form.chosen()
    try:
        project_members.add(
            request.principal, project=request.project, kind=kind, member_id=member_id, roles=form.given()
        )
    except BeyondPrivileges as error:
        form.add_error("roles", str(error))
        return False
    except (BadRequest, NotFound) as error:
        form.add_error("member", str(error))
        return False
    names = {str(key): name for _, group in form.fields["member"].choices[1:] for key, name in group}  # type: ignore[attr-defined]  # of a ChoiceField
    messages.success(request, f"{names[form.cleaned_data['member']]} is a member of the project.")
    return True
