"""Token auth of a machine identity: its terms, and the tokens that were made with it."""

import uuid
from datetime import datetime
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from identities.models import AccessToken, TokenAuth
from identities.services import token_auth
from identities.services.identities import Member
from identities.web import snippets
from identities.web.forms import TermsForm, TokenForm
from identities.web.frame import PER_PAGE, address, member_for, page, posted, question
from identities.web.terms import Way, edit_terms, facts_of
from organizations.roles import Permission
from organizations.web.people import PersonRequest, signed_in
from wire.errors import NotFound

P = Permission
TAB = "identities:token-auth"
WAY = Way(TAB, TermsForm, token_auth.attach, token_auth.update)


class TokenRow(NamedTuple):
    """A token in the list. `state` says why it does not work any more."""

    token: AccessToken
    state: str


@require_safe
@signed_in
def overview(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET /organization/identities/<id>/token-auth."""
    member = member_for(request, identity_id, P.IDENTITIES_READ)
    if not hasattr(member.identity, "token_auth"):
        return page(request, "token_auth_absent", member, current=TAB)
    found = token_auth.tokens_of(request.principal, identity_id=str(identity_id))
    tokens = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = [token_row(token, timezone.now()) for token in tokens]
    terms = facts_of(auth_of(member))
    return page(request, "token_auth", member, current=TAB, terms=terms, tokens=tokens, rows=rows)


def auth_of(member: Member) -> TokenAuth:
    """Return the token auth of an identity, for a page that is about it; raises NotFound without one."""
    return token_auth.of(member.identity, NotFound())


def token_row(token: AccessToken, now: datetime) -> TokenRow:
    if token.is_revoked:
        return TokenRow(token, "Revoked")
    if token.expires_at and token.expires_at <= now:
        return TokenRow(token, "Expired")
    used_up = token.num_uses_limit and token.num_uses >= token.num_uses_limit
    return TokenRow(token, "Used up" if used_up else "")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def terms(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/token-auth/terms: of the one there is, or of a new one."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    auth = getattr(member.identity, "token_auth", None) or TokenAuth(identity=member.identity)
    return edit_terms(request, member, WAY, auth)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def remove(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/token-auth/remove."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    auth_of(member)
    if request.method == "POST":
        token_auth.remove(request.principal, identity_id=str(identity_id))
        messages.success(request, f"{member.identity.name} has no token auth any more.")
        return redirect(TAB, identity_id=identity_id)
    return question(
        request,
        member,
        title=f"Remove token auth from {member.identity.name}?",
        text="All tokens that were made with it stop working at once.",
        does="Remove token auth",
        back=address("token-auth", member.identity),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def new_token(request: PersonRequest, identity_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/token-auth/tokens/new.

    The answer to the POST is the only place that ever shows the token.
    """
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    auth_of(member)
    form = TokenForm(posted(request))
    if not form.is_valid():
        return page(request, "token_new", member, form=form, status=422 if form.errors else 200)
    name = form.cleaned_data["name"]
    issued = token_auth.create_token(
        request.principal, identity_id=str(identity_id), name=name, organization_slug=None
    )
    return page(request, "token", member, secret=issued.text, token=issued.token, snippets=snippets.for_token())


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def rename_token(request: PersonRequest, identity_id: uuid.UUID, token_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/token-auth/tokens/<id>/rename."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    token = token_for(request, member, token_id)
    form = TokenForm(posted(request), initial={"name": token.name})
    if not form.is_valid():
        return page(request, "token_rename", member, form=form, token=token, status=422 if form.errors else 200)
    if form.cleaned_data["name"] != token.name:
        token_auth.rename_token(request.principal, token_id=str(token_id), name=form.cleaned_data["name"])
    messages.success(request, "The token is renamed.")
    return redirect(TAB, identity_id=identity_id)


def token_for(request: PersonRequest, member: Member, token_id: uuid.UUID) -> AccessToken:
    """Return a token of the identity of a page; raises NotFound for one of another."""
    token = token_auth.get_token(request.principal, token_id=str(token_id))
    if token.identity_id != member.identity.id:
        raise NotFound(f"Failed to find token with ID {token_id}")
    return token


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def revoke_token(request: PersonRequest, identity_id: uuid.UUID, token_id: uuid.UUID) -> HttpResponse:
    """GET and POST /organization/identities/<id>/token-auth/tokens/<id>/revoke."""
    member = member_for(request, identity_id, P.IDENTITIES_EDIT)
    token = token_for(request, member, token_id)
    if request.method == "POST":
        token_auth.revoke_token(request.principal, token_id=str(token_id))
        messages.success(request, f"The token {token} is revoked.")
        return redirect(TAB, identity_id=identity_id)
    return question(
        request,
        member,
        title=f"Revoke the token {token}?",
        text="What uses it is refused from this moment on. This cannot be undone.",
        does="Revoke token",
        back=address("token-auth", member.identity),
    )
