"""A temporary PostgreSQL cluster, made from the server's binaries and gone with the run."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SERVER_FOLDERS = "/usr/lib/postgresql/*/bin"


def binaries() -> Path | None:
    """Return the folder of the newest server binaries (`initdb`, `pg_ctl`), or None."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    folders = sorted(Path("/").glob(SERVER_FOLDERS.lstrip("/")), key=lambda folder: int(folder.parent.name))
    found = [folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()]
    return found[-1] if found else None


class TemporaryCluster:
    """One cluster, reached over a Unix socket only. As root it runs as `postgres`: initdb refuses root."""

    def __init__(self) -> None:
        folder = binaries()
        if folder is None:
            raise RuntimeError("PostgreSQL's server binaries are missing")
        self.binaries = folder
        self.home = Path(tempfile.mkdtemp(prefix="app-connections-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")

    def start(self) -> str:
        """Make and start the cluster; return its `DATABASE_URL`."""
        data = self.home / "data"
        self._run("initdb", "-D", str(data), "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories={self.home} -c max_connections=200"
        self._run("pg_ctl", "-D", str(data), "-w", "-o", options, "-l", str(self.home / "log"), "start")
        return f"postgres://test@/{self.home}/postgres"

    def stop(self) -> None:
        """Stop the server and remove every file."""
        self._run("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), *arguments]
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.home,
            user="postgres" if os.geteuid() == 0 else None,
        )
