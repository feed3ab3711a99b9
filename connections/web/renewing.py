"""Renew the keys of our client of one kind at an instance, in the order in which nothing is interrupted."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from connections import client_keys
from connections.web.client_kinds import own_at
from connections.web.instances import page_of, provider_of, to_change
from connections.web.key_forms import KeysForm
from organizations.web.people import PersonRequest, signed_in


@require_http_methods(["GET", "POST"])
@signed_in
def renew(request: PersonRequest, app: str, instance_id: uuid.UUID, kind: str) -> HttpResponse:
    """GET and POST /organization/instances/<app>/<id>/clients/<kind>/keys: say what to do, and take new ones."""
    provider = provider_of(app)
    instance = to_change(request.principal, provider, instance_id)
    shown = own_at(provider, instance, kind)
    if shown is None:
        raise Http404
    form = KeysForm(request.POST or None, request.FILES or None, kind=shown.kind)

    def renew() -> None:
        client_keys.renew(request.principal, provider, shown.kind, instance_id=instance.id, **form.renewed())

    page = page_of(provider, instance.id)
    if request.method == "POST" and form.is_valid() and form.send(renew):
        messages.success(request, f"From now on the {shown.kind.title} of {instance.url} goes by the new keys.")
        return HttpResponseRedirect(page)
    about = {"provider": provider, "instance": instance, "page": page, "shown": shown, "form": form}
    return render(request, "connections/client_keys.html", about, status=422 if form.errors else 200)
