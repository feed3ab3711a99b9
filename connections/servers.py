"""Which GitLab or GitHub a connection is to, and how it may be reached."""

from functools import cache

from django.conf import settings

from connections.providers.base import Credentials, Provider, Server
from connections.providers.network import Network


def server_for(provider: Provider, credentials: Credentials) -> Server:
    """Return the server that these credentials are for, with the network rule that its calls obey."""
    return Server(url=provider.server_url(credentials), network=operator_network())


def operator_network() -> Network:
    """Return the operator's rule; raises ValueError naming the setting at fault."""
    return _network(
        settings.ALLOW_INTERNAL_IP_CONNECTIONS,
        tuple(settings.ALLOWED_INTERNAL_HOSTS),
        settings.EXTRA_CA_CERTS or None,
    )


@cache
def _network(allow_internal: bool, allowed_hosts: tuple[str, ...], ca_file: str | None) -> Network:
    return Network(allow_internal=allow_internal, allowed_hosts=allowed_hosts, ca_file=ca_file)
