"""How settings are read: from the environment or from `.env`; `NAME_FILE` names a file that holds the value."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environ import FileAwareEnv

TRUE = {"true", "yes", "on", "1"}
FALSE = {"false", "no", "off", "0"}
BASE_DIR = Path(__file__).resolve().parent.parent

env = FileAwareEnv()
if env_file := env.str("ENV_FILE", default=str(BASE_DIR / ".env")):
    env.read_env(env_file)


def required(name: str, cure: str) -> str:
    """Return the setting `name`, or stop the start with the way to make one."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {cure}")
    return value


def whole(name: str, default: int) -> int:
    """Return a setting that is a whole number, zero or more."""
    text: str = env.str(name, default=str(default))
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {text!r}.")
    return int(text)


def flag(name: str, *, default: bool) -> bool:
    """Return a setting that is true or false. A typing error must not quietly become false."""
    text: str = env.str(name, default=str(default)).lower()
    if text not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")
    return text in TRUE


def ranges(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return a setting that lists addresses and CIDR ranges, separated by commas."""
    try:
        return tuple(ip_network(text.strip()) for text in env.list(name, default=[]))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must list addresses or ranges like 10.0.0.0/8: {error}.") from None
