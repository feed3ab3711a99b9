"""What holds for every page: its headers, and what it says when something goes wrong."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path
from pytest_django import Settings

from config.urls import urlpatterns as product
from tests.clients import anonymous
from tests.people import HOME, SIGN_IN, browser, person
from wire.errors import BadRequest, NotFound, PermissionDenied, RateLimited, Unavailable
from wire.origin import Origin
from wire.pages import Step, allow_form_to, outcome

pytestmark = pytest.mark.django_db
PAGES = [SIGN_IN, "/password-reset", "/password-reset/sent", "/password-reset/1-2", "/sign-in/inactive", HOME]
STRICT = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
}
RAISED: dict[str, Callable[[], Exception]] = {
    "refused": lambda: BadRequest("The name is taken"),
    "denied": lambda: PermissionDenied("You are not allowed to create on app-connections"),
    "foreign": NotFound,
    "hurried": lambda: RateLimited(retry_after=7),
    "away": lambda: Unavailable("GitLab does not answer", retry_after=5),
    "django-denied": DjangoPermissionDenied,
    "suspicious": lambda: SuspiciousOperation("a secret path"),
    "broken": lambda: RuntimeError("the secret of the house"),
    "no-database": lambda: OperationalError("password 'hunter2'"),
}


def raising(request: HttpRequest, name: str) -> NoReturn:
    raise RAISED[name]()


def connecting(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("a form")
    allow_form_to(answer, "https://gitlab.example.com")
    allow_form_to(answer, "https://git.example.org:8443")
    return answer


urlpatterns = [*product, path("raise/<str:name>", raising), path("connect", connecting)]
handler400 = "wire.envelope.bad_request"
handler403 = "wire.envelope.forbidden"
handler404 = "wire.envelope.not_found"
handler500 = "wire.envelope.server_error"


def policy(answer: Any) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.headers["Content-Security-Policy"].split(";")]
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/api/docs", "/"])
def test_every_page_carries_the_strict_policy_and_its_company(path: str) -> None:
    answer = browser(person()).get(path) if path == HOME else browser().get(path)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert policy(answer) == STRICT
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/api/docs"])
def test_no_page_has_a_script_or_a_style_in_it(path: str) -> None:
    page = (browser(person()) if path == HOME else browser()).get(path).content.decode()
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_json_carries_no_policy() -> None:
    assert "Content-Security-Policy" not in anonymous().get("/api/status").headers


def test_a_form_may_lead_to_what_its_page_names_and_to_nothing_else(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    allowed = ["'self'", "https://gitlab.example.com", "https://git.example.org:8443"]
    assert policy(browser().get("/connect")) == {**STRICT, "form-action": allowed}
    assert policy(browser().get(SIGN_IN)) == STRICT


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("refused", 400, "The name is taken"),
        ("denied", 403, "Ask an admin of your organization"),
        ("foreign", 404, "There is no such page"),
        ("hurried", 429, "Too many attempts"),
        ("away", 503, "GitLab does not answer"),
        ("django-denied", 403, "Your role does not allow it."),
        ("suspicious", 400, "The request is malformed"),
        ("broken", 500, "Something went wrong here"),
        ("no-database", 500, "Something went wrong here"),
    ],
)
def test_an_error_is_a_page_with_a_cause_a_next_step_and_the_requests_id(
    settings: Settings, name: str, status: int, said: str
) -> None:
    settings.ROOT_URLCONF = __name__
    answer = browser().get(f"/raise/{name}")
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert said in page
    assert 'href="/"' in page
    assert answer.headers["X-Request-Id"] in page
    assert "secret" not in page
    assert "hunter2" not in page


def test_how_long_to_wait_stands_in_the_header(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    assert browser().get("/raise/hurried")["Retry-After"] == "7"


def test_below_api_the_same_is_json() -> None:
    for client in (browser(), browser(person())):
        answer = client.get("/api/nowhere")
        assert (answer.status_code, answer.json()["error"]) == (404, "NotFound")


def test_the_page_of_a_server_error_needs_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    ann = browser(person())

    def refuse(*args: Any, **kwargs: Any) -> NoReturn:
        raise OperationalError("connection to server at 10.1.2.3 failed")

    monkeypatch.setattr(connection, "cursor", refuse)
    answer = ann.get(HOME)
    assert answer.status_code == 500
    assert b"Something went wrong here" in answer.content
    assert b"10.1.2.3" not in answer.content


def test_the_page_of_a_server_error_keeps_the_theme(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__
    somebody = browser()
    somebody.cookies["theme"] = "dark"
    assert b'data-theme="dark"' in somebody.get("/raise/broken").content


def test_an_outcome_shows_steps_as_links_and_as_forms_that_prove_themselves(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.origin = Origin("", "", "req-1")  # type: ignore[attr-defined]  # RequestMiddleware sets it
    answer = outcome(
        request,
        title="GitLab refused <b>",
        cause="The consent was denied.",
        advice="Start again.",
        steps=[Step("Again", "/again", {"name": 'a"b'}), Step("Home", "/")],
        facts={"URL": "https://gitlab.example.com"},
        status=400,
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "<h1>GitLab refused &lt;b&gt;</h1>" in page
    assert '<form method="post" action="/again">' in page
    assert 'name="csrfmiddlewaretoken"' in page
    assert '<input type="hidden" name="name" value="a&quot;b">' in page
    assert '<a class="button quiet" href="/">Home</a>' in page
    assert "https://gitlab.example.com" in page
    assert "req-1" in page
