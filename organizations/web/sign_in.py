"""How people sign in and get a new password: django-allauth's flows, with this product's limits and addresses."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from organizations.accounts import record_failure
from organizations.models import User
from organizations.web.attempts import count_password, know_browser
from wire.origin import origin_of

log = structlog.get_logger(__name__)
mailing = ThreadPoolExecutor(max_workers=2, thread_name_prefix="mail")


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's `ACCOUNT_ADAPTER`. Nobody makes an account for themselves."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address or the password is wrong.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def is_ajax(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Answer with pages, whatever a request says that it accepts: there is one way in, not two."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Tell whether `next` may be followed: a path of this site. Other names of this host are other sites."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_client_ip(self, request: HttpRequest) -> str:
        return origin_of(request).ip

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt, before a password is looked at; raises RateLimited."""
        count_password(request, credentials["email"])

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = User.objects.filter(email=credentials["email"]).first()
        record_failure(user=user, origin=origin_of(request), step="password")

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        record_failure(user=user, origin=origin_of(request), step="switched-off")
        return HttpResponseRedirect(reverse("account_inactive"))

    def post_login(self, request: HttpRequest, user: User, **how: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **how)
        know_browser(response, user.email)
        return response

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("mfa_index")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link to a new password: of `SITE_URL`, since a request's Host header is the sender's word."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.SITE_URL}{path.replace('UID-KEY', key)}"

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Send the link, or for a stand-in, whom the database does not know, write it only."""
        if user._state.adding:
            self.render_mail("account/email/password_reset_key", email, {"email": email, **context})
        else:
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail from a thread: how long it takes, or that it fails, would tell who has an account."""
        mailing.submit(deliver, self.render_mail(template_prefix, email, {"email": email, **context}))


def deliver(mail: EmailMessage) -> None:
    try:
        mail.send()
    except OSError:  # what smtplib raises, and the network
        log.exception("mail could not be sent")
