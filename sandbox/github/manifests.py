"""Manifests: GitHub Apps that another site describes, a person names, and the site then fetches by a code.

https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sandbox.github.applications import App, new_private_key, slug_of
from sandbox.github.hub import Hub
from sandbox.github.state import Account

CODE_LIFETIME = 3600
LONGEST_NAME = 34
MOST_CALLBACKS = 10


class Invalid(Exception):
    """What GitHub has against a manifest, in words."""


@dataclass(frozen=True)
class Manifest:
    """`values` as they came, read by `read`."""

    values: Mapping[str, Any]

    @property
    def redirect_url(self) -> str:
        return str(self.values["redirect_url"])

    def app(self, name: str, owner: Account, at: float) -> App:
        hook = self.values.get("hook_attributes") or {}
        return App(
            client_id=new_client_id(),
            client_secret=secrets.token_hex(20),
            name=name,
            callback_urls=tuple(self.values.get("callback_urls") or ()),
            slug=slug_of(name),
            owner=owner,
            created_at=at,
            permissions={"metadata": "read"} | dict(self.values.get("default_permissions") or {}),
            events=tuple(self.values.get("default_events") or ()),
            description=str(self.values.get("description") or ""),
            external_url=str(self.values["url"]),
            oauth_on_install=bool(self.values.get("request_oauth_on_install")),
            setup_url=str(self.values.get("setup_url") or ""),
            setup_on_update=bool(self.values.get("setup_on_update")),
            public=bool(self.values.get("public")),
            webhook_secret=secrets.token_hex(20) if hook.get("url") else None,
            private_key=new_private_key(),
        )


def new_client_id() -> str:
    return f"Iv23li{secrets.token_hex(7)}"


def read(text: str) -> Manifest:
    """Raises Invalid for what GitHub makes no app of."""
    try:
        values = json.loads(text)
    except ValueError:
        raise Invalid("manifest is not valid JSON") from None
    if not isinstance(values, dict):
        raise Invalid("manifest is not an object")
    for name in ("url", "redirect_url"):
        _check_address(name, values.get(name))
    callbacks = values.get("callback_urls") or []
    if not isinstance(callbacks, list) or len(callbacks) > MOST_CALLBACKS:
        raise Invalid(f"callback_urls: at most {MOST_CALLBACKS} addresses")
    for callback in callbacks:
        _check_address("callback_urls", callback)
    for name, kind in (("default_permissions", dict), ("default_events", list), ("hook_attributes", dict)):
        if not isinstance(values.get(name) or kind(), kind):
            raise Invalid(f"{name} is of the wrong kind")
    return Manifest(values)


def _check_address(name: str, value: object) -> None:
    if not isinstance(value, str) or urlsplit(value).scheme not in ("http", "https"):
        raise Invalid(f"{name} must be a URL")


@dataclass(frozen=True)
class Conversion:
    app: App
    expires_at: float


class Manifests:
    """Those that wait for a person to name their app, and the codes of those that became one."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.waiting: dict[str, tuple[Manifest, str | None]] = {}
        self._conversions: dict[str, Conversion] = {}

    def keep(self, manifest: Manifest, state: str | None) -> str:
        """The name under which the manifest waits."""
        key = secrets.token_hex(10)
        self.waiting[key] = manifest, state
        return key

    def create(self, key: str, name: str, owner: Account) -> tuple[str, Manifest, str | None]:
        """The code by which the new app is fetched, and what asked for it. Raises Invalid for a name that will not
        do, KeyError when nothing waits under `key`."""
        with self.hub.lock:
            manifest, state = self.waiting[key]
            if not slug_of(name) or len(name) > LONGEST_NAME:
                raise Invalid(f"Name must have 1 to {LONGEST_NAME} characters")
            app = manifest.app(name, owner, self.hub.clock.now())
            try:
                self.hub.applications.add(app)
            except ValueError as error:
                raise Invalid(str(error)) from None
            del self.waiting[key]
            code = secrets.token_hex(20)
            self._conversions[code] = Conversion(app, self.hub.clock.now() + CODE_LIFETIME)
            return code, manifest, state

    def convert(self, code: str) -> App | None:
        """The app of a code, once and within the hour."""
        with self.hub.lock:
            conversion = self._conversions.pop(code, None)
        live = conversion is not None and self.hub.clock.now() < conversion.expires_at
        return conversion.app if conversion and live else None
