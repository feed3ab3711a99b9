"""Granian, with no signal to stop it lost. `manage.py serve` becomes this program."""

import os
import runpy
import signal
import threading
from collections.abc import Callable

MAIN_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
WORKER_SIGNALS = {signal.SIGTERM}


def main() -> None:
    """Run Granian's command line.

    By itself Granian loses signals, and then waits for ever: one that comes before a worker has its own handler
    runs the one it was forked with; when two come at once the kernel gives both to a thread that is not Python's
    main one, which sleeps on (or is interrupted inside the lock that the handler needs). So they are blocked in
    every thread, from before the fork on, and one thread of each process waits for them and calls the handler.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, MAIN_SIGNALS)
    start(obey)
    os.register_at_fork(after_in_child=lambda: start(obey_once))
    runpy.run_module("granian", run_name="__main__")


def start(obedience: Callable[[dict[int, object]], None]) -> None:
    """Run `obedience` in a thread, with the handlers of now: those that Granian has not yet replaced."""
    old: dict[int, object] = {number: signal.getsignal(number) for number in MAIN_SIGNALS}
    threading.Thread(target=obedience, args=(old,), name="signals", daemon=True).start()


def obey(old: dict[int, object]) -> None:
    """Obey every signal to the main process."""
    while True:
        handle(signal.sigwait(MAIN_SIGNALS), old)


def obey_once(old: dict[int, object]) -> None:
    """Obey the main process, which alone hears Ctrl-C. Only once: Granian's third call would block for ever."""
    handle(signal.sigwait(WORKER_SIGNALS), old)


def handle(number: int, old: dict[int, object]) -> None:
    """Call Granian's handler; without one the process has served nobody and may end at once."""
    handler = signal.getsignal(number)
    if handler is old[number] or not callable(handler):
        os._exit(128 + number)
    handler(number, None)


if __name__ == "__main__":
    main()
