"""Connections that go to judged addresses only.

The check belongs here and not before the call: a name may resolve to something else a moment later (DNS rebinding).
So we look the name up once, judge every address, and connect to one of those. TLS still verifies the name.
"""

import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from connections.providers import tls
from connections.providers.deadline import Deadline, TimedSocket, current, running
from connections.providers.errors import ConnectFailed, ConnectTimedOut, NameNotResolved
from connections.providers.network import Network
from connections.providers.urls import canonical_host, judge, origin

Found = tuple[socket.AddressFamily, tuple[Any, ...]]


def resolve(host: str, port: int, within: Deadline) -> list[Found]:
    """Look `host` up. Raises NameNotResolved, after `within` at the latest."""
    # getaddrinfo cannot be interrupted, so a thread of its own waits for it.
    waiting = ThreadPoolExecutor(1, thread_name_prefix="lookup")
    try:
        found = waiting.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(within.left())
    except TimeoutError:
        raise NameNotResolved(f"The name servers did not answer for {host} within {within}. Check DNS.") from None
    except (OSError, ValueError):  # ValueError: a label that is empty, too long, or holds a zero byte
        found = []
    finally:
        waiting.shutdown(wait=False)
    if not found:
        raise NameNotResolved(NameNotResolved.NO_ADDRESS)
    return [(family, where) for family, _, _, _, where in found]


def open_socket(network: Network, scheme: str, host: str, port: int) -> socket.socket:
    """Connect to an address of `host` that the operator's rule accepts: all of them must be accepted."""
    within = current()
    found = resolve(host, port, within)
    for _, where in found:
        judge(network, scheme, canonical_host(host), ip_address(where[0]))
    return _first_reachable(found, origin(scheme, host, port), within)


def _first_reachable(found: list[Found], shown: str, within: Deadline) -> socket.socket:
    reason = ""
    for still_to_try, (family, where) in zip(range(len(found), 0, -1), found, strict=True):
        try:
            return _dial(family, where, within.left() / still_to_try)
        except TimeoutError:
            reason = "timeout"
        except ConnectionRefusedError:
            reason = "refused"
        except OSError as error:
            reason = error.strerror or "unknown"
    if reason == "timeout":
        raise ConnectTimedOut(f"{shown} could not be reached within {within}. Check host, port and firewall.")
    if reason == "refused":
        raise ConnectFailed(f"{shown} refused the connection. Check host and port, and that the server runs.")
    raise ConnectFailed(f"{shown} could not be reached ({reason}). Check host, port and network.")


def _dial(family: socket.AddressFamily, where: tuple[Any, ...], timeout: float) -> socket.socket:
    made = TimedSocket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(timeout)
        made.connect(where)
    except BaseException:
        made.close()
        raise
    return made


class GuardedHTTPConnection(HTTPConnection):
    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network = network

    def _new_conn(self) -> socket.socket:
        return open_socket(self.network, "http", self._dns_host, self.port)

    def connect(self) -> None:
        with running(Deadline(self.network.connect_timeout, current())):
            super().connect()


class GuardedHTTPSConnection(HTTPSConnection):
    def __init__(self, *args: Any, network: Network, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.network = network

    def _new_conn(self) -> socket.socket:
        return open_socket(self.network, "https", self._dns_host, self.port)

    def connect(self) -> None:
        within = Deadline(self.network.connect_timeout, current())
        shown = origin("https", self.host, self.port)
        with running(within):
            failure = self._try_to_connect(shown, within)
        if failure is not None:
            raise failure

    def _try_to_connect(self, shown: str, within: Deadline) -> Exception | None:
        try:
            super().connect()
        except tls.UntrustedCertificate as error:
            return tls.rejection(shown, error)
        except TimeoutError:
            return ConnectTimedOut(f"{shown} did not complete the TLS handshake within {within}. Try again later.")
        except (ssl.SSLEOFError, ConnectionError):
            return ConnectFailed(f"{shown} closed the connection during the TLS handshake. Check host and port.")
        except OSError as error:
            return ConnectFailed(f"{shown} does not speak TLS 1.2 or newer ({_tls_reason(error)}). Check the port.")
        return None


def _tls_reason(error: OSError) -> str:
    return str(getattr(error, "reason", None) or "unknown").lower().replace("_", " ")


class GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = GuardedHTTPConnection


class GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = GuardedHTTPSConnection
