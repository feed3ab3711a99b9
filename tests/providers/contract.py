"""What every provider passes: inherit `ProviderContract`, say how to reach its sandbox, and add nothing."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Protocol

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connections.providers import PROVIDERS
from connections.providers.base import (
    Credentials,
    Kind,
    Listing,
    Method,
    Provider,
    Verified,
)
from connections.providers.clients import OAuthClient, Server
from connections.providers.errors import ProviderError
from connections.providers.guides import Making
from connections.providers.network import Network
from wire.fields import is_web_address

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "hang": {},
    "drip": {"interval": 0.02},
    "status": {"status": 500},
    "huge": {"size": 20_000_000},
    "redirect": {"to": "https://example.com/"},
    "html": {},
    "close": {},
    "rate-limit": {},
    "not-json": {},
}


class Misbehaving(Protocol):
    """The sandbox of a provider, as far as the suite needs it."""

    url: str

    def misbehave(self, kind: str, path: str = "/", **options: Any) -> Any: ...
    def behave(self) -> None: ...


class ProviderContract:
    """Subclass it as `Test...`."""

    provider: ClassVar[Provider]
    sandbox: ClassVar[Callable[[], AbstractContextManager[Misbehaving]]]

    def good(self, running: Any, method: str) -> Credentials:
        """Return credentials that the sandbox accepts."""
        raise AssertionError("say what the sandbox accepts")

    def bad(self, running: Any, method: str) -> Credentials:
        """Return credentials of the right shape that the sandbox refuses."""
        raise AssertionError("say what the sandbox refuses")

    def client(self, running: Any, kind: str) -> OAuthClient:
        """Return a client of this kind that the sandbox knows."""
        raise AssertionError("say who we are at the sandbox")

    def query(self, running: Any, listing: Listing) -> Mapping[str, str]:
        """Return query parameters with which a listing finds something."""
        assert not listing.query, "say what there is to list"
        return {}

    @pytest.fixture
    def running(self) -> Iterator[Misbehaving]:
        with type(self).sandbox() as sandbox:
            yield sandbox

    @pytest.fixture
    def server(self, running: Misbehaving) -> Iterator[Server]:
        yield server_at(running.url)
        running.behave()

    def verified_by(self, method: Method, server: Server, given: Credentials, running: Any) -> Verified:
        """Verify what a client of ours would give: a code is exchanged first."""
        if method.oauth is None:
            return method.verify(server, given)
        known = replace(server, client=self.client(running, method.oauth.client))
        return method.verify(known, method.oauth.exchange(known, given).credentials)

    @property
    def methods(self) -> list[Method]:
        return list(self.provider.methods.values())

    def test_it_is_registered_under_its_name(self) -> None:
        assert PROVIDERS[self.provider.app] is self.provider

    def test_its_methods_are_listed_under_their_names(self) -> None:
        assert {name: method.name for name, method in self.provider.methods.items()} == {
            method.name: method.name for method in self.methods
        }

    @pytest.mark.parametrize("url", ["", "https://git.example.com", "https://git.example.com:8443"])
    def test_credentials_name_the_server_that_they_are_for(self, url: str) -> None:
        named = url or self.provider.default_url
        public = self.provider.credentials_at(named)
        assert self.provider.server_url(public, self.provider.default_url) == named
        of_server = {field.name for method in self.methods for field in method.fields if field.of_server}
        assert set(public) <= of_server

    def test_its_browser_methods_go_by_a_kind_of_client_that_it_has(self) -> None:
        for method in self.provider.browser_methods.values():
            kind = self.provider.client_of(method)
            assert kind is not None
            assert self.provider.clients[kind.name] is kind

    def test_its_fields_have_distinct_names_and_a_refusal_or_choices(self) -> None:
        for method in self.methods:
            names = [field.name for field in method.fields]
            assert len(names) == len(set(names))
            assert all(field.refusal or field.choices for field in method.fields)

    def test_its_methods_say_when_to_choose_them(self) -> None:
        assert all(method.hint.endswith(".") for method in self.methods)
        assert len({method.hint for method in self.methods}) == len(self.methods)

    def test_its_choices_have_labels_of_their_own(self) -> None:
        for field in (field for method in self.methods for field in method.fields):
            assert set(field.choice_labels) <= set(field.choices)

    @pytest.mark.parametrize(
        "place", ["", "platform/web", "../..", "javascript:alert(1)", "//example.com", "a?b#c"]
    )
    def test_a_guide_leads_to_the_server_it_is_asked_about(self, place: str) -> None:
        for method in self.methods:
            if method.guide is None:
                assert method.oauth, f"{method.name} does not say how to make its credentials"
                continue
            for chosen in choices_of(method):
                guide = method.guide(Making("https://example.com:8443/forge", chosen, place))
                assert guide.steps
                assert all(need.scopes or need.role for need in guide.needs)
                pages = [guide.page, *(need.page for need in guide.needs)]
                assert all(page.url.startswith("https://example.com:8443/forge/") for page in pages if page)
                assert not any(".." in page.url for page in pages if page)

    def test_no_secret_field_is_public(self) -> None:
        for method in self.methods:
            assert any(field.kind is Kind.SECRET for field in method.fields)
            assert not [field for field in method.fields if field.public and field.kind is Kind.SECRET]

    def test_what_may_be_shown_holds_nothing_but_public_fields(self, running: Any) -> None:
        for method in self.methods:
            declared = {field.name for field in method.fields if field.public}
            given_credentials = {**self.good(running, method.name), "undeclared": "secret"}
            assert set(method.public(given_credentials)) <= declared

    def test_the_server_has_a_default_and_loses_one_trailing_slash(self, running: Any) -> None:
        assert is_web_address(self.provider.server_url({}, self.provider.default_url))
        for method in self.methods:
            credentials = self.good(running, method.name)
            assert not self.provider.server_url(credentials, "https://example.com").endswith("/")

    def test_good_credentials_are_verified_with_their_account(self, running: Any, server: Server) -> None:
        for method in self.methods:
            verified = self.verified_by(method, server, self.good(running, method.name), running)
            assert verified.facts.account is not None
            assert verified.facts.account.username
            assert verified.facts.warnings == ()
            json.dumps(dict(verified.credentials))

    def test_the_facts_hold_no_secret(self, running: Any, server: Server) -> None:
        for method in self.methods:
            verified = self.verified_by(method, server, self.good(running, method.name), running)
            shown = method.told | {field.name for field in method.fields if field.public}
            for name, secret in verified.credentials.items():
                assert name in shown or str(secret) not in repr(verified.facts)

    def test_bad_credentials_are_refused_without_repeating_them(self, running: Any, server: Server) -> None:
        for method in self.methods:
            credentials = self.bad(running, method.name)
            with pytest.raises(ProviderError) as refusal:
                self.verified_by(method, server, credentials, running)
            for secret in secrets_of(method, credentials):
                assert secret not in refusal.value.message

    @pytest.mark.parametrize("fault", FAULTS)
    def test_whatever_goes_wrong_is_a_provider_error(self, running: Any, server: Server, fault: str) -> None:
        running.misbehave(fault, **FAULTS[fault])
        for method in self.methods:
            with pytest.raises(ProviderError) as failure:
                self.verified_by(method, server, self.good(running, method.name), running)
            assert failure.value.message
        for listing in self.provider.listings:
            with pytest.raises(ProviderError):
                self.fetch(listing, running, server)

    def test_an_answer_that_names_nobody_verifies_nothing(self, running: Any, server: Server) -> None:
        for method in self.methods:
            known = server
            if method.oauth:
                known = replace(server, client=self.client(running, method.oauth.client))
                credentials = method.oauth.exchange(known, self.good(running, method.name)).credentials
            else:
                credentials = self.good(running, method.name)
            running.misbehave("status", "/", status=200, body="{}", headers={"Content-Type": "application/json"})
            with pytest.raises(ProviderError):
                method.verify(known, credentials)
            running.behave()

    def test_json_of_any_shape_is_survived(self, running: Any, server: Server) -> None:
        # Written inside: Hypothesis runs no one test for several classes.
        @hypothesis_settings(max_examples=30, deadline=None)
        @given(answer=ANY_JSON)
        def survives(answer: Any) -> None:
            running.behave()
            headers = {"Content-Type": "application/json"}
            running.misbehave("status", "/", status=200, body=json.dumps(answer), headers=headers)
            for method in self.methods:
                survive(partial(self.verified_by, method, server, self.good(running, method.name), running))
            for listing in self.provider.listings:
                survive(partial(self.fetch, listing, running, server))

        survives()

    def test_its_listings_have_the_declared_items(self, running: Any, server: Server) -> None:
        for method in self.methods:
            verified = self.verified_by(method, server, self.good(running, method.name), running)
            for listing in self.provider.listings:
                found = listing.fetch(server, method.name, verified.credentials, self.query(running, listing))
                assert found, (method.name, listing.name)
                for item in found:
                    assert shape_of(item) == shape_of(listing.item)

    def fetch(self, listing: Listing, running: Any, server: Server) -> Any:
        pasted = next(method for method in self.methods if method.oauth is None)
        return listing.fetch(server, pasted.name, self.good(running, pasted.name), self.query(running, listing))


def server_at(url: str) -> Server:
    network = Network(allowed_hosts=("127.0.0.1",), read_timeout=1.0, max_body=1_000_000)
    return Server(url=url, network=network)


def shape_of(value: Any) -> Any:
    """Return the names and the types of a JSON value."""
    if isinstance(value, Mapping):
        return {name: shape_of(inner) for name, inner in value.items()}
    return type(value)


def secrets_of(method: Method, credentials: Credentials) -> list[str]:
    return [str(credentials[field.name]) for field in method.fields if field.kind is Kind.SECRET]


def survive(call: Callable[[], Any]) -> None:
    """A provider error is an answer; any other exception is a defect."""
    with suppress(ProviderError):
        call()


def choices_of(method: Method) -> list[Credentials]:
    """Return every choice of each field that has some, and none at all."""
    return [{}, *({field.name: choice} for field in method.fields for choice in field.choices)]
