"""`make demo`: the product beside a GitLab and a GitHub of the sandbox, on an empty database of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from sandbox import github, gitlab
from sandbox.github import seed as github_seed
from sandbox.gitlab import seed as gitlab_seed

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DEMO_DIR", str(ROOT / "var" / "demo")))
DATABASE = DATA / "app.sqlite3"
CA_FILE = DATA / "sandbox-ca.pem"
STOP_SECONDS = 10


def main() -> int:
    """Serve until a signal arrives; returns the exit status of the product."""
    product_port = os.environ.get("PORT", "8000")
    with (
        gitlab.Sandbox(port=int(os.environ.get("GITLAB_PORT", "3081"))) as our_gitlab,
        github.Sandbox(port=int(os.environ.get("GITHUB_PORT", "3082")), tls=True) as our_github,
    ):
        gitlab_seed.seed_demo(our_gitlab, product_port=product_port)
        github_seed.seed_demo(our_github, product_port=product_port)
        for name, sandbox, token in (
            ("GitLab", our_gitlab, "glpat-demo-personal"),
            ("GitHub", our_github, github_seed.CLASSIC),
        ):
            print(f"A {name} sandbox serves at {sandbox.url} - its demo token: {token}")
        print("Sign in at both as ann with ann-password.", flush=True)
        return serve(of_gitlab(our_gitlab) | of_github(our_github))


def of_gitlab(sandbox: gitlab.Sandbox) -> dict[str, str]:
    """Return the settings by which the product is known at this GitLab."""
    return {
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID": gitlab_seed.CLIENT_ID,
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET": gitlab_seed.CLIENT_SECRET,
        "INF_APP_CONNECTION_GITLAB_OAUTH_INSTANCE_URL": sandbox.url,
    }


def of_github(sandbox: github.Sandbox) -> dict[str, str]:
    """Return the settings by which the product is known at this GitHub, and trusts its certificate."""
    app, host = sandbox.find_app(github_seed.APP_CLIENT_ID), f"127.0.0.1:{sandbox.port}"
    DATA.mkdir(parents=True, exist_ok=True)
    CA_FILE.write_bytes(sandbox.ca_pem)
    return {
        "EXTRA_CA_CERTS": str(CA_FILE),
        "INF_APP_CONNECTION_GITHUB_OAUTH_CLIENT_ID": github_seed.CLIENT_ID,
        "INF_APP_CONNECTION_GITHUB_OAUTH_CLIENT_SECRET": github_seed.CLIENT_SECRET,
        "INF_APP_CONNECTION_GITHUB_OAUTH_HOST": host,
        "INF_APP_CONNECTION_GITHUB_APP_CLIENT_ID": app.client_id,
        "INF_APP_CONNECTION_GITHUB_APP_CLIENT_SECRET": app.client_secret,
        "INF_APP_CONNECTION_GITHUB_APP_PRIVATE_KEY": app.private_key,
        "INF_APP_CONNECTION_GITHUB_APP_SLUG": app.slug,
        "INF_APP_CONNECTION_GITHUB_APP_ID": str(app.id),
        "INF_APP_CONNECTION_GITHUB_APP_HOST": host,
    }


def serve(settings: dict[str, str]) -> int:
    for leftover in DATABASE.parent.glob(f"{DATABASE.name}*"):
        leftover.unlink()
    environment = {
        **os.environ,
        "DATA_DIR": str(DATA),
        "DATABASE_URL": f"sqlite:///{DATABASE}",
        "ALLOWED_INTERNAL_HOSTS": "127.0.0.1,localhost",
        **settings,
    }
    product = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment)

    def pass_on(number: int, frame: FrameType | None) -> None:
        del frame
        product.send_signal(number)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the product by itself
    try:
        return product.wait()
    finally:
        if product.poll() is None:
            product.terminate()
            product.wait(STOP_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
