"""An error that nobody foresaw says nothing to the client and is told in the log."""

import pytest

from tests.clients import Api

pytestmark = pytest.mark.django_db


def test_an_error_that_nobody_foresaw_says_nothing(monkeypatch: pytest.MonkeyPatch, admin: Api) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("organizations.services.list_projects", broken)
    answer = admin.get("/api/v1/projects")
    assert answer.status_code == 500
    assert answer.json()["message"] == "Something went wrong"
    assert b"secret" not in answer.content


@pytest.mark.parametrize("path", ["/api/status", "/healthcheck"])
def test_an_error_outside_of_every_view_is_told_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, admin: Api, path: str
) -> None:
    monkeypatch.setattr("wire.renderers.FastJSONRenderer.render", lambda *args, **kwargs: 1 / 0)
    answer = admin.get(path)
    assert answer.status_code == 500
    assert b"ZeroDivisionError" not in answer.content
    assert [record for record in caplog.records if record.exc_info and record.exc_info[0] is ZeroDivisionError]
    assert answer.headers["Content-Type"] == "application/json"
