"""A new connection of what came back: at once, or of what the person chooses among candidates."""

from collections.abc import Sequence

from django.utils import timezone

from connections import obtaining, services
from connections.providers import PROVIDERS
from connections.providers.base import Candidate, Credentials, OAuth
from connections.rows import ConnectionView
from oauth.attempts import LIFETIME, connection_of, use_named
from oauth.errors import NothingToChoose
from oauth.models import OAuthAttempt
from organizations.access import Principal

CANDIDATES = "candidates"


def create(
    principal: Principal, attempt: OAuthAttempt, given: Credentials, *, is_chosen: bool = False
) -> ConnectionView:
    """Make the connection that the attempt was for. Raises as `services.create`."""
    return services.create(
        principal,
        PROVIDERS[attempt.app],
        name=attempt.name,
        method=attempt.method,
        credentials=given,
        description=attempt.description or None,
        project_id=str(attempt.project_id) if attempt.project_id else None,
        scopes=attempt.scopes,
        instance_url=attempt.instance_url,
        is_chosen=is_chosen,
    )


def are_there(oauth: OAuth, attempt: OAuthAttempt) -> bool:
    """Tell whether a person who names nothing chooses among what they have at the server."""
    return oauth.candidates is not None and use_named(oauth, attempt.use).is_there and not attempt.reconnects


def offer(attempt: OAuthAttempt, given: Credentials) -> None:
    """Exchange the code, and keep what the person may choose for as long as an attempt may take.

    Nothing of it is secret, and there is no grant yet. Raises as `obtaining.obtain`.
    """
    provider = PROVIDERS[attempt.app]
    method = provider.methods[attempt.method]
    found = obtaining.candidates(
        provider, method, given, connection=connection_of(attempt), instance_url=attempt.instance_url
    )
    attempt.found = {CANDIDATES: [{"label": each.label, "credentials": each.credentials} for each in found]}
    attempt.expires_at = timezone.now() + LIFETIME
    attempt.save(update_fields=["found", "expires_at"])


def offered(attempt: OAuthAttempt) -> Sequence[Candidate]:
    """Return what the person may choose; raises NothingToChoose."""
    found = (attempt.found or {}).get(CANDIDATES)
    if not found:
        raise NothingToChoose
    return [Candidate(each["label"], each["credentials"]) for each in found]


def choose(principal: Principal, attempt: OAuthAttempt, number: int) -> ConnectionView:
    """Connect to one of what was offered, once. Raises NothingToChoose, and as `services.create`."""
    chosen = offered(attempt)[number]
    if not OAuthAttempt.objects.filter(pk=attempt.pk, found__isnull=False).update(found=None):
        raise NothingToChoose
    return create(principal, attempt, chosen.credentials, is_chosen=True)
