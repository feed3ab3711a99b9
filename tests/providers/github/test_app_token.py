"""What a GitHub App signs names the App, is good for minutes, and is checked with its public key."""

import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from connections.providers.github import private_key
from connections.providers.github.app_token import app_jwt
from tests.providers.github import keys

NOW = 1_700_000_000.75


@pytest.mark.parametrize("issuer", ["Iv23liA1b2C3d4E5f6G7", "12345"])
def test_it_names_the_app_and_ends_within_ten_minutes(issuer: str) -> None:
    token = app_jwt(issuer, keys.pem(), NOW)
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT"}
    claims = jwt.decode(token, keys.made().public_key(), algorithms=["RS256"], options={"verify_exp": False})
    assert claims == {"iat": 1_699_999_940, "exp": 1_700_000_540, "iss": issuer}


def test_it_is_good_now() -> None:
    claims = jwt.decode(app_jwt("12345", keys.pem()), keys.made().public_key(), algorithms=["RS256"])
    assert claims["exp"] - claims["iat"] == 600
    assert 0 < claims["exp"] - time.time() <= 540


def test_it_is_signed_by_the_key_and_by_no_other() -> None:
    another = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(app_jwt("12345", keys.pem()), another.public_key(), algorithms=["RS256"])


def test_to_sign_proves_the_key_no_more() -> None:
    """Proving it holds up everything else that runs; it was proved when it was read."""
    pem = keys.pem(bits=4096)
    began = time.thread_time()
    private_key.read(pem)
    was_read = time.thread_time()
    app_jwt("12345", pem)
    assert time.thread_time() - was_read < (was_read - began) / 4
