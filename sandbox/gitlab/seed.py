"""A small believable world, the same for `make demo`, the tests and a sandbox started by hand."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.gitlab.sandbox import Sandbox

PROJECTS = (
    "platform/api",
    "platform/web",
    "platform/infrastructure/terraform",
    "platform/infrastructure/monitoring",
    "platform/mobile/android",
)
CLIENT_ID = "demo-client-id"
CLIENT_SECRET = "gloas-demo-client-secret"
CALLBACK = "/organization/app-connections/gitlab/oauth/callback"

PERSONAL = "glpat-demo-personal"
PROJECT = "glpat-demo-project"
GROUP = "glpat-demo-group"
READ_ONLY = "glpat-demo-readonly"
EXPIRED = "glpat-demo-expired"
REVOKED = "glpat-demo-revoked"
TOKENS = {
    PERSONAL: "personal, of ann, scope api",
    PROJECT: "project platform/api, scope api",
    GROUP: "group platform, scope api",
    READ_ONLY: "personal, of bob, scope read_api",
    EXPIRED: "personal, of ann, expired",
    REVOKED: "personal, of ann, revoked",
}


def seed_demo(sandbox: "Sandbox", project_count: int = 0, product_port: str = "8000") -> None:
    """Users ann and bob, a group of projects, an OAuth application, and the tokens of `TOKENS`.

    `project_count` adds that many projects in a group of their own, `many`. `product_port` is where the application
    sends people back to, on this machine.
    """
    for username in ("ann", "bob"):
        sandbox.user(username)
    for path in PROJECTS:
        sandbox.project(path)
    sandbox.project("platform/attic", archived=True)
    for number in range(1, project_count + 1):
        sandbox.project(f"many/project-{number:04}")
    seed_tokens(sandbox)
    sandbox.application(
        redirect_uris=[f"http://{host}:{product_port}{CALLBACK}" for host in ("localhost", "127.0.0.1")],
        scopes=("api", "read_api", "read_repository", "read_user"),
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )


def seed_tokens(sandbox: "Sandbox") -> None:
    today = sandbox.clock.today()
    year = today + timedelta(days=364)
    sandbox.personal_token("ann", name="Deployments", expires_at=year, value=PERSONAL)
    sandbox.project_token("platform/api", name="Pipeline", expires_at=year, value=PROJECT)
    sandbox.group_token("platform", name="Platform robots", expires_at=year, value=GROUP)
    sandbox.personal_token("bob", ("read_api",), name="Dashboards", expires_at=year, value=READ_ONLY)
    sandbox.personal_token("ann", name="Last year's", expires_at=today - timedelta(days=1), value=EXPIRED)
    sandbox.personal_token("ann", name="Leaked", expires_at=year, value=REVOKED).revoke()
