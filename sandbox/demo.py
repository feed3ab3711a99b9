"""`make demo`: the product beside a GitLab sandbox, on an empty database of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from sandbox.gitlab import Sandbox
from sandbox.gitlab.seed import CLIENT_ID, CLIENT_SECRET, seed_demo

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DEMO_DIR", str(ROOT / "var" / "demo")))
DATABASE = DATA / "app.sqlite3"
STOP_SECONDS = 10


def main() -> int:
    """Serve until a signal arrives; returns the exit status of the product."""
    with Sandbox(port=int(os.environ.get("GITLAB_PORT", "3081"))) as gitlab:
        seed_demo(gitlab, product_port=os.environ.get("PORT", "8000"))
        print(
            f"A GitLab sandbox serves at {gitlab.url} - its demo token: glpat-demo-personal - sign in there as ann "
            "with ann-password",
            flush=True,
        )
        return serve(gitlab.url)


def serve(gitlab_url: str) -> int:
    for leftover in DATABASE.parent.glob(f"{DATABASE.name}*"):
        leftover.unlink()
    environment = {
        **os.environ,
        "DATA_DIR": str(DATA),
        "DATABASE_URL": f"sqlite:///{DATABASE}",
        "ALLOWED_INTERNAL_HOSTS": "127.0.0.1,localhost",
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_ID": CLIENT_ID,
        "INF_APP_CONNECTION_GITLAB_OAUTH_CLIENT_SECRET": CLIENT_SECRET,
        "INF_APP_CONNECTION_GITLAB_OAUTH_INSTANCE_URL": gitlab_url,
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
