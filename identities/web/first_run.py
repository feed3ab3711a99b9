"""The first page of an empty instance: it makes the first administrator and their organization."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from identities.services import bootstrap
from organizations.models import User
from wire.errors import BadRequest
from wire.origin import origin_of

IS_SET_UP = "instance-is-set-up"  # remembered by each process: there is no way back
ENTRANCES = {"account_login"}


class FirstRunMiddleware:
    """Lead whoever comes to the sign-in page of an empty instance to `/setup`. Other pages lead to signing in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or match.url_name not in ENTRANCES or is_set_up():
            return None
        return HttpResponseRedirect(resolve_url("set_up"))


def is_set_up() -> bool:
    """Tell whether the instance has been set up. Costs a query until it has been, and nothing from then on."""
    if cache.get(IS_SET_UP):
        return True
    done = bootstrap.is_set_up()
    if done:
        cache.set(IS_SET_UP, True, timeout=None)
    return done


class SetUpForm(forms.Form):
    """What an instance begins with."""

    organization_name = forms.CharField(
        label="Organization",
        max_length=64,
        help_text="Whose connections are kept here, such as your company or team. It can be renamed later.",
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username"}),
    )
    password = forms.CharField(
        max_length=1024,
        strip=False,
        help_text=password_validators_help_text_html,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules; the address is one of them."""
        filled: dict[str, Any] = super().clean() or {}
        if "password" in filled:
            try:
                validate_password(filled["password"], User(email=filled.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return filled


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Show the form, or set the instance up and sign its first person in. There is no such page afterwards."""
    if is_set_up():
        raise Http404
    form = SetUpForm(request.POST or None)
    if not form.is_valid():
        return render(request, "identities/set_up.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        user = bootstrap.set_up(**form.cleaned_data, origin=origin_of(request))
    except BadRequest:  # somebody else was faster
        raise Http404 from None
    return signed_in(request, user)


def signed_in(request: HttpRequest, user: User) -> HttpResponse:
    """Sign in whoever has just chosen a password, and lead to the first page."""
    messages.success(request, "This instance is set up. You are its admin.")
    response: HttpResponse = perform_password_login(request, {"email": user.email}, Login(user=user))
    return response
