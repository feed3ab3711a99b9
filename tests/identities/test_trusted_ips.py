"""Where an identity may log in from, and use its tokens from."""

from ipaddress import ip_network
from typing import Any

import pytest

from tests.clients import ADDRESS, Api
from tests.identities.requests import (
    IDENTITIES,
    TOKEN_AUTH,
    UNIVERSAL_AUTH,
    create_identity,
    machine,
    ok,
    refused,
)

pytestmark = pytest.mark.django_db
DETAILS = f"{IDENTITIES}/details"
REFUSED = (403, "ForbiddenError", "You are not allowed to access this resource from the current IP address")
NOT_AN_IP = (400, "BadRequest", "The IP is not a valid IPv4, IPv6, or CIDR block")
EVERYWHERE = [
    {"type": "ipv4", "ipAddress": "0.0.0.0", "prefix": 0},  # a network
    {"type": "ipv6", "ipAddress": "::", "prefix": 0},
]


def trusting(*addresses: str) -> list[dict[str, str]]:
    return [{"ipAddress": address} for address in addresses]


@pytest.mark.parametrize(
    ("written", "answered"),
    [
        ("0.0.0.0/0", EVERYWHERE[0]),
        ("::/0", EVERYWHERE[1]),
        ("10.1.2.0/24", {"type": "ipv4", "ipAddress": "10.1.2.0", "prefix": 24}),
        ("10.1.2.3", {"type": "ipv4", "ipAddress": "10.1.2.3"}),
        ("10.1.2.3/32", {"type": "ipv4", "ipAddress": "10.1.2.3", "prefix": 32}),
        ("10.1.2.9/24", {"type": "ipv4", "ipAddress": "10.1.2.9", "prefix": 24}),
        ("2001:db8:0:0::1/64", {"type": "ipv6", "ipAddress": "2001:db8:0:0::1", "prefix": 64}),
        ("2001:DB8::1", {"type": "ipv6", "ipAddress": "2001:DB8::1"}),
    ],
)
def test_they_come_back_as_they_were_written(admin: Api, written: str, answered: dict[str, Any]) -> None:
    path = f"{UNIVERSAL_AUTH}/{create_identity(admin)}"
    lists = {"clientSecretTrustedIps": trusting(written), "accessTokenTrustedIps": trusting(written)}
    made = ok(admin.post(path, lists))["identityUniversalAuth"]
    read = ok(admin.get(path))["identityUniversalAuth"]
    for auth in (made, read):
        assert auth["clientSecretTrustedIps"] == auth["accessTokenTrustedIps"] == [answered]


def test_their_order_is_kept(admin: Api) -> None:
    path = f"{TOKEN_AUTH}/{create_identity(admin)}"
    made = ok(admin.post(path, {"accessTokenTrustedIps": trusting("::1", "10.0.0.0/8", "9.9.9.9")}))
    addresses = [trusted["ipAddress"] for trusted in made["identityTokenAuth"]["accessTokenTrustedIps"]]
    assert addresses == ["::1", "10.0.0.0", "9.9.9.9"]


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "here",
        "10.0.0.256",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/08",
        "10.0.0.0/255.0.0.0",
        "10.0.0.1/24/8",
        " 10.0.0.1",
        "010.0.0.1",
        "fe80::1%eth0",
        "fe80::1%eth0/64",
        "::/129",
        "example.com",
    ],
)
def test_what_is_no_ip_is_refused(admin: Api, wrong: str) -> None:
    path = f"{UNIVERSAL_AUTH}/{create_identity(admin)}"
    assert refused(admin.post(path, {"accessTokenTrustedIps": trusting(wrong)})) == NOT_AN_IP
    assert admin.get(path).status_code == 404


def test_an_empty_list_is_refused(admin: Api) -> None:
    path = f"{UNIVERSAL_AUTH}/{create_identity(admin)}"
    answer = admin.post(path, {"clientSecretTrustedIps": []})
    assert answer.status_code == 422
    assert answer.json()["message"] == [
        {
            "code": "too_small",
            "path": ["clientSecretTrustedIps"],
            "message": "Array must contain at least 1 element(s)",
        }
    ]


