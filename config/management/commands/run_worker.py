"""`manage.py run_worker`: what happens without a request. `make run` starts one beside the server."""

import os
import signal
import threading
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from connections.health import check_due
from connections.upkeep import refresh_due
from oauth.attempts import sweep

ROUND_SECONDS = 15
log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Refresh tokens before they end, check connections, and forget attempts to connect that are over."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end: for cron")
        parser.add_argument("--parent", type=int, default=0, help="end when the process of this id has ended")

    def handle(self, *args: Any, once: bool, parent: int, **options: Any) -> None:  # noqa: ARG002
        if once:
            work()
            return
        stopped = threading.Event()

        def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
            stopped.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        while not stopped.is_set():
            work()
            pause(stopped, parent)


def work() -> None:
    """Do one round. A round that fails is logged, and the next one tries again."""
    for part in (refresh_due, check_due, sweep):
        try:
            close_old_connections()
            part()
        except Exception:
            log.exception("a round of the worker failed", part=part.__name__)


def pause(stopped: threading.Event, parent: int) -> None:
    """Wait for the next round; a worker whose server has ended stops too."""
    for _ in range(ROUND_SECONDS):
        if stopped.wait(1):
            return
        if parent and os.getppid() != parent:
            stopped.set()
