"""`POST /api/v1/admin/bootstrap` sets an instance up once."""

import pytest
from django.contrib.auth.hashers import check_password

from audit.models import AuditEvent
from identities.models import Identity, TokenAuth
from organizations.models import Organization, User
from tests.clients import SET_UP, Api, anonymous, bootstrap

pytestmark = pytest.mark.django_db
PATH = "/api/v1/admin/bootstrap"


def test_the_answer_has_the_contracts_shape() -> None:
    answer = anonymous().post(PATH, SET_UP)
    assert answer.status_code == 200
    made = answer.json()
    assert made["message"] == "Successfully bootstrapped instance"
    assert made["user"]["email"] == "admin@example.com"
    assert made["user"]["superAdmin"] is True
    assert made["organization"]["name"] == "Example"
    assert made["identity"]["name"] == "Instance Admin Identity"
    assert made["identity"]["orgId"] == made["organization"]["id"]


def test_the_token_is_an_organization_admins_and_has_no_end() -> None:
    admin = bootstrap()
    assert admin.get("/api/v1/identities/details").status_code == 200
    assert TokenAuth.objects.get().access_token_ttl == 0


def test_the_user_is_the_operator_and_can_log_in_with_the_password_as_given() -> None:
    anonymous().post(PATH, {**SET_UP, "email": " Admin@Example.COM ", "password": "  spaces count  "})
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("admin@example.com", True, True)
    assert check_password("  spaces count  ", user.password)


def test_the_second_call_is_refused_and_changes_nothing() -> None:
    bootstrap()
    again = anonymous().post(PATH, {**SET_UP, "email": "thief@example.com"})
    assert again.status_code == 400
    assert again.json()["message"] == "Instance has already been set up"
    assert User.objects.count() == Organization.objects.count() == Identity.objects.count() == 1


def test_an_instance_that_was_set_up_another_way_is_not_given_away() -> None:
    User.objects.create_superuser("operator@example.com", "secret")
    assert anonymous().post(PATH, SET_UP).status_code == 400


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email", "nobody", "Invalid email"),
        ("email", None, "Expected string, received null"),
        ("password", "", "String must contain at least 1 character(s)"),
        ("organization", "  ", "String must contain at least 1 character(s)"),
        ("organization", 7, "Expected string, received number"),
    ],
)
def test_what_cannot_be_is_named(field: str, value: object, message: str) -> None:
    answer = anonymous().post(PATH, {**SET_UP, field: value})
    assert answer.status_code == 422
    assert [(issue["path"], issue["message"]) for issue in answer.json()["message"]] == [([field], message)]
    assert not User.objects.exists()


def test_the_event_holds_neither_password_nor_token() -> None:
    admin = bootstrap()
    event = AuditEvent.objects.get(type="bootstrap-instance")
    assert SET_UP["password"] not in str(event.metadata)
    assert admin.token not in str(event.metadata)


def test_a_token_sent_along_is_not_looked_at() -> None:
    assert Api(token="rubbish").post(PATH, SET_UP).status_code == 200