@pytest.mark.parametrize("trusted", [[ADDRESS], ["203.0.113.0/24"], ["::/0", "203.0.113.1/25"]])
def test_a_trusted_address_logs_in_and_is_let_in(admin: Api, trusted: list[str]) -> None:
    lists = {"clientSecretTrustedIps": trusting(*trusted), "accessTokenTrustedIps": trusting(*trusted)}
    assert ok(machine(admin, settings=lists).logged_in().get(DETAILS))


def test_login_from_elsewhere_is_refused_before_the_secret_is_looked_at(admin: Api) -> None:
    deployer = machine(admin, settings={"clientSecretTrustedIps": trusting("10.0.0.0/8", "::/0")})
    assert refused(deployer.login()) == REFUSED
    assert refused(deployer.login(secret="wrong")) == REFUSED
    assert ok(deployer.login(address="10.255.0.1"))


def test_a_token_is_refused_elsewhere(admin: Api) -> None:
    deployer = machine(admin, settings={"accessTokenTrustedIps": trusting("10.0.0.0/8")}).logged_in()
    assert refused(deployer.get(DETAILS)) == REFUSED
    assert ok(Api(token=deployer.token, address="10.0.0.1").get(DETAILS))


def test_the_list_counts_as_it_is_now_for_tokens_issued_before(admin: Api) -> None:
    deployer = machine(admin)
    logged_in = deployer.logged_in()
    assert ok(logged_in.get(DETAILS))
    ok(admin.patch(deployer.auth_path, {"accessTokenTrustedIps": trusting("10.0.0.1")}))
    assert refused(logged_in.get(DETAILS)) == REFUSED


def test_the_list_of_token_auth_counts_too(admin: Api) -> None:
    path = f"{TOKEN_AUTH}/{admin.identity_id}"
    ok(admin.patch(path, {"accessTokenTrustedIps": trusting("10.0.0.1")}))
    assert refused(admin.get(DETAILS)) == REFUSED
    assert ok(Api(token=admin.token, address="10.0.0.1").get(DETAILS))


def test_an_ipv4_client_seen_through_ipv6_is_itself(admin: Api) -> None:
    deployer = machine(admin, settings={"clientSecretTrustedIps": trusting("10.0.0.0/8")})
    assert ok(deployer.login(address="::ffff:10.1.2.3"))
    assert refused(deployer.login(address="::ffff:11.1.2.3")) == REFUSED


@pytest.mark.parametrize("address", ["", "unix:"])
def test_a_client_without_an_address_is_nowhere_trusted_but_everywhere(admin: Api, address: str) -> None:
    assert ok(machine(admin).login(address=address))
    deployer = machine(admin, settings={"clientSecretTrustedIps": trusting("0.0.0.0/0")})
    assert refused(deployer.login(address=address)) == REFUSED


class TestBehindAProxy:
    """`X-Forwarded-For` counts only when a trusted proxy sent it."""

    def details(self, token: str, *, peer: str, forwarded_for: str) -> int:
        headers = {"X-Forwarded-For": forwarded_for}
        return Api(token=token, address=peer).request("GET", DETAILS, headers=headers).status_code

    @pytest.fixture
    def token(self, admin: Api) -> str:
        only = {"accessTokenTrustedIps": trusting("203.0.113.7")}
        return machine(admin, settings=only).logged_in().token

    def test_a_client_cannot_claim_another_address(self, token: str) -> None:
        assert self.details(token, peer="198.51.100.9", forwarded_for="203.0.113.7") == 403

    def test_a_trusted_proxy_tells_who_the_client_is(self, token: str, settings: Any) -> None:
        settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
        assert self.details(token, peer="10.0.0.1", forwarded_for="203.0.113.7") == 200
        assert self.details(token, peer="10.0.0.1", forwarded_for="198.51.100.9") == 403

    def test_what_the_client_wrote_before_the_proxy_does_not_count(self, token: str, settings: Any) -> None:
        settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
        assert self.details(token, peer="10.0.0.1", forwarded_for="203.0.113.7, 198.51.100.9") == 403
