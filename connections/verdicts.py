"""What a failed check means: for the connection's status, and for whoever has to do something about it."""

from dataclasses import dataclass

from connections.models import AppConnection
from connections.providers.base import Facts
from connections.providers.errors import (
    AddressRefused,
    BadAnswer,
    CertificateRejected,
    Declined,
    NotReached,
    NotSent,
    ProviderError,
    Refused,
)
from connections.states import REPLACE, Status

WAIT = "Nothing to do: it is checked again by itself. If it lasts, see to the cause."
RECONNECT = "Reconnect it: its id, name and everything that uses it stay as they are."
ALLOW = "See that the instance's address is the right one, or ask the operator of this service to allow it."
TRUST = "Renew the certificate there, or register the instance with the authority that issued it."
REACH = "See that the instance runs and can be reached from here. It is checked again by itself."
PROXY = "See that the instance's address is the right one, and that no proxy answers in its place."
ACCOUNT = "See there that the account is not blocked and that its access suffices. Then check again."
MISSING = "See that the instance's address is the right one, its path included. Then check again."
SEALED = "The stored credentials cannot be opened: the key that they were sealed with is not at hand."
RESTORE = "Ask the operator of this service to set the missing key, or {renew}."
FAULT = "It could not be checked: something went wrong in this service. Its log says what."
REPORT = "Tell the operator of this service. It is checked again by itself."
CURES: tuple[tuple[type[ProviderError], str], ...] = (
    (AddressRefused, ALLOW),
    (CertificateRejected, TRUST),
    (NotReached, REACH),
    (BadAnswer, PROXY),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found: `facts` where the credentials work, else cause and cure; `error` is where it is from."""

    status: Status
    cause: str = ""
    cure: str = ""
    facts: Facts | None = None
    error: ProviderError | None = None

    @property
    def is_unauthorized(self) -> bool:
        """Tell whether the credentials themselves were refused."""
        return isinstance(self.error, Refused) and self.error.status == 401

    @property
    def is_trouble(self) -> bool:
        """Tell whether the server will fail the next call too, and perhaps not a later one."""
        return self.error is not None and self.error.retryable


def working(facts: Facts) -> Verdict:
    return Verdict(Status.HEALTHY, facts=facts)


def failed(connection: AppConnection, error: ProviderError) -> Verdict:
    """Judge a failure that is one: neither a 429 nor a lack of places, which say nothing of the connection."""
    if isinstance(error, Refused) and error.status == 401 and not connection.has_grant:
        return Verdict(Status.RECONNECT_REQUIRED, error.message, REPLACE, error=error)
    return Verdict(Status.FAILING, error.message, _cure(connection, error), error=error)


def unsealable(connection: AppConnection) -> Verdict:
    return Verdict(Status.FAILING, SEALED, restore(connection))


def restore(connection: AppConnection) -> str:
    """Return what to do about credentials that do not open."""
    return RESTORE.format(renew="reconnect it" if connection.has_grant else "replace the credentials with new ones")


def fault() -> Verdict:
    """Judge a check that our own code could not carry out: nobody knows whether the connection works."""
    return Verdict(Status.FAILING, FAULT, REPORT)


def _cure(connection: AppConnection, error: ProviderError) -> str:
    if isinstance(error, NotSent):
        return RECONNECT if connection.has_grant else REPLACE
    if isinstance(error, Refused):
        return {401: RECONNECT, 404: MISSING}.get(error.status, ACCOUNT)
    if isinstance(error, Declined):
        return WAIT
    return next((cure for kind, cure in CURES if isinstance(error, kind)), WAIT)
