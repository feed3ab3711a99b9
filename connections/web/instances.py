"""The pages of instances: what the operator configured, and what the organization registered."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from connections import instances, servers
from connections.errors import InstanceInUse
from connections.instance_rules import Authority, trusted
from connections.instances import INSTANCE_STAYS, Usage
from connections.models import Client, Instance
from connections.providers import PROVIDERS
from connections.providers.base import Provider
from connections.web.client_kinds import KindShown, SharedShown, kinds_at, shared_kinds
from connections.web.instance_forms import ClientForm, NetworkForm, RegisterForm
from organizations.access import Principal, require_organization
from organizations.roles import Permission
from organizations.web.people import PersonRequest, signed_in

NONE = Usage()


@dataclass(frozen=True, slots=True)
class Shown:
    """An instance with all that its pages tell of it, and no secret."""

    instance: Instance
    url: str
    redirect_uri: str
    kinds: Sequence[KindShown]
    authorities: Sequence[Authority]
    usage: Usage

    @property
    def main(self) -> KindShown:
        """The kind of client that people register by hand."""
        return self.kinds[0]

    @property
    def has_no_client(self) -> bool:
        return not any(each.client or each.has_shared_client for each in self.kinds)

    @property
    def first_expiry(self) -> Authority | None:
        return min(self.authorities, key=lambda each: each.expires_at, default=None)

    @property
    def has_expired_authority(self) -> bool:
        return any(each.expires_at < timezone.now() for each in self.authorities)


@dataclass(frozen=True, slots=True)
class AppSection:
    """What the overview shows of one app: the operator's clients, by address, and the registered instances."""

    provider: Provider
    shared: Mapping[str, Sequence[SharedShown]]
    redirect_uri: str
    shown: Sequence[Shown]

    @property
    def clients_title(self) -> str:
        return "Clients" if self.has_several_kinds else self.provider.main_client.title

    @property
    def lacks_clients(self) -> bool:
        return not all(each.is_set for kinds in self.shared.values() for each in kinds)

    @property
    def has_several_kinds(self) -> bool:
        return len(self.provider.clients) > 1


@signed_in
def overview(request: PersonRequest) -> HttpResponse:
    """GET /organization/instances: those of every app."""
    principal = request.principal
    require_organization(principal, Permission.INSTANCES_READ)
    usage = instances.usage(principal)
    sections = [_section(principal, provider, usage) for provider in PROVIDERS.values()]
    shown = {"sections": sections, "may_edit": _may_edit(principal)}
    return render(request, "connections/instances.html", shown)


@signed_in
def new(request: PersonRequest, app: str) -> HttpResponse:
    """GET and POST /organization/instances/<app>/new: register an instance."""
    provider = provider_of(app)
    require_organization(request.principal, Permission.INSTANCES_EDIT)
    form = RegisterForm(request.POST or None, request.FILES or None)
    made: list[Instance] = []

    def register() -> None:
        made.append(instances.register(request.principal, provider, **form.settings()))

    if request.method == "POST" and form.is_valid() and form.send(register):
        messages.success(request, f"{made[0].url} is registered. Next, create its {first_client(provider)}.")
        return HttpResponseRedirect(page_of(provider, made[0].id))
    shown = {"provider": provider, "form": form, "next": first_client(provider)}
    return render(request, "connections/instance_new.html", shown, status=_status(form))


@signed_in
def detail(request: PersonRequest, app: str, instance_id: uuid.UUID) -> HttpResponse:
    """GET /organization/instances/<app>/<id>: one instance, with the forms that change it."""
    provider = provider_of(app)
    return _page(request, provider, instances.get(request.principal, provider, instance_id=instance_id))


@require_POST
@signed_in
def change_client(request: PersonRequest, app: str, instance_id: uuid.UUID) -> HttpResponse:
    """POST /organization/instances/<app>/<id>/client: another OAuth client, or other secrets of it."""
    provider = provider_of(app)
    instance = to_change(request.principal, provider, instance_id)
    form = ClientForm(request.POST, has_client=_client(provider, instance) is not None)
    if form.is_valid() and form.send(
        lambda: instances.change(request.principal, provider, instance_id=instance_id, changes=form.changes())
    ):
        return _changed(request, provider, instance)
    return _page(request, provider, instance, client_form=form)


