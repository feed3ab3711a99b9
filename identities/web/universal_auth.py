"""Universal Auth of a machine identity: its terms, its client secrets, its lockouts."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identities.models import ClientSecret, UniversalAuth
from identities.services import client_secrets, universal_auth
from identities.services.identities import Member
from identities.web import snippets
from identities.web.forms import ClientSecretForm, UniversalAuthForm
from identities.web.frame import PER_PAGE, address, lockouts, member_for, page, posted, question
from identities.web.terms import Fact, Way, edit_terms, facts_of, span, trusted
from organizations.roles import Permission
from organizations.web.people import PersonRequest, signed_in
from wire.errors import NotFound

P = Permission
TAB = "identities:universal-auth"
WAY = Way(TAB, UniversalAuthForm, universal_auth.attach, universal_auth.update)


class SecretRow(NamedTuple):
    """A client secret in the list. `state` says why it does not work any more."""

    secret: ClientSecret
    expires_at: datetime | None
    state: str


def auth_of(member: Member) -> UniversalAuth:
    """Return the Universal Auth of an identity, for a page that is about it; raises NotFound without one."""
    return universal_auth.of(member.identity, NotFound())


@require_safe
@signed_in
def overview(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET /organization/identities/<id>/universal-auth."""
    member = member_for(request, identity_id, P.IDENTITIES_READ)
    if not hasattr(member.identity, "universal_auth"):
        return page(request, "universal_auth_absent", member, current=TAB)
    auth = auth_of(member)
    found = client_secrets.list_active(request.principal, identity_id=str(identity_id))
    secrets = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        "universal_auth",
        member,
        current=TAB,
        auth=auth,
        terms=terms_of(auth),
        secrets=secrets,
        rows=[secret_row(secret, timezone.now()) for secret in secrets],
        locked_until=lockouts([member.identity]).get(identity_id),
        snippets=snippets.for_universal_auth(auth.client_id),
    )


def terms_of(auth: UniversalAuth) -> list[Fact]:
    lock = f"After {auth.lockout_threshold} failed logins, for {span(auth.lockout_duration_seconds)}"
    forgotten = f"; failures are forgotten after {span(auth.lockout_counter_reset_seconds)}"
    period = auth.access_token_period
    return [
        trusted("Logs in from", auth.client_secret_trusted_ips),
        *facts_of(auth),
        *([Fact("Renewed without end", f"for {span(period)} each time")] if period else []),
        Fact("Lock", lock + forgotten if auth.lockout_enabled else "Off: failed logins lock nothing"),
    ]


def secret_row(secret: ClientSecret, now: datetime) -> SecretRow:
    expires_at = secret.created_at + timedelta(seconds=secret.ttl) if secret.ttl else None
    if expires_at and expires_at <= now:
        return SecretRow(secret, expires_at, "Expired")
    used_up = secret.num_uses_limit and secret.num_uses >= secret.num_uses_limit
    return SecretRow(secret, expires_at, "Used up" if used_up else "")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def terms(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/universal-auth/terms: of the one there is, or of a new one."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    auth = getattr(member.identity, "universal_auth", None) or UniversalAuth(identity=member.identity)
    return edit_terms(request, member, WAY, auth)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/universal-auth/remove."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    name = member.identity.name
    auth_of(member)
    if request.method == "POST":
        universal_auth.remove(request.principal, identity_id=str(identity_id))
        messages.success(request, f"{name} has no universal auth any more.")
        return redirect(TAB, identity_id=identity_id)
    return question(
        request,
        member,
        title=f"Remove universal auth from {name}?",
        text="Its client ID, its client secrets and the access tokens it got with them stop working at once. "
        "Universal auth that is added again has another client ID.",
        does="Remove universal auth",
        back=address("universal-auth", member.identity),
    )


@require_POST
@signed_in
def clear_lockouts(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """POST /organization/identities/<id>/universal-auth/clear-lockouts."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    universal_auth.clear_lockouts(request.principal, identity_id=str(identity_id))
    messages.success(request, f"{member.identity.name} can log in again.")
    return redirect(TAB, identity_id=identity_id)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_client_secret(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/universal-auth/client-secrets/new.

    The answer to the POST is the only place that ever shows the secret.
    """
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    auth = auth_of(member)
    form = ClientSecretForm(posted(request))
    if not form.is_valid():
        status = 422 if form.errors else 200
        return page(request, "client_secret_new", member, form=form, status=status)
    made = client_secrets.create(request.principal, identity_id=str(identity_id), **form.cleaned_data)
    return page(
        request,
        "client_secret",
        member,
        secret=made.text,
        row=secret_row(made.client_secret, timezone.now()),
        auth=auth,
        snippets=snippets.for_universal_auth(auth.client_id),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def revoke_client_secret(
    request: PersonRequest, identity_id: uuid.UUID, client_secret_id: uuid.UUID
) -> HttpResponse:
    """GET and POST /organization/identities/<id>/universal-auth/client-secrets/<id>/revoke."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    owner, key = str(identity_id), str(client_secret_id)
    secret = client_secrets.get(request.principal, identity_id=owner, client_secret_id=key)
    if request.method == "POST":
        client_secrets.revoke(request.principal, identity_id=owner, client_secret_id=key)
        messages.success(request, f"The client secret {secret} is revoked, with the access tokens it gave.")
        return redirect(TAB, identity_id=identity_id)
    called = f"{secret} ({secret.description})" if secret.description else str(secret)
    return question(
        request,
        member,
        title=f"Revoke the client secret {called}?",
        text="Nobody can log in with it any more, and the access tokens that it gave stop working at once.",
        does="Revoke client secret",
        back=address("universal-auth", member.identity),
    )
