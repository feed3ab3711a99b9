"""The way back: from what the server sends the browser back with to a connection."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from audit.actors import Actor
from connections import services
from connections.configured import is_same
from connections.errors import ConnectionNotFound
from connections.models import AppConnection
from connections.obtaining import given_back_on_failure, missing_scopes, obtain
from connections.providers import PROVIDERS
from connections.providers.answer import shown
from connections.providers.base import Account, Credentials, Detail, Facts, OAuth, Provider, Verified
from connections.providers.journeys import Pending
from connections.revocation import revoke
from connections.rows import ConnectionView
from oauth import candidates
from oauth.attempts import LIFETIME, connection_of, connection_to_reconnect, kept_of, take_grant
from oauth.errors import CodeMissing, ConsentDenied, NothingToConfirm, PartMissing, ServerComplained
from oauth.models import OAuthAttempt
from organizations.access import Principal

LONGEST_PART = 255


@dataclass(frozen=True, slots=True)
class Difference:
    """In what a new grant is less than the old one or than what was asked for, or another: to be agreed to."""

    instance_before: str = ""
    instance_now: str = ""
    account_before: str = ""
    account_now: str = ""
    missing_scopes: tuple[str, ...] = ()


def complete(principal: Principal, attempt: OAuthAttempt, answer: Mapping[str, str]) -> ConnectionView | None:
    """Make or reconnect what the attempt was for; None when a person has to decide first.

    That is about a new grant for what is there (`difference`), or among what they may connect to (`candidates`).

    `answer` is the query that the person came back with (RFC 6749, section 4.1.2). Raises ConsentDenied,
    ServerComplained, CodeMissing, and what `services.create` raises. Whatever is raised, nothing is stored.
    """
    provider = PROVIDERS[attempt.app]
    oauth = _oauth(attempt)
    known = {**kept_of(oauth, attempt.reconnects), **_brought_before(oauth, attempt), **_brought(oauth, answer)}
    absent = "" if "error" in answer else _absent(oauth, {**attempt.given, **known})
    is_open = bool(absent) and candidates.are_there(oauth, attempt)
    if absent and not is_open:
        raise PartMissing(absent)
    given = {
        **attempt.given,
        **provider.credentials_at(attempt.instance_url),
        **known,
        "code": code_of(provider, answer),
        **({"codeVerifier": verifier} if (verifier := attempt.open_verifier()) else {}),
    }
    if attempt.reconnects:
        return _reconnect(principal, provider, attempt, given)
    if is_open:
        candidates.offer(attempt, given)
        return None
    return candidates.create(principal, attempt, given)


def pending(attempt: OAuthAttempt, answer: Mapping[str, str]) -> Pending | None:
    """Return why somebody came back without access though nothing went wrong, if it is so."""
    return _oauth(attempt).pending(answer)


def pending_elsewhere(provider: Provider, answer: Mapping[str, str]) -> Pending | None:
    """Return what it means that somebody comes who did not begin here, if the provider knows."""
    if "state" in answer:
        return None
    found = (method.oauth.pending(answer) for method in provider.methods.values() if method.oauth)
    return next((each for each in found if each), None)


def _oauth(attempt: OAuthAttempt) -> OAuth:
    oauth = PROVIDERS[attempt.app].methods[attempt.method].oauth
    if oauth is None:
        raise ValueError(f"{attempt.method} does not go through a browser")
    return oauth


def brought_without_code(attempt: OAuthAttempt, answer: Mapping[str, str]) -> Credentials:
    """Return what came back where all of it did but the code is not there; otherwise nothing.

    So it is where nothing was left to consent to: the code has to be asked for.
    """
    oauth = _oauth(attempt)
    found = _brought(oauth, answer)
    is_all = oauth.brought and len(found) == len(oauth.brought)
    return found if is_all and not answer.get("code") and "error" not in answer else {}


def _brought(oauth: OAuth, answer: Mapping[str, str]) -> Credentials:
    values = {each.field: answer.get(each.parameter, "") for each in oauth.brought}
    return {name: value for name, value in values.items() if 0 < len(value) <= LONGEST_PART}


def _brought_before(oauth: OAuth, attempt: OAuthAttempt) -> Credentials:
    """Return what came back without a code, before the code was asked for."""
    return {each.field: attempt.given[each.field] for each in oauth.brought if each.field in attempt.given}


def _absent(oauth: OAuth, known: Credentials) -> str:
    """Return what it means that a part is missing which comes back beside the code, if one is."""
    return next((each.absent for each in oauth.brought if each.field not in known), "")


def code_of(provider: Provider, answer: Mapping[str, str]) -> str:
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
    services.require_reconnectable(principal, provider, connection.id)
    method = provider.methods[attempt.method]
    verified = obtain(
        provider,
        method,
        given,
        connection=connection,
        actor=principal.actor,
        instance_url=attempt.instance_url,
    )
    with given_back_on_failure(connection, verified.credentials, principal.actor):
        difference = compare(attempt, _connection(attempt), verified.facts)
        if difference != Difference():
            _wait_for_decision(attempt, verified, difference)
            return None
    return services.replace_grant(principal, provider, connection=connection, verified=verified)


def _connection(attempt: OAuthAttempt) -> AppConnection:
    connection = connection_to_reconnect(attempt)
    if connection is None:
        raise ConnectionNotFound(str(attempt.reconnects))
    return connection


def compare(attempt: OAuthAttempt, connection: AppConnection, facts: Facts) -> Difference:
    """Tell in what a new grant differs from what the connection has now: instance, account, scopes."""
    provider = PROVIDERS[attempt.app]
    instance = provider.server_url(connection.public, provider.default_url)
    is_elsewhere = not is_same(instance, attempt.instance_url)
    before, now = connection.account or {}, facts.account
    is_other = bool(before and now and str(before["id"]) != now.id)
    wanted = {*connection.scopes, *attempt.scopes}
    return Difference(
        instance_before=instance if is_elsewhere else "",
        instance_now=attempt.instance_url if is_elsewhere else "",
        account_before=str(before["username"]) if is_other else "",
        account_now=now.username if now and is_other else "",
        missing_scopes=tuple(missing_scopes(wanted, facts)),
    )


def _wait_for_decision(attempt: OAuthAttempt, verified: Verified, difference: Difference) -> None:
    """Keep the grant for as long as an attempt may take, while the person thinks."""
    facts = verified.facts
    attempt.seal_grant(dict(verified.credentials))
    attempt.expires_at = timezone.now() + LIFETIME
    attempt.found = {
        "account": asdict(facts.account) if facts.account else None,
        "scopes": list(facts.scopes),
        "is_scoped": facts.is_scoped,
        "details": [asdict(detail) for detail in facts.details],
        "token_expires_at": verified.token_expires_at.isoformat() if verified.token_expires_at else None,
        "difference": asdict(difference),
    }
    attempt.save(update_fields=["sealed_grant", "found", "expires_at"])


def difference(attempt: OAuthAttempt) -> Difference:
    """Return what the person has to agree to as things are now; raises NothingToConfirm, ConnectionNotFound."""
    if not attempt.sealed_grant or attempt.found is None:
        raise NothingToConfirm
    return compare(attempt, _connection(attempt), _facts(attempt.found))


def is_as_shown(attempt: OAuthAttempt) -> bool:
    """Tell whether the difference is still the one that the person was shown; remember it if not."""
    found = attempt.found or {}
    present = json.loads(json.dumps(asdict(difference(attempt))))
    if found.get("difference") == present:
        return True
    attempt.found = {**found, "difference": present}
    attempt.save(update_fields=["found"])
    return False


def confirm(principal: Principal, attempt: OAuthAttempt) -> ConnectionView:
    """Put the grant that was decided about in the place of the old one. Raises NothingToConfirm too."""
    credentials = take_grant(attempt)
    if credentials is None or attempt.found is None:
        raise NothingToConfirm
    ends = attempt.found["token_expires_at"]
    verified = Verified(
        credentials=credentials,
        facts=_facts(attempt.found),
        token_expires_at=datetime.fromisoformat(ends) if ends else None,
    )
    provider = PROVIDERS[attempt.app]
    return services.replace_grant(principal, provider, connection=connection_of(attempt), verified=verified)


def decline(attempt: OAuthAttempt, actor: Actor) -> None:
    """Leave the connection as it is, and give the new grant back."""
    credentials = take_grant(attempt)
    if credentials is None:
        raise NothingToConfirm
    revoke(connection_of(attempt), credentials, actor=actor)


def _facts(found: Mapping[str, Any]) -> Facts:
    account = Account(**found["account"]) if found["account"] else None
    return Facts(
        account=account,
        scopes=found["scopes"],
        is_scoped=found.get("is_scoped", True),
        details=[Detail(**detail) for detail in found.get("details", ())],
    )
