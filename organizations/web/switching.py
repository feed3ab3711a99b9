"""Which of their organizations a person looks at."""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from organizations.web.people import CHOSEN, PersonRequest, signed_in


@require_POST
@signed_in
def switch(request: PersonRequest) -> HttpResponse:
    """POST /organization/switch: look at another organization that the person is in; 404 for any other."""
    wanted = request.POST.get("organization", "")
    if all(str(organization.id) != wanted for organization in request.organizations):
        raise Http404
    request.session[CHOSEN] = wanted
    return HttpResponseRedirect(settings.LOGIN_REDIRECT_URL)
