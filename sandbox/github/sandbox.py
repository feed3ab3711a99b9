"""`Sandbox`: one GitHub Enterprise Server on a real socket, in a thread of this process."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from sandbox.github.app import create_app
from sandbox.github.applications import App, OAuthApplication, new_private_key, slug_of
from sandbox.github.browser import Browser
from sandbox.github.control import control
from sandbox.github.hub import Hub
from sandbox.github.installations import Installation
from sandbox.github.manifests import new_client_id
from sandbox.github.misbehave import BEHAVIOURS
from sandbox.github.state import Organization, Repository, Role, User
from sandbox.github.tokens import Token
from sandbox.loopback import LOOPBACK_NAMES, Loopback

CALLBACK = "http://localhost:8000/callback"
APP_PERMISSIONS = {"actions": "read", "environments": "write", "metadata": "read", "secrets": "write"}
Repositories = Literal["all"] | Sequence[str]


class Sandbox(Loopback):
    """A GitHub that serves from the moment it is made until `stop()`: pages at `/`, the REST API at `/api/v3`.

    `external_url` is what it believes to be its own address (in `html_url`, in `Link`); without one it is `url`.
    With `tls` the certificate is for `hostnames`, issued by a private authority, `ca_pem` (empty without).
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = False,
        external_url: str | None = None,
        hostnames: Sequence[str] = LOOPBACK_NAMES,
    ) -> None:
        super().__init__(BEHAVIOURS)
        self.hub = Hub(self.clock)
        self.world = self.hub.world
        self._app = create_app(self.hub)
        self._app.register_blueprint(control(self).routes(self))
        self._bind(self._app, port=port, tls=tls, hostnames=hostnames)
        self.hub.site = external_url or self.url
        self._start()

    def user(self, login: str) -> User:
        """The user of that name, created if need be; the password is `{login}-password`."""
        return self.world.user(login)

    def organization(self, login: str, members: Mapping[str, Role] | None = None) -> Organization:
        """The organization, created if need be; `members` maps logins to what they are in it."""
        return self.world.organization(login, members)

    def repository(
        self,
        full_name: str,
        private: bool = True,
        admins: Sequence[str] = (),
        environments: Sequence[str] = (),
    ) -> Repository:
        """The repository `owner/name`, created if need be, and with it an organization for an unknown owner.

        Owners of an organization administer all of its repositories, `admins` this one; members read.
        """
        return self.world.repository(full_name, private=private, admins=admins, environments=environments)

    def personal_token(
        self,
        user: str = "ann",
        scopes: Sequence[str] = ("repo",),
        *,
        expires_at: datetime | None = None,
        fine_grained: bool = False,
        permissions: Mapping[str, str] | None = None,
        value: str | None = None,
    ) -> Token:
        """A classic token with `scopes`, or a `fine_grained` one, which `permissions` may narrow."""
        prefix = "github_pat_" if fine_grained else "ghp_"
        token = Token(
            value=value or prefix + secrets.token_hex(41 if fine_grained else 18),
            user=self.user(user),
            scopes=None if fine_grained else tuple(scopes),
            expires_at=expires_at.timestamp() if expires_at else None,
            permissions=dict(permissions) if permissions is not None else None,
        )
        self.hub.tokens.keep(token)
        return token

    def oauth_application(
        self,
        *,
        callback_url: str | None = None,
        redirect_uris: Sequence[str] = (CALLBACK,),
        name: str = "App Connections",
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> OAuthApplication:
        """An OAuth app; `callback_url` goes before `redirect_uris`."""
        application = OAuthApplication(
            client_id=client_id or f"Ov23li{secrets.token_hex(7)}",
            client_secret=client_secret or secrets.token_hex(20),
            name=name,
            callback_urls=(callback_url,) if callback_url else tuple(redirect_uris),
        )
        self.hub.applications.add(application)
        return application

    def app(
        self,
        name: str = "App Connections",
        *,
        slug: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        callback_urls: Sequence[str] = (CALLBACK,),
        private_key: str | None = None,
        expiring: bool = True,
        permissions: Mapping[str, str] = APP_PERMISSIONS,
        owner: str = "ann",
        oauth_on_install: bool = True,
        setup_url: str = "",
        setup_on_update: bool = True,
    ) -> App:
        """A GitHub App of `owner`. ValueError when the name is taken."""
        app = App(
            client_id=client_id or new_client_id(),
            client_secret=client_secret or secrets.token_hex(20),
            name=name,
            callback_urls=tuple(callback_urls),
            slug=slug or slug_of(name),
            owner=self.world.accounts.get(owner.lower()) or self.user(owner),
            created_at=self.clock.now(),
            permissions=dict(permissions),
            expiring=expiring,
            oauth_on_install=oauth_on_install,
            setup_url=setup_url,
            setup_on_update=setup_on_update,
            private_key=private_key or new_private_key(),
        )
        self.hub.applications.add(app)
        return app

    def find_application(self, client_id: str) -> OAuthApplication:
        return self.hub.applications.by_id[client_id]

    def find_app(self, client_id: str) -> App:
        """The GitHub App of that client id, also one made from a manifest. KeyError when there is none."""
        application = self.find_application(client_id)
        if not isinstance(application, App):
            raise KeyError(client_id)
        return application

    def delete_application(self, application: OAuthApplication) -> None:
        """Delete it, and with it its installations and all that was issued for it."""
        with self.hub.lock:
            self.hub.applications.by_id.pop(application.client_id, None)
            self.hub.tokens.revoke_of(application)
            if isinstance(application, App):
                for installation in self.hub.installations.of(application):
                    self.uninstall(installation)

    def grant(self, application: OAuthApplication, user: str = "ann", scopes: Sequence[str] = ("repo",)) -> Token:
        """A live token, with its refresh token if it expires, as if `user` had gone through the browser."""
        with self.hub.lock:
            agreed = () if isinstance(application, App) else scopes
            self.hub.applications.authorize(application, self.user(user), agreed)
            return self.hub.tokens.issue(application, self.user(user), scopes)

    def find_installation(self, number: int) -> Installation:
        return self.hub.installations.by_id[number]

    def install(self, app: App, account: str, repositories: Repositories = "all") -> Installation:
        """Install `app` on a user or an organization that there is. KeyError for a repository that there is not."""
        with self.hub.lock:
            chosen = None if repositories == "all" else repositories
            return self.hub.installations.install(app, self.world.account(account), chosen)

    def uninstall(self, installation: Installation) -> None:
        """The installation is gone, and its tokens with it."""
        with self.hub.lock:
            self.hub.installations.by_id.pop(installation.id, None)
            self.hub.tokens.revoke_of_installation(installation)

    def reinstall(self, installation: Installation) -> Installation:
        """Uninstall, and install again what was: it has a new id."""
        with self.hub.lock:
            self.uninstall(installation)
            names = None if installation.selected is None else [each.name for each in installation.selected]
            return self.hub.installations.install(installation.app, installation.account, names)

    def suspend(self, installation: Installation) -> None:
        installation.suspended_at = self.clock.now()

    def unsuspend(self, installation: Installation) -> None:
        installation.suspended_at = None

    def require_approval(self, organization: str, with_code: bool = True) -> None:
        """From now on only owners install apps there; others ask, and come back with a code or without."""
        found = self.organization(organization)
        found.approval, found.approval_with_code = True, with_code

    def approve(self, authorize_url: str, user: str = "ann") -> str:
        """What a browser does in which `user` signs in and consents: the address it is sent back to."""
        return self._browser(user).decide(authorize_url, yes=True)

    def deny(self, authorize_url: str, user: str = "ann") -> str:
        """The same with a click on Cancel."""
        return self._browser(user).decide(authorize_url, yes=False)

    def install_in_browser(
        self, install_url: str, user: str = "ann", account: str | None = None, repositories: Repositories = "all"
    ) -> str:
        """What a browser does in which `user` installs an app on `account` (default: their own): the address it is
        sent back to."""
        chosen = None if repositories == "all" else repositories
        return self._browser(user).install(install_url, account or user, chosen)

    def create_from_manifest(
        self, form_url: str, manifest: Mapping[str, Any], state: str, user: str = "ann", name: str | None = None
    ) -> str:
        """What a browser does in which `user` makes an app of a manifest, called `name` (default: as it says): the
        address it is sent back to."""
        return self._browser(user).create_app(form_url, manifest, state, name)

    def _browser(self, user: str) -> Browser:
        return Browser(self._app, self.url, self.user(user))

    def revoke(self, value: str) -> None:
        """Revoke a token of any kind, or the pair that a refresh token belongs to."""
        with self.hub.lock:
            token = self.hub.tokens.find(value) or self.hub.tokens.by_refresh_token(value)
            if token is None:
                raise KeyError("no such token")
            token.revoke()

    def skew(self, seconds: float) -> None:
        """Put this GitHub's clock ahead of its clients' (behind with less than 0), for what apps sign."""
        self.hub.skew = seconds
