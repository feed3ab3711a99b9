"""The way back: from what GitLab sends the browser back with to a connection."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from audit.actors import Actor
from connections import services
from connections.errors import ConnectionNotFound
from connections.models import AppConnection
from connections.obtaining import obtain
from connections.providers import PROVIDERS
from connections.providers.answer import shown
from connections.providers.base import Account, Credentials, Facts, Provider, Verified
from connections.revocation import revoke
from connections.rows import ConnectionView
from oauth.attempts import connection_of, connection_to_reconnect, take_grant
from oauth.errors import CodeMissing, ConsentDenied, NothingToConfirm, ServerComplained
from oauth.models import OAuthAttempt
from organizations.access import Principal


@dataclass(frozen=True, slots=True)
class Difference:
    """In what a new grant is less than the old one, or another: what a person has to agree to."""

    account_before: str = ""
    account_now: str = ""
    lost_scopes: tuple[str, ...] = ()


def complete(principal: Principal, attempt: OAuthAttempt, answer: Mapping[str, str]) -> ConnectionView | None:
    """Make or reconnect what the attempt was for; None when a person has to decide first (`difference`).

    `answer` is the query that the person came back with (RFC 6749, section 4.1.2). Raises ConsentDenied,
    ServerComplained, CodeMissing, and what `services.create` raises. Whatever is raised, nothing is stored.
    """
    provider = PROVIDERS[attempt.app]
    given = {**attempt.given, "code": _code(provider, answer), "codeVerifier": attempt.open_verifier()}
    if attempt.reconnects:
        return _reconnect(principal, provider, attempt, given)
    return services.create(
        principal,
        provider,
        name=attempt.name,
        method=attempt.method,
        credentials=given,
        description=attempt.description or None,
        project_id=str(attempt.project_id) if attempt.project_id else None,
        scopes=attempt.scopes,
    )


def _code(provider: Provider, answer: Mapping[str, str]) -> str:
    error = answer.get("error", "")
    if error == "access_denied":
        raise ConsentDenied
    if error:
        said = shown(answer.get("error_description") or error)
        raise ServerComplained(f"{provider.display_name} sent you back with an error: {said}")
    if not answer.get("code"):
        raise CodeMissing
    return answer["code"]


def _reconnect(
    principal: Principal, provider: Provider, attempt: OAuthAttempt, given: Credentials
) -> ConnectionView | None:
    connection = _connection(attempt)
    services.require_replaceable(principal, provider, connection.id)
    method = provider.methods[attempt.method]
    verified = obtain(provider, method, given, organization_id=attempt.organization_id, actor=principal.actor)
    difference = compare(connection, verified.facts)
    if difference != Difference():
        _wait_for_decision(attempt, verified, difference)
        return None
    return _replace(principal, provider, attempt, verified)


def _connection(attempt: OAuthAttempt) -> AppConnection:
    connection = connection_to_reconnect(attempt)
    if connection is None:
        raise ConnectionNotFound(str(attempt.reconnects))
    return connection


def compare(connection: AppConnection, facts: Facts) -> Difference:
    """Tell in what a new grant falls short of what the connection has: the account behind it, and its scopes."""
    before = connection.account or {}
    now = facts.account
    is_other = bool(before and now and str(before["id"]) != now.id)
    return Difference(
        account_before=str(before["username"]) if is_other else "",
        account_now=now.username if now and is_other else "",
        lost_scopes=tuple(sorted(set(connection.scopes) - set(facts.scopes))),
    )


def _wait_for_decision(attempt: OAuthAttempt, verified: Verified, difference: Difference) -> None:
    facts = verified.facts
    attempt.seal_grant(dict(verified.credentials))
    attempt.found = {
        "account": asdict(facts.account) if facts.account else None,
        "scopes": list(facts.scopes),
        "token_expires_at": verified.token_expires_at.isoformat() if verified.token_expires_at else None,
        "difference": asdict(difference),
    }
    attempt.save(update_fields=["sealed_grant", "found"])


def difference(attempt: OAuthAttempt) -> Difference:
    """Return what the person has to agree to; raises NothingToConfirm."""
    if not attempt.sealed_grant or attempt.found is None:
        raise NothingToConfirm
    found = attempt.found["difference"]
    return Difference(found["account_before"], found["account_now"], tuple(found["lost_scopes"]))


def confirm(principal: Principal, attempt: OAuthAttempt) -> ConnectionView:
    """Put the grant that was decided about in the place of the old one. Raises NothingToConfirm too."""
    credentials = take_grant(attempt)
    if credentials is None or attempt.found is None:
        raise NothingToConfirm
    return _replace(principal, PROVIDERS[attempt.app], attempt, _verified(credentials, attempt.found))


def decline(attempt: OAuthAttempt, actor: Actor) -> None:
    """Leave the connection as it is, and give the new grant back."""
    credentials = take_grant(attempt)
    if credentials is None:
        raise NothingToConfirm
    revoke(connection_of(attempt), credentials, actor=actor)


def _verified(credentials: Credentials, found: Mapping[str, Any]) -> Verified:
    ends = found["token_expires_at"]
    return Verified(
        credentials=credentials,
        facts=Facts(account=Account(**found["account"]) if found["account"] else None, scopes=found["scopes"]),
        token_expires_at=datetime.fromisoformat(ends) if ends else None,
    )


def _replace(principal: Principal, provider: Provider, attempt: OAuthAttempt, verified: Verified) -> ConnectionView:
    connection = _connection(attempt)
    return services.replace_credentials(
        principal, provider, connection_id=connection.id, method=provider.methods[attempt.method], verified=verified
    )
