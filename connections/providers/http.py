"""The one door to the network: every outbound call of the product goes through here.

    with http.session(network) as calls:
        user = calls.get(f"{instance}/api/v4/user", headers=headers).json_object()

The guard is an adapter for requests, so that a session of another library can be put behind it too: `guard`.
Whatever goes wrong is a ProviderError. It is raised outside of `except` blocks: the exceptions of requests hold the
request with its headers, and must not hang on to ours as their context.
"""

import logging
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPException
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from connections.providers import failures, tls
from connections.providers.answer import Answer, retry_after
from connections.providers.connect import GuardedHTTPPool, GuardedHTTPSPool
from connections.providers.deadline import Deadline, running
from connections.providers.errors import NotSent
from connections.providers.network import Network
from connections.providers.places import place
from connections.providers.urls import Target, check_url, normal_url

__all__ = ["Answer", "Calls", "GuardedAdapter", "check_url", "guard", "normal_url", "retry_after", "session"]

CHUNK = 64 * 1024
MOST_BODIES = 4  # of the largest size, that one session may receive unless it is known to need more
PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
USER_AGENT = f"app-connections/{tomllib.loads(PYPROJECT.read_text())['project']['version']}"

# What these two write holds whole URLs, query included.
for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(lambda _: False)


class GuardedAdapter(HTTPAdapter):
    """Carries the requests of a session, by the operator's rule, whatever the session itself asks for.

    `budget` is the number of seconds for all its calls together, counted from now.
    """

    def __init__(self, network: Network, budget: float | None = None) -> None:
        self.network = network
        self.budget = None if budget is None else Deadline(budget)
        super().__init__()

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        context = tls.context(self.network.ca_file, self.network.ca_pem)
        super().init_poolmanager(connections, maxsize, block, ssl_context=context, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(GuardedHTTPPool, network=self.network),
            "https": partial(GuardedHTTPSPool, network=self.network),
        }

    def close(self) -> None:
        """Close the connections at once: urllib3 leaves them to the garbage collector."""
        for key in self.poolmanager.pools.keys():  # noqa: SIM118 - no dict, and it refuses to be iterated
            self.poolmanager.pools[key].close()
        super().close()

    def cert_verify(self, *_: Any) -> None:
        """Leave the pool alone: requests would add its own roots to our context, for every connection anew."""

    def add_headers(self, request: requests.PreparedRequest, **_: Any) -> None:
        request.headers["User-Agent"] = USER_AGENT

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send the request and read the answer to its end. Raises ProviderError.

        What the session says about timeouts, proxies, verification and streaming is not heard.
        """
        target = check_url(self.network, request.url or "")
        if self.budget is not None and self.budget.over:
            raise failures.out_of_budget(target, self.budget)
        network = self.network
        wait = Deadline(network.connect_timeout, self.budget)
        with place(target.host, per_host=network.calls_per_host, in_total=network.calls_in_total, wait=wait):
            deadline = Deadline(network.read_timeout, self.budget)
            with running(deadline):
                return self._exchange(request, target, deadline)

    def _exchange(self, request: requests.PreparedRequest, target: Target, deadline: Deadline) -> requests.Response:
        try:
            response = super().send(request, stream=True, timeout=deadline.seconds, verify=True)
            try:
                return self._complete(response, target)
            except BaseException:
                response.close()
                raise
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            failure = failures.explain(error, target, deadline)
        raise failure

    def _complete(self, response: requests.Response, target: Target) -> requests.Response:
        if 300 <= response.status_code < 400:
            raise failures.redirected(target, response.status_code, response.headers.get("Location", ""))
        body = bytearray()
        while chunk := response.raw.read(CHUNK, decode_content=True):
            body += chunk
            if len(body) > self.network.max_body:
                raise failures.too_large(target.shown, self.network.max_body)
        # From a raw answer that is no urllib3 response, requests also takes no cookies into the session.
        response.raw = BytesIO(body)
        return response


class Calls:
    """A session: connections are kept between its calls, cookies are not."""

    def __init__(self, network: Network, budget: float | None = None, bodies: int = MOST_BODIES) -> None:
        self._network = network
        self._most = self._left = bodies * network.max_body
        self._session = requests.Session()
        guard(self._session, network, budget)

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, params: Mapping[str, str | int] | None = None
    ) -> Answer:
        """Return the answer, whatever its status below 300 or from 400 on. Raises ProviderError."""
        return self._call(url, requests.Request("GET", url, headers=headers, params=params))

    def post(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | bytes | None = None,
        json: Any = None,
    ) -> Answer:
        """Send `data` as a form (or bytes as they are), or `json`. Otherwise like `get`."""
        return self._call(url, requests.Request("POST", url, headers=headers, data=data, json=json))

    def delete(self, url: str, *, headers: Mapping[str, str] | None = None, json: Any = None) -> Answer:
        """Send `json`, if there is any, as the body. Otherwise like `get`."""
        return self._call(url, requests.Request("DELETE", url, headers=headers, json=json))

    def close(self) -> None:
        self._session.close()

    def _call(self, url: str, request: requests.Request) -> Answer:
        target = check_url(self._network, url)
        response = self._session.send(self._prepared(request), allow_redirects=False)
        self._left -= len(response.content)
        if self._left < 0:
            raise failures.too_large(target.shown, self._most)
        return Answer(target.shown, response.status_code, response.headers, response.content)

    def _prepared(self, request: requests.Request) -> requests.PreparedRequest:
        with suppress(requests.RequestException, ValueError):
            prepared = self._session.prepare_request(request)
            # requests looks for line breaks, but lets other control characters through.
            if all(str(value).isprintable() for value in prepared.headers.values()):
                return prepared
        raise NotSent(failures.NOT_WRITABLE)


def guard(session: requests.Session, network: Network, budget: float | None = None) -> None:
    """Put a session of requests, or of a library that builds on it, behind the door."""
    session.trust_env = False  # no proxies, netrc or CA bundles from the environment
    session.adapters.clear()
    adapter = GuardedAdapter(network, budget)
    session.mount("https://", adapter)
    session.mount("http://", adapter)


@contextmanager
def session(network: Network, budget: float | None = None, bodies: int = MOST_BODIES) -> Iterator[Calls]:
    """Open a session under the operator's rule, with `budget` seconds for all its calls together, if given.

    They may receive as much as `bodies` of the largest size: each of them is read whole, and only one at a time.
    """
    calls = Calls(network, budget, bodies)
    try:
        yield calls
    finally:
        calls.close()
