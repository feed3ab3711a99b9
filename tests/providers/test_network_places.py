"""Only so many calls are under way at once, and waiting for a place ends with an error that says so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from connections.providers import http
from connections.providers.errors import Busy, ProviderError
from connections.providers.network import Network
from tests.providers.hostile import LOOPBACK, Hostile, hangs, hostile, says

WAITING = replace(LOOPBACK, connect_timeout=0.1, calls_per_host=1)


@contextmanager
def call_under_way(server: Hostile) -> Iterator[None]:
    """Hold a call to a server that hangs; the server ends it."""

    def call() -> None:
        with http.session(LOOPBACK) as calls, pytest.raises(ProviderError):
            calls.get(server.url)

    thread = threading.Thread(target=call)
    thread.start()
    assert server.called.wait(5)
    try:
        yield
    finally:
        server.stopped.set()
        thread.join()


def refusal(network: Network, url: str) -> Busy:
    with http.session(network) as calls, pytest.raises(Busy) as caught:
        calls.get(url)
    return caught.value


def test_a_host_with_all_its_places_taken() -> None:
    with hostile(hangs) as server, call_under_way(server):
        error = refusal(WAITING, server.url)
        assert len(server.requests) == 1
    assert (
        error.message == "1 calls to 127.0.0.1 are under way already, and none ended within 0.1 s. Try again later."
    )
    assert error.retryable


def test_another_host_still_has_places() -> None:
    with (
        hostile(hangs) as server,
        call_under_way(server),
        hostile(says(b"{}")) as other,
        http.session(WAITING) as calls,
    ):
        assert calls.get(f"http://localhost:{other.port}").status == 200


def test_a_process_with_all_its_places_taken() -> None:
    network = replace(WAITING, calls_per_host=8, calls_in_total=1)
    with hostile(hangs) as server, call_under_way(server):
        error = refusal(network, f"http://localhost:{server.port}")
    assert error.message == "Too many calls are under way already, and none ended within 0.1 s. Try again later."


def test_a_place_is_free_again_after_a_call_however_it_ended() -> None:
    with hostile(says(b"{}")) as server, http.session(WAITING) as calls:
        with pytest.raises(ProviderError):
            calls.get("http://127.0.0.1:1")
        assert calls.get(server.url).status == 200
        assert calls.get(server.url).status == 200


def test_a_caller_that_waits_gets_the_place_that_comes_free() -> None:
    patient = replace(LOOPBACK, calls_per_host=1, connect_timeout=60)
    with hostile(hangs) as server, hostile(says(b"{}")) as other:
        with call_under_way(server):
            statuses = []

            def call() -> None:
                with http.session(patient) as calls:
                    statuses.append(calls.get(other.url).status)

            waiting = threading.Thread(target=call)
            waiting.start()
        waiting.join(10)
    assert statuses == [200]
