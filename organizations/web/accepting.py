"""The page that the link of an invitation leads to. Whoever opens it has read the mail; reading changes nothing."""

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from organizations import joining
from organizations.invitations import is_pending
from organizations.models import Invitation, InvitationState, User
from organizations.web.member_forms import SignUpForm
from organizations.web.people import CHOSEN, as_person
from wire.errors import BadRequest
from wire.limits import Limit, count
from wire.origin import neighbourhood, origin_of
from wire.pages import HOME, Step, outcome

# What a link that no longer works was: the answer's status, and the cause.
OVER = {
    None: (404, "It was not copied whole, or a newer invitation has taken its place: only the latest link works."),
    InvitationState.ACCEPTED: (410, "It was used already: each link works once. If it was you, sign in."),
    InvitationState.EXPIRED: (410, "It is older than seven days."),
    InvitationState.REVOKED: (410, "An admin has revoked it."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """GET and POST /invitations/<key>: join as the invited person, with an account or with a new one."""
    if request.method == "POST" and (usage := count(Limit.LOGIN, neighbourhood(origin_of(request).ip))):
        usage.check()
    found = joining.find(key)
    if isinstance(request.user, User):
        as_person(request)  # the page shows who is signed in
    answer = _answer(request, key, found) if found and is_pending(found) else over(request, found)
    add_never_cache_headers(answer)
    return answer


def _answer(request: HttpRequest, key: str, found: Invitation) -> HttpResponse:
    if isinstance(request.user, User):
        return _join(request, request.user, key, found)
    if joining.has_account(found):
        return _sign_in_first(request, found)
    return _sign_up(request, key, found)


def over(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    """Say why a link does not work, and nothing about whom it was for."""
    status, cause = OVER[found.state if found else None]
    return outcome(
        request,
        title="This invitation no longer works",
        cause=cause,
        advice="Ask whoever invited you to send it again.",
        steps=[HOME],
        status=status,
    )


def _join(request: HttpRequest, user: User, key: str, found: Invitation) -> HttpResponse:
    if user.email != found.email:
        return _somebody_else(request, user, found)
    if request.method != "POST":
        return render(request, "organizations/join.html", {"invitation": found})
    try:
        joined = joining.join(key, user=user, origin=origin_of(request))
    except BadRequest:
        return over(request, joining.find(key))
    return _arrived(request, joined, redirect(settings.LOGIN_REDIRECT_URL))


def _somebody_else(request: HttpRequest, user: User, found: Invitation) -> HttpResponse:
    return outcome(
        request,
        title="This invitation is for somebody else",
        cause=f"It was sent to {found.email}, and you are signed in as {user.email}.",
        advice="Sign out to accept it as that person. You come back to this page.",
        steps=[Step("Sign out", resolve_url("account_logout"), fields={"next": request.path}), HOME],
        status=200 if request.method != "POST" else 403,
    )


def _sign_in_first(request: HttpRequest, found: Invitation) -> HttpResponse:
    to_sign_in = redirect_to_login(request.path, resolve_url(settings.LOGIN_URL))
    return outcome(
        request,
        title=f"Join {found.organization.name}",
        cause=f"{found.email} has an account here.",
        advice="Sign in with it. You come back to this page to join.",
        steps=[Step("Sign in", to_sign_in.url)],
        status=200 if request.method != "POST" else 422,
    )


def _sign_up(request: HttpRequest, key: str, found: Invitation) -> HttpResponse:
    form = SignUpForm(request.POST or None, invited=found.email)
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        try:
            user, joined = joining.sign_up(
                key,
                password=filled["password"],
                first_name=filled["first_name"],
                last_name=filled["last_name"],
                origin=origin_of(request),
            )
        except BadRequest:
            now = joining.find(key)
            return _sign_in_first(request, now) if now and is_pending(now) else over(request, now)
        record_authentication(request, user, method="password", email=user.email)
        entered = perform_login(
            request, user, email_verification="none", redirect_url=resolve_url(settings.LOGIN_REDIRECT_URL)
        )
        return _arrived(request, joined, entered)
    status = 422 if request.method == "POST" else 200
    return render(request, "organizations/sign_up.html", {"form": form, "invitation": found}, status=status)


def _arrived(request: HttpRequest, joined: Invitation, answer: HttpResponse) -> HttpResponse:
    request.session[CHOSEN] = str(joined.organization_id)
    messages.success(request, f"You are a member of {joined.organization.name} now.")
    return answer
