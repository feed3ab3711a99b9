"""What people do at GitHub's pages, done without a browser."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from werkzeug.test import TestResponse

from sandbox.github.state import User


class Browser:
    """The browser of `user`, who is signed in, at a GitHub whose address is `url`."""

    def __init__(self, app: Flask, url: str, user: User) -> None:
        self._url = url
        self._client = app.test_client()
        with self._client.session_transaction(base_url=url) as session:
            session["login"] = user.login

    def decide(self, authorize_url: str, yes: bool) -> str:
        return self._sent_back(self._post(authorize_url, {"authorize": str(int(yes))}))

    def install(self, install_url: str, account: str, repositories: Sequence[str] | None) -> str:
        selection = "all" if repositories is None else "selected"
        form = {"account": account, "selection": selection, "repositories": list(repositories or ())}
        return self._sent_back(self._post(install_url, form))

    def create_app(self, form_url: str, manifest: Mapping[str, Any], state: str, name: str | None) -> str:
        """Bring the manifest, give the app its name, and press Create."""
        arrived = self._sent_back(self._post(form_url, {"manifest": json.dumps(manifest), "state": state}))
        waiting = parse_qs(urlsplit(arrived).query)["waiting"][0]
        form = {"waiting": waiting, "name": name or str(manifest.get("name", ""))}
        return self._sent_back(self._post(arrived, form))

    def _post(self, address: str, form: Mapping[str, Any]) -> TestResponse:
        path, _, query = address.removeprefix(self._url).partition("?")
        return self._client.post(urlsplit(path).path, query_string=query, data=form, base_url=self._url)

    def _sent_back(self, answer: TestResponse) -> str:
        """Raises ValueError when a page is shown instead."""
        if "Location" not in answer.headers:
            raise ValueError(f"GitHub sends nobody back from this address: {answer.text}")
        return answer.headers["Location"]
