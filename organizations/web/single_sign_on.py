"""Single sign-on by OpenID Connect: one issuer, named in the settings.

It signs in people who are here already. An identity of the issuer (`iss` and `sub`) is linked to the person with
the same e-mail address when it first comes, if the issuer calls the address verified; then the link counts.
"""

from typing import Any
from urllib.parse import urlsplit

import structlog
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from organizations.models import User
from organizations.web.attempts import count_address
from wire.pages import Step, outcome

log = structlog.get_logger(__name__)
DISCOVERY_KEPT = 600
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")
LONGEST_SUBJECT = 191  # what a link has room for
# What requests raises, what allauth raises, and what an answer in an impossible shape comes to.
FAILURES = (OSError, OAuth2Error, AttributeError, KeyError, TypeError, ValueError)


class Untrue(OAuth2Error):  # type: ignore[misc]  # allauth has no types
    """The issuer says what cannot be. The text names no secret, unlike that of other errors here."""


class Issuer(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """How we talk to the issuer, where allauth is less strict than OpenID Connect asks for."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the issuer says of itself; raises OSError, ValueError, Untrue."""
        known: dict[str, Any] | None = cache.get(f"openid:{settings.OIDC_ISSUER}")
        if known is None:
            known = super().openid_config
            self._require_own(known)
            cache.set(f"openid:{settings.OIDC_ISSUER}", known, DISCOVERY_KEPT)
        return known

    def _require_own(self, config: dict[str, Any]) -> None:
        """Refuse another's configuration (OpenID Connect Discovery, 4.3), and endpoints in clear text."""
        if config.get("issuer") != settings.OIDC_ISSUER:
            raise Untrue(f"the discovery document is that of {config.get('issuer')!r}")
        scheme = urlsplit(settings.OIDC_ISSUER).scheme
        for name in ENDPOINTS:
            if urlsplit(str(config.get(name, ""))).scheme not in {"https", scheme}:
                raise Untrue(f"{name} is missing or not an https address")

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002
        return f"{settings.SITE_URL}{reverse('single_sign_on_callback')}"

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Return who came; raises Untrue when the two answers do not speak of the same (Core, 5.3.2)."""
        login = super().complete_login(request, app, token, **kwargs)
        said = login.account.extra_data
        subjects = {said.get(part, {}).get("sub") for part in ("id_token", "userinfo")}
        subject = subjects.pop()
        if subjects or not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise Untrue("ID token and user info do not name the same subject")
        login.account.extra_data = {}  # nothing of it is needed again
        return login


class Provider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    oauth2_adapter_class = Issuer
    pkce_enabled_default = True

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Return the address if the issuer vouches for it, and none otherwise."""
        said = data.get("userinfo") or data.get("id_token") or {}
        email = said.get("email")
        if not isinstance(email, str) or not is_true(said.get("email_verified")):
            return []
        return [EmailAddress(email=email.strip().lower(), verified=True, primary=True)]


class People(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's `SOCIALACCOUNT_ADAPTER`. Nobody makes an account for themselves."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        return False

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provider:  # noqa: ARG002
        """Return the one there is. Its id is the issuer, so that a link holds `iss` and `sub`."""
        app = SocialApp(
            provider=Provider.id,
            provider_id=settings.OIDC_ISSUER,
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"server_url": settings.OIDC_ISSUER.rstrip("/")},
        )
        return Provider(request, app=app)

    def get_requests_session(self) -> Any:
        """Follow no redirect: a client secret goes to the issuer and nowhere else."""
        session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Link a new identity to the person that it is, or say why nobody is signed in."""
        if sociallogin.state.get("process") != "login":
            raise Http404
        if sociallogin.is_existing:
            return
        email = next((address.email for address in sociallogin.email_addresses if address.verified), None)
        if email is None:
            raise ImmediateHttpResponse(unverified(request))
        with transaction.atomic():
            user = User.objects.select_for_update().filter(email=email).first()
            if user is None:
                raise ImmediateHttpResponse(not_invited(request, email))
            if SocialAccount.objects.filter(user=user, provider=settings.OIDC_ISSUER).exists():
                raise ImmediateHttpResponse(somebody_else(request, email))
            if user.is_active:
                sociallogin.connect(request, user)
            sociallogin.user = user

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,  # noqa: ARG002
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> None:
        """Show our page instead of allauth's."""
        note(exception, kind=error)
        raise ImmediateHttpResponse(
            refused(request) if error == AuthError.CANCELLED else failed(request, exception)
        )


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the issuer. A link rather than a form: browsers hold each redirect of a form against `form-action`,
    and an issuer may send people on to yet another site. Links on other sites lead to the sign-in page instead."""
    require_single_sign_on()
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return HttpResponse(status=302, headers={"Location": reverse("account_login")})
    count_address(request)
    provider = People(request).get_provider(request, settings.OIDC_ISSUER)
    try:
        response: HttpResponse = provider.redirect(
            request, process="login", next_url=get_next_redirect_url(request)
        )
    except FAILURES as error:
        note(error)
        return failed(request, error)
    return response


@never_cache
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take whom the issuer sends back."""
    require_single_sign_on()
    count_address(request)
    try:
        response: HttpResponse = OAuth2CallbackView.adapter_view(Issuer(request, settings.OIDC_ISSUER))(request)
    except FAILURES as error:
        note(error)
        return failed(request, error)
    return response


def require_single_sign_on() -> None:
    if not settings.OIDC_ISSUER:
        raise Http404


def is_true(claim: object) -> bool:
    """Tell whether a claim says yes. Some issuers send the word, where Core, 5.1, wants the boolean."""
    return claim is True or claim == "true"


def note(error: Exception | None, **more: Any) -> None:
    """Log why it failed: an error's kind only, since its text may quote an answer with a token in it."""
    what = str(error) if isinstance(error, Untrue) else type(error).__name__
    log.warning("single sign-on failed", cause=what, issuer=settings.OIDC_ISSUER, **more)


def _said(request: HttpRequest, title: str, cause: str, advice: str, status: int) -> HttpResponse:
    steps = [Step("Back to sign-in", reverse("account_login"))]
    return outcome(request, title=title, cause=cause, advice=advice, steps=steps, status=status)


def not_invited(request: HttpRequest, email: str) -> HttpResponse:
    return _said(
        request,
        "You need an invitation",
        f"You signed in as {email}, and nobody has an account with this address here.",
        "Ask an admin of your organization to invite this address, then sign in again.",
        403,
    )


def unverified(request: HttpRequest) -> HttpResponse:
    return _said(
        request,
        "Your email address is not verified",
        f"{settings.OIDC_NAME} gave no email address for you that it has verified.",
        "Verify your address there, or ask whoever runs it to do so, then sign in again.",
        403,
    )


def somebody_else(request: HttpRequest, email: str) -> HttpResponse:
    return _said(
        request,
        "This account is linked to somebody else",
        f"{email} has signed in before with another identity of {settings.OIDC_NAME}.",
        "If both are you, ask whoever runs this instance to remove the old link.",
        403,
    )


def refused(request: HttpRequest) -> HttpResponse:
    return _said(request, "You were not signed in", "You, or the other side, stopped it half-way.", "", 403)


def failed(request: HttpRequest, error: Exception | None) -> HttpResponse:
    if error is None:
        return _said(
            request,
            "This sign-in is no longer valid",
            "It began more than ten minutes ago, in another browser, or was finished already.",
            "Begin again on the sign-in page.",
            400,
        )
    return _said(
        request,
        "Single sign-on does not work right now",
        f"{urlsplit(settings.OIDC_ISSUER).hostname} did not answer as it should.",
        "Try again in a moment, or sign in with your password. If it stays like this, give whoever runs this "
        "instance the request's id.",
        400,
    )
