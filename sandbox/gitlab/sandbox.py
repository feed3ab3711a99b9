"""`Sandbox`: one GitLab on a real socket, in a thread of this process."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date

from sandbox.gitlab.app import create_app
from sandbox.gitlab.applications import Application, Applications, OAuthToken, new_secret
from sandbox.gitlab.control import control
from sandbox.gitlab.misbehave import BEHAVIOURS
from sandbox.gitlab.shapes import VERSIONS, Shapes
from sandbox.gitlab.state import AccessToken, Group, Project, User, World
from sandbox.loopback import LOOPBACK_NAMES, Loopback

MAINTAINER, OWNER = 40, 50


class Sandbox(Loopback):
    """A GitLab of `version` that serves from the moment it is made until `stop()`.

    `external_url` is what it believes to be its own address (in `web_url`, in `Link`); without one it is
    `url`. With `tls` the certificate is for `hostnames`, issued by a private authority, `ca_pem` (empty without).
    """

    def __init__(
        self,
        *,
        port: int = 0,
        tls: bool = False,
        relative_url_root: str = "",
        version: str = "19.1",
        external_url: str | None = None,
        hostnames: Sequence[str] = LOOPBACK_NAMES,
    ) -> None:
        if version not in VERSIONS:
            raise ValueError(f"no GitLab {version!r}; there are {', '.join(VERSIONS)}")
        super().__init__(BEHAVIOURS)
        root = f"/{relative_url_root.strip('/')}".rstrip("/")
        self.world = World(self.clock)
        self._applications = Applications(self.clock)
        shapes = Shapes(self.world, version)
        self._app = create_app(self.world, self._applications, shapes)
        self._app.register_blueprint(control(self).routes(self))
        self._bind(self._app, port=port, tls=tls, hostnames=hostnames, root=root)
        shapes.site = external_url or self.url
        self._start()

    def user(self, username: str) -> User:
        """The user of that name, created if need be; the password is `{username}-password`."""
        return self.world.user(username)

    def group(self, full_path: str, members: Mapping[str, int] | None = None) -> Group:
        """The group, created if need be; `members` maps user names to access levels (default: all own it)."""
        return self.world.group(full_path, members)

    def project(
        self,
        path: str,
        archived: bool = False,
        visibility: str = "private",
        members: Mapping[str, int] | None = None,
    ) -> Project:
        """The project, created with its groups if need be; who may see it follows from them and `members`."""
        return self.world.project(path, archived=archived, visibility=visibility, members=members)

    def personal_token(
        self,
        user: str = "ann",
        scopes: Sequence[str] = ("api",),
        expires_at: date | None = None,
        name: str = "token",
        value: str | None = None,
    ) -> AccessToken:
        return self.world.add_token(
            self.user(user), scopes=tuple(scopes), expires_at=expires_at, name=name, value=value
        )

    def project_token(
        self,
        path: str,
        *,
        scopes: Sequence[str] = ("api",),
        access_level: int = MAINTAINER,
        expires_at: date | None = None,
        name: str = "token",
        value: str | None = None,
    ) -> AccessToken:
        """A token of the project at `path`, and its bot user."""
        project = self.project(path)
        return self.world.add_token(
            self.world.bot("project", project, access_level, name),
            scopes=tuple(scopes),
            expires_at=expires_at,
            name=name,
            value=value,
            kind="project",
            resource_id=project.id,
            access_level=access_level,
        )

    def group_token(
        self,
        path: str,
        *,
        scopes: Sequence[str] = ("api",),
        access_level: int = OWNER,
        expires_at: date | None = None,
        name: str = "token",
        value: str | None = None,
    ) -> AccessToken:
        """A token of the group at `path`, and its bot user."""
        group = self.group(path)
        return self.world.add_token(
            self.world.bot("group", group, access_level, name),
            scopes=tuple(scopes),
            expires_at=expires_at,
            name=name,
            value=value,
            kind="group",
            resource_id=group.id,
            access_level=access_level,
        )

    def application(
        self,
        *,
        redirect_uris: Sequence[str] = ("http://localhost:8000/callback",),
        scopes: Sequence[str] = ("api",),
        confidential: bool = True,
        trusted: bool = False,
        name: str = "App Connections",
        client_id: str | None = None,
        client_secret: str | None = None,
    ) -> Application:
        """An OAuth application; `trusted` ones need no consent."""
        return self._applications.add(
            Application(
                client_id=client_id or secrets.token_hex(32),
                client_secret=client_secret or new_secret(),
                name=name,
                redirect_uris=tuple(redirect_uris),
                scopes=tuple(scopes),
                confidential=confidential,
                trusted=trusted,
            )
        )

    def find_application(self, client_id: str) -> Application:
        return self._applications.by_id[client_id]

    def delete_application(self, application: Application) -> None:
        """Delete it, and with it all that was issued for it."""
        with self.world.lock:
            self._applications.delete(application)

    def grant(self, application: Application, user: str = "ann", scopes: Sequence[str] = ("api",)) -> OAuthToken:
        """A live pair of tokens, as if `user` had gone through the browser."""
        with self.world.lock:
            return self._applications.issue(application, self.user(user), tuple(scopes))

    def approve(self, authorization_url: str, user: str = "ann") -> str:
        """What a browser does in which `user` signs in and consents: the address it is sent back to."""
        return self._decide(authorization_url, user, {})

    def deny(self, authorization_url: str, user: str = "ann") -> str:
        """The same with a click on Deny."""
        return self._decide(authorization_url, user, {"_method": "delete"})

    def _decide(self, authorization_url: str, user: str, form: dict[str, str]) -> str:
        browser = self._app.test_client()
        with browser.session_transaction() as session:
            session["username"] = self.user(user).username
        query = authorization_url.partition("?")[2]
        answer = browser.post("/oauth/authorize", query_string=query, data=form)
        if "Location" not in answer.headers:
            raise ValueError(f"GitLab sends nobody back from this address: {answer.text}")
        return answer.headers["Location"]

    def revoke(self, value: str) -> None:
        """Revoke an access token of any kind, or the pair that a refresh token belongs to."""
        with self.world.lock:
            token = (
                self.world.tokens.get(value)
                or self._applications.by_access_token(value)
                or self._applications.by_refresh_token(value)
            )
            if token is None:
                raise KeyError("no such token")
            token.revoke()

    def block(self, username: str) -> None:
        self.user(username).blocked = True

    def unblock(self, username: str) -> None:
        self.user(username).blocked = False
