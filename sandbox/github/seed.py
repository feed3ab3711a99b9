"""A small believable world, the same for the tests and a sandbox started by hand."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.github.sandbox import Sandbox

REPOSITORIES = {
    "acme/api": ("production", "staging"),
    "acme/web": ("production",),
    "acme/infrastructure": (),
    "ann/dotfiles": (),
    "bob/notes": (),
}
CALLBACK = "/organization/app-connections/github/oauth/callback"

CLIENT_ID = "Ov23lidemo0oauth0app"
CLIENT_SECRET = "demo-oauth-app-client-secret"
APP_SLUG = "acme-connections"
APP_CLIENT_ID = "Iv23lidemo0github0app"
APP_CLIENT_SECRET = "demo-github-app-client-secret"

CLASSIC = "ghp_demoClassic"
FINE_GRAINED = "github_pat_demoFineGrained"
EXPIRED = "ghp_demoExpired"
TOKENS = {
    CLASSIC: "classic, of ann, scopes repo and admin:org",
    FINE_GRAINED: "fine-grained, of bob",
    EXPIRED: "classic, of ann, expired",
}


def seed_demo(sandbox: "Sandbox", product_port: str = "8000") -> None:
    """Users ann, who owns the organization acme, and bob, a member; repositories with environments; the tokens of
    `TOKENS`; an OAuth app; a GitHub App that is installed on acme.

    `product_port` is where the application sends people back to, on this machine.
    """
    for login in ("ann", "bob"):
        sandbox.user(login)
    sandbox.organization("acme", {"ann": "admin", "bob": "member"})
    for full_name, environments in REPOSITORIES.items():
        sandbox.repository(full_name, environments=environments)
    seed_tokens(sandbox)
    callbacks = [f"http://{host}:{product_port}{CALLBACK}" for host in ("127.0.0.1", "localhost")]
    sandbox.oauth_application(redirect_uris=callbacks, client_id=CLIENT_ID, client_secret=CLIENT_SECRET)
    app = sandbox.app(
        "Acme Connections",
        slug=APP_SLUG,
        client_id=APP_CLIENT_ID,
        client_secret=APP_CLIENT_SECRET,
        callback_urls=callbacks,
        owner="acme",
    )
    sandbox.install(app, "acme")


def seed_tokens(sandbox: "Sandbox") -> None:
    now = datetime.fromtimestamp(sandbox.clock.now(), UTC)
    year = now + timedelta(days=364)
    sandbox.personal_token("ann", ("repo", "admin:org"), expires_at=year, value=CLASSIC)
    sandbox.personal_token("bob", expires_at=year, fine_grained=True, value=FINE_GRAINED)
    sandbox.personal_token("ann", expires_at=now - timedelta(days=1), value=EXPIRED)
