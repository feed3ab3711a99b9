"""How a handshake can fail. Each tells what happened and what to do next; nothing is stored by any of them.

WireError (wire/errors.py)
└── HandshakeFailed
    ├── StateUnknown      400  no attempt of ours began with this state
    ├── StateUsed         400  the attempt came back before
    ├── StateExpired      400  the attempt took longer than ten minutes
    ├── WrongWayBack      400  the answer came back by the address of another server
    ├── SomebodyElse      403  another person or another session came back
    ├── ConsentDenied     400  the person said no at the server
    ├── ServerComplained  400  the server sent the person back with another error
    ├── CodeMissing       400  neither a code nor an error came back
    ├── PartMissing       400  what has to come back beside the code did not
    ├── NotAMember        403  the person has left the organization in between
    ├── NothingToConfirm  400  the grant that waited for a decision is gone
    ├── NothingToChoose   400  something has been chosen already
    ├── NotReplaced       400  a client is there already, and nobody agreed to have it replaced
    ├── CodeRefused       400  the server does not know the code of the client that it made
    ├── NotFetched        400  the server made a client, and did not hand it over
    └── MadeFailed
        ├── MadeUnusable  400  the server made a client that cannot be used
        └── MadeButLost   503  the server made a client, and it could not be stored here
"""

from typing import ClassVar

from wire.errors import WireError


class HandshakeFailed(WireError):
    """`title` says what happened in a few words, the message why, `advice` what to do."""

    status = 400
    error = "BadRequest"
    title: ClassVar[str] = "The connection was not made"
    advice: ClassVar[str] = "Nothing was stored. Connect again from the start."


class StateUnknown(HandshakeFailed):
    title = "This link does not belong to anything you started here"
    default = "There is no such attempt to connect. Its link may have been shortened, or made up by somebody else."
    advice = "Nothing was stored. If you did not press a Connect button just now, close this page."


class StateUsed(HandshakeFailed):
    title = "This attempt is over"
    default = "The link that you came back by works once, and it has been used: by a reload, or the Back button."
    advice = "Look at the list of connections: it may be there. Otherwise connect again."


class StateExpired(HandshakeFailed):
    title = "That took too long"
    default = "An attempt to connect ends after ten minutes."
    advice = "Nothing was stored. Connect again: what you filled in is still there."


class SomebodyElse(HandshakeFailed):
    status = 403
    error = "ForbiddenError"
    title = "Somebody else began this"
    default = (
        "The attempt was begun in another session: by somebody else, in another browser, or before you signed out."
    )
    advice = "Nothing was stored. Connect again in this browser, and stay signed in meanwhile."


class WrongWayBack(HandshakeFailed):
    title = "You came back another way"
    default = (
        "You came back by another redirect URI than the one that you were sent with: by that of another server, or "
        "SITE_URL was changed. The code was not used."
    )
    advice = "Nothing was stored. Connect again. If it lasts, look at the redirect URI of the OAuth application."


class ConsentDenied(HandshakeFailed):
    title = "Access was denied"
    default = "You, or whoever sat at the consent page, chose not to give access."
    advice = "Nothing was stored. Connect again whenever you want to: what you filled in is still there."


class ServerComplained(HandshakeFailed):
    advice = "Nothing was stored. See to what the message names, then connect again."


class CodeMissing(HandshakeFailed):
    default = "You were sent back without an authorization code."


class PartMissing(HandshakeFailed):
    pass


class NotAMember(HandshakeFailed):
    status = 403
    error = "ForbiddenError"
    title = "You are no longer a member"
    default = "You left the organization that this connection was for, or were removed from it."
    advice = "Nothing was stored. Ask an admin of the organization."


class NothingToConfirm(HandshakeFailed):
    title = "There is nothing left to decide"
    default = "What you were asked about has been decided, or was given back after ten minutes."
    advice = "The connection is as it was. Reconnect it to be asked again."


class NothingToChoose(HandshakeFailed):
    title = "There is nothing left to choose"
    default = "The choice counts once, and it has been made: by a click before, or before the Back button."
    advice = "Look at the list of connections: it may be there. Otherwise connect again."


class NotReplaced(HandshakeFailed):
    pass


class CodeRefused(HandshakeFailed):
    pass


class NotFetched(HandshakeFailed):
    pass


class MadeFailed(HandshakeFailed):
    """`page` is where the client can be seen to at the server; empty where that is not known."""

    def __init__(self, message: str, page: str) -> None:
        super().__init__(message)
        self.page = page


class MadeUnusable(MadeFailed):
    pass


class MadeButLost(MadeFailed):
    status = 503
    error = "ServiceUnavailable"
