"""Pages are compressed where that gives nothing away."""

import gzip
import re

import pytest
from django.test import Client

from tests.clients import ADDRESS
from tests.people import SIGN_IN, browser, person

pytestmark = pytest.mark.django_db
HOME = "/organization/app-connections"
ACCEPTED = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_compressed_for_a_browser_that_can_read_it() -> None:
    ann = browser(person())
    plain, compressed = ann.get(HOME), ann.get(HOME, headers=ACCEPTED)
    assert "Content-Encoding" not in plain
    assert compressed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in compressed["Vary"]
    assert int(compressed["Content-Length"]) == len(compressed.content) < len(plain.content) / 2
    assert b"App connections" in gzip.decompress(compressed.content)


def test_what_a_form_answers_with_is_not() -> None:
    person()  # an empty instance has no sign-in page
    answer = Client(REMOTE_ADDR=ADDRESS).post(SIGN_IN, {"login": "x" * 500}, headers=ACCEPTED)
    assert b"<form" in answer.content
    assert "Content-Encoding" not in answer


def test_an_answer_of_the_api_is_not() -> None:
    for path in ("/api/schema", "/api/docs", "/api/v1/app-connections"):
        assert "Content-Encoding" not in Client().get(path, headers=ACCEPTED)


def test_its_length_is_blurred_and_its_token_masked_anew() -> None:
    person()
    somebody = Client()
    answers = [somebody.get(SIGN_IN, headers=ACCEPTED) for _ in range(12)]
    texts = [gzip.decompress(answer.content).decode() for answer in answers]
    tokens = {found for text in texts for found in re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', text)}
    assert len(tokens) == len(texts)
    assert len({len(answer.content) for answer in answers}) > 3
