"""An API that a bad request must leave as it was."""

from collections.abc import Iterator

import pytest

from organizations.models import Project
from tests.clients import Api

pytest.register_assert_rewrite("tests.wire.requests")


@pytest.fixture
def api(admin: Api) -> Iterator[Api]:
    """An admin, so that no request is stopped at the door; nothing may be made by a bad request."""
    yield admin
    assert not Project.objects.exists()
