"""TLS is always verified, for the name that was asked for, and a rejection says why and what helps."""

import datetime
import socket
import ssl
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from connections.providers import http
from connections.providers.errors import (
    CertificateRejected,
    ConnectFailed,
    ConnectTimedOut,
    ProviderError,
    ReadTimedOut,
)
from connections.providers.network import Network
from tests.providers.hostile import IMPATIENT, LOOPBACK, Behaviour, Hostile, drips, hangs, hostile, says, sends

PAST = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
FUTURE = datetime.datetime(2090, 1, 1, tzinfo=datetime.UTC)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(organization_name="Corp", organization_unit_name="Corp Root")


@pytest.fixture(scope="module")
def trusting(authority: trustme.CA) -> Network:
    return replace(LOOPBACK, ca_pem=authority.cert_pem.bytes().decode())


def shows(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def rejection(network: Network, context: ssl.SSLContext) -> ProviderError:
    with hostile(says(b"{}"), tls=context) as server, http.session(network) as calls:
        with pytest.raises(ProviderError) as caught:
            calls.get(f"{server.url}/api", headers={"PRIVATE-TOKEN": "secret"})
        assert server.requests == []
        caught.value.message = caught.value.message.replace(server.url, "URL")
    assert not caught.value.retryable
    assert isinstance(caught.value, CertificateRejected)
    return caught.value


def test_a_certificate_of_an_added_authority_is_accepted(authority: trustme.CA, tmp_path: Path) -> None:
    bundle = tmp_path / "corp.pem"
    bundle.write_bytes(b"# our own\n" + trustme.CA().cert_pem.bytes() + authority.cert_pem.bytes())
    network = replace(LOOPBACK, ca_file=str(bundle))
    context = shows(authority.issue_cert("127.0.0.1"))
    with hostile(says(b"{}"), tls=context) as server, http.session(network) as calls:
        assert calls.get(server.url).json_object() == {}


def test_the_usual_roots_are_trusted_as_well(trusting: Network) -> None:
    adapter = http.GuardedAdapter(trusting)
    context = adapter.poolmanager.connection_pool_kw["ssl_context"]
    assert len(context.get_ca_certs()) > 50
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED


def test_an_unknown_authority_is_named(authority: trustme.CA) -> None:
    message = rejection(LOOPBACK, shows(authority.issue_cert("127.0.0.1"))).message
    assert message == (
        "The certificate of URL was issued by Corp, Corp Root, which is not trusted here. "
        "Add that CA certificate to the bundle that EXTRA_CA_CERTS names, or register the instance with it as "
        "caCertificates."
    )


def test_a_missing_intermediate_is_named(authority: trustme.CA) -> None:
    leaf = authority.create_child_ca().issue_cert("127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with leaf.private_key_and_cert_chain_pem.tempfile() as chain:
        context.load_cert_chain(chain)
    assert "was issued by Corp, Corp Root" in rejection(LOOPBACK, context).message


def test_a_self_signed_certificate(tmp_path: Path) -> None:
    context, certificate = self_signed(tmp_path)
    assert rejection(LOOPBACK, context).message == (
        "The certificate of URL is self-signed. Add it to the bundle that EXTRA_CA_CERTS names, or register the "
        "instance with it as caCertificates."
    )
    with hostile(says(b"{}"), tls=context) as server, http.session(replace(LOOPBACK, ca_pem=certificate)) as calls:
        assert calls.get(server.url).status == 200


def self_signed(folder: Path) -> tuple[ssl.SSLContext, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gitlab")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), PAST, FUTURE)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "self.pem").write_bytes(secret + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "self.pem")
    return context, pem.decode()


def test_an_expired_certificate(authority: trustme.CA, trusting: Network) -> None:
    expired = authority.issue_cert("127.0.0.1", not_before=PAST, not_after=PAST + datetime.timedelta(days=1))
    assert rejection(trusting, shows(expired)).message == (
        "The certificate of URL has expired. Renew it on the server."
    )


def test_a_certificate_of_the_future(authority: trustme.CA, trusting: Network) -> None:
    early = authority.issue_cert("127.0.0.1", not_before=FUTURE, not_after=FUTURE + datetime.timedelta(days=1))
    assert "is not valid yet. Check the clocks" in rejection(trusting, shows(early)).message


def test_a_certificate_for_another_host(authority: trustme.CA, trusting: Network) -> None:
    for name in ("gitlab.corp", "127.0.0.2"):
        assert rejection(trusting, shows(authority.issue_cert(name))).message == (
            "The certificate of URL is for another host name. Use a name that the certificate was issued for."
        )


def test_the_name_is_verified_and_sent_though_the_address_is_called(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA, trusting: Network
) -> None:
    asked = []
    context = shows(authority.issue_cert("gitlab.corp"))
    context.sni_callback = lambda _socket, name, _context: asked.append(name)

    def resolver(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with hostile(says(b"{}"), tls=context) as server, http.session(trusting) as calls:
        assert calls.get(f"https://gitlab.corp.:{server.port}").status == 200
        with pytest.raises(CertificateRejected, match="another host name"):
            calls.get(f"https://other.corp:{server.port}")
    assert asked == ["gitlab.corp", "other.corp"]


def test_a_session_cannot_switch_verification_off(authority: trustme.CA, trusting: Network) -> None:
    context = shows(trustme.CA().issue_cert("127.0.0.1"))
    with hostile(says(b"{}"), tls=context) as server, requests.Session() as session:
        http.guard(session, trusting)
        session.verify = False
        with pytest.raises(CertificateRejected):
            session.get(server.url, verify=False)
    assert server.requests == []


def test_a_port_that_does_not_speak_tls() -> None:
    error = failure(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n"), LOOPBACK)
    assert isinstance(error, ConnectFailed)
    assert "does not speak TLS 1.2 or newer" in error.message


def failure(behave: Behaviour, network: Network) -> ProviderError:
    """Call a server, by https, that behaves so on a bare connection."""
    with (
        hostile(behave, at_once=True) as server,
        http.session(network) as calls,
        pytest.raises(ProviderError) as caught,
    ):
        calls.get(f"https://127.0.0.1:{server.port}")
    return caught.value


def test_a_server_that_closes_during_the_handshake() -> None:
    def closes(stream: socket.socket, _: Hostile) -> None:
        stream.recv(1)

    for behave in (sends(b""), closes):
        error = failure(behave, LOOPBACK)
        assert isinstance(error, ConnectFailed)
        assert "closed the connection during the TLS handshake" in error.message


@pytest.mark.parametrize("behave", [hangs, drips(b"\x16\x03\x03\x40\x00")], ids=["hangs", "drips"])
def test_a_handshake_that_takes_too_long(behave: Behaviour) -> None:
    for network in (replace(LOOPBACK, connect_timeout=0.3), IMPATIENT):
        error = failure(behave, network)
        assert isinstance(error, ConnectTimedOut)
        assert "did not complete the TLS handshake within 0." in error.message


def test_a_body_dripped_over_tls(authority: trustme.CA, trusting: Network) -> None:
    context = shows(authority.issue_cert("127.0.0.1"))
    behave = drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
    network = replace(trusting, read_timeout=1.0)
    with (
        hostile(behave, tls=context) as server,
        http.session(network) as calls,
        pytest.raises(ReadTimedOut) as caught,
    ):
        calls.get(server.url)
    assert "sent its answer too slowly" in caught.value.message


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_bundle_without_certificates_names_the_setting(tmp_path: Path, content: str) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(content)
    with pytest.raises(ValueError, match=r"^EXTRA_CA_CERTS: .*bundle\.pem holds no readable PEM certificate\.$"):
        Network(ca_file=str(bundle))


def test_a_bundle_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^EXTRA_CA_CERTS: .* cannot be read: No such file or directory\.$"):
        Network(ca_file=str(tmp_path / "missing.pem"))
    with pytest.raises(ValueError, match=r"^EXTRA_CA_CERTS: .* cannot be read: Is a directory\.$"):
        Network(ca_file=str(tmp_path))


def test_an_empty_setting_is_no_bundle() -> None:
    assert Network(ca_file="") == replace(Network(), ca_file="")