@require_POST
@signed_in
def change_network(request: PersonRequest, app: str, instance_id: uuid.UUID) -> HttpResponse:
    """POST /organization/instances/<app>/<id>/network: other certificates, open or closed to private addresses."""
    provider = provider_of(app)
    instance = to_change(request.principal, provider, instance_id)
    form = NetworkForm(request.POST, request.FILES)
    if form.is_valid() and form.send(
        lambda: instances.change(request.principal, provider, instance_id=instance_id, changes=form.settings())
    ):
        return _changed(request, provider, instance)
    return _page(request, provider, instance, network_form=form)


@signed_in
def delete(request: PersonRequest, app: str, instance_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/instances/<app>/<id>/delete: ask, then delete what no OAuth connection uses."""
    provider = provider_of(app)
    instance = to_change(request.principal, provider, instance_id)
    refused = ""
    if request.method == "POST":
        try:
            instances.remove(request.principal, provider, instance_id=instance_id)
        except InstanceInUse as error:
            refused = str(error)
        else:
            messages.success(request, f"{instance.url} is deleted.")
            return HttpResponseRedirect(reverse("connections:instances"))
    shown = {
        "provider": provider,
        "shown": _shown(provider, instance, instances.usage(request.principal)),
        "refused": refused,
        "stays": INSTANCE_STAYS,
    }
    return render(request, "connections/instance_delete.html", shown, status=422 if refused else 200)


def _page(request: PersonRequest, provider: Provider, instance: Instance, **forms: Any) -> HttpResponse:
    """Return the page of an instance; of its `forms` those that were sent and refused, as they were sent."""
    asked = next(iter(forms.values()), None)
    network = {"caCertificates": instance.ca_pem, "allowPrivate": instance.allow_private}
    own = _client(provider, instance)
    client = {"clientId": own.client_id if own else ""}
    shown = {
        "provider": provider,
        "shown": _shown(provider, instance, instances.usage(request.principal)),
        "may_edit": _may_edit(request.principal),
        "has_errors": asked is not None,
        "network_form": NetworkForm(initial=network),
        "client_form": ClientForm(initial=client, has_client=own is not None),
        **forms,
    }
    return render(request, "connections/instance.html", shown, status=422 if asked else 200)


def first_client(provider: Provider) -> str:
    """Return what the client is called that comes first at a new instance: that of the recommended method."""
    methods = sorted(provider.browser_methods.values(), key=lambda method: not method.is_recommended)
    kind = provider.client_of(methods[0]) if methods else None
    return kind.title if kind else ""


def _section(principal: Principal, provider: Provider, usage: dict[tuple[str, str], Usage]) -> AppSection:
    found = instances.list_instances(principal, provider)
    return AppSection(
        provider=provider,
        shared=shared_kinds(provider),
        redirect_uri=servers.redirect_uri(provider),
        shown=[_shown(provider, instance, usage) for instance in found],
    )


def _shown(provider: Provider, instance: Instance, usage: dict[tuple[str, str], Usage]) -> Shown:
    return Shown(
        instance=instance,
        url=page_of(provider, instance.id),
        redirect_uri=servers.redirect_uri(provider, instance),
        kinds=kinds_at(provider, instance),
        authorities=trusted(instance),
        usage=usage.get((instance.app, instance.url), NONE),
    )


def _client(provider: Provider, instance: Instance) -> Client | None:
    return instance.client(provider.main_client.name)


def to_change(principal: Principal, provider: Provider, instance_id: uuid.UUID) -> Instance:
    require_organization(principal, Permission.INSTANCES_EDIT)
    return instances.get(principal, provider, instance_id=instance_id)


def _changed(request: PersonRequest, provider: Provider, instance: Instance) -> HttpResponse:
    messages.success(request, f"{instance.url} is changed.")
    return HttpResponseRedirect(page_of(provider, instance.id))


def _may_edit(principal: Principal) -> bool:
    return Permission.INSTANCES_EDIT in principal.permissions(None)


def provider_of(app: str) -> Provider:
    if app not in PROVIDERS:
        raise Http404
    return PROVIDERS[app]


def page_of(provider: Provider, instance_id: uuid.UUID) -> str:
    return reverse("connections:instance", kwargs={"app": provider.app, "instance_id": instance_id})


def _status(form: RegisterForm) -> int:
    return 422 if form.is_bound and form.errors else 200
