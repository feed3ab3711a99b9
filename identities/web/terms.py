"""The terms of a way to log in: shown in words, and filled in to add or to change it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from identities.addresses import written
from identities.models import AuthMethod, everywhere
from identities.services.identities import Member
from identities.web.fields import in_units
from identities.web.forms import TermsForm, filled_in, refuse
from identities.web.frame import TABS, address, page, posted
from organizations.web.people import PersonRequest
from wire.errors import BadRequest


class Fact(NamedTuple):
    """A term in words, or as a list of addresses."""

    label: str
    text: str
    addresses: tuple[str, ...] = ()


class Way(NamedTuple):
    """A way to log in, as the services add it and change it; `tab` is the address name of its page."""

    tab: str
    form: type[TermsForm]
    attach: Callable[..., AuthMethod]
    update: Callable[..., AuthMethod]

    @property
    def label(self) -> str:
        return TABS[self.tab]


def span(seconds: int) -> str:
    return in_units(seconds) if seconds else "no limit"


def trusted(label: str, stored: list[dict[str, Any]]) -> Fact:
    """Return a term about addresses."""
    if stored == everywhere():
        return Fact(label, "every address")
    return Fact(label, "", tuple(written(one) for one in stored))


def facts_of(auth: AuthMethod) -> list[Fact]:
    """Return the terms that every way to log in has."""
    uses = auth.access_token_num_uses_limit
    return [
        Fact("Access tokens live for", span(auth.access_token_ttl)),
        Fact("Renewed, at the longest for", span(auth.access_token_max_ttl)),
        Fact("Requests with one token", str(uses) if uses else "no limit"),
        trusted("Tokens are used from", auth.access_token_trusted_ips),
    ]


def edit_terms(request: PersonRequest, member: Member, way: Way, auth: AuthMethod) -> HttpResponse:
    """Show or take the form of the terms: of `auth`, which is added when it is not stored yet."""
    is_new = auth._state.adding
    stored = filled_in(auth, way.form)
    form = way.form(posted(request), initial=stored)
    if form.is_valid() and _store(request, form, member, way, {} if is_new else stored):
        return redirect(way.tab, identity_id=member.identity.id)
    shown: dict[str, Any] = {"form": form, "way": way.label, "is_new": is_new}
    back = address(way.tab.partition(":")[2], member.identity)
    return page(request, "terms", member, **shown, back=back, status=422 if form.errors else 200)


def _store(request: PersonRequest, form: TermsForm, member: Member, way: Way, stored: dict[str, Any]) -> bool:
    """Store what differs from what is `stored`; without that, all of it."""
    absent = object()
    filled = {name: value for name, value in form.cleaned_data.items() if value != stored.get(name, absent)}
    identity_id = str(member.identity.id)
    try:
        if not stored:
            way.attach(request.principal, identity_id=identity_id, settings=filled)
        elif filled:
            way.update(request.principal, identity_id=identity_id, changes=filled)
    except BadRequest as error:
        refuse(form, error)
        return False
    done = f"{way.label} is {'changed' if stored else 'added'}." if filled else "Nothing was changed."
    messages.success(request, done)
    return True
