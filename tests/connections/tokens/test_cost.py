"""What a fresh token costs: one query, as long as it need not be refreshed."""

import threading

import pytest
from pytest_django import DjangoAssertNumQueries

from connections import tokens
from tests.connections.tokens.grantors import Grantor
from tests.connections.tokens.stored import Stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_token_that_need_not_be_refreshed_costs_one_query_and_no_call(
    connection: Stored, grantor: Grantor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    connection.ends_in(3600)
    with django_assert_num_queries(1):
        tokens.fresh(connection.id)
    assert grantor.sandbox.requests == []


def test_a_valid_token_whose_refresh_is_put_off_costs_two_queries(
    connection: Stored, grantor: Grantor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    grantor.sandbox.misbehave("status", grantor.token_endpoint, status=503)
    connection.ends_in(240)
    tokens.fresh(connection.id)
    grantor.sandbox.clear_requests()
    with django_assert_num_queries(2):
        tokens.fresh(connection.id)
    assert grantor.sandbox.requests == []


def test_no_thread_is_left_behind(connection: Stored) -> None:
    tokens.fresh(connection.id)
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if name.startswith(("refresh-", "lease-"))]
