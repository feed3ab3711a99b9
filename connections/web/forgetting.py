"""Forget our client of one kind at an instance; at the server it stays."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from connections import instances
from connections.errors import InstanceInUse
from connections.web.client_kinds import own_at
from connections.web.instances import page_of, provider_of, to_change
from organizations.web.people import PersonRequest, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def forget(request: PersonRequest, app: str, instance_id: uuid.UUID, kind: str) -> HttpResponse:
    """GET and POST /organization/instances/<app>/<id>/clients/<kind>/forget: ask, then forget what nothing uses."""
    provider = provider_of(app)
    instance = to_change(request.principal, provider, instance_id)
    shown = own_at(provider, instance, kind)
    if shown is None:
        raise Http404
    page, refused = page_of(provider, instance.id), ""
    if request.method == "POST":
        try:
            instances.forget_client(request.principal, provider, shown.kind, instance_id=instance_id)
        except InstanceInUse as error:
            refused = str(error)
        else:
            messages.success(request, f"The {shown.kind.title} of {instance.url} is forgotten.")
            return HttpResponseRedirect(page)
    about = {"provider": provider, "instance": instance, "page": page, "shown": shown, "refused": refused}
    return render(request, "connections/client_forget.html", about, status=422 if refused else 200)
