"""What must hold when requests come at the same moment."""

from functools import partial

import pytest

from identities.models import AccessToken, ClientSecret, Identity, LoginFailure
from organizations.models import MembershipRole, Organization, User
from tests.clients import SET_UP, Api, anonymous, identity_with
from tests.concurrency import at_once
from tests.identities.requests import IDENTITIES, REVOKE, create_project, machine, members_path, ok

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_bootstraps_exactly_one_wins() -> None:
    calls = [
        partial(anonymous().post, "/api/v1/admin/bootstrap", SET_UP | {"email": f"{n}@example.com"}) for n in "ab"
    ]
    answers = at_once(calls)
    assert sorted(answer.status_code for answer in answers) == [200, 400]
    assert User.objects.count() == Organization.objects.count() == Identity.objects.count() == 1


def test_a_client_secret_for_three_uses_lets_exactly_three_log_in() -> None:
    deployer = machine(identity_with(), secret={"numUsesLimit": 3})
    answers = at_once([deployer.login] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [401] * 5
    assert ClientSecret.objects.get().num_uses == 3
    assert AccessToken.objects.filter(client_secret__isnull=False).count() == 3


def test_a_token_for_three_uses_serves_exactly_three_requests() -> None:
    deployer = machine(identity_with(), settings={"accessTokenNumUsesLimit": 3}).logged_in()
    answers = at_once([partial(deployer.get, f"{IDENTITIES}/details")] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [403] * 5


def test_no_failed_login_is_lost() -> None:
    deployer = machine(identity_with(), settings={"lockoutThreshold": 30})
    answers = at_once([partial(deployer.login, secret="wrong")] * 8)
    assert {answer.status_code for answer in answers} == {401}
    assert LoginFailure.objects.get().failures == 8


def test_logins_with_the_same_secret_at_once_all_succeed() -> None:
    deployer = machine(identity_with())
    answers = at_once([deployer.login] * 8)
    assert {answer.status_code for answer in answers} == {200}
    assert ClientSecret.objects.get().num_uses == 8


def test_no_token_outlives_the_revocation_of_its_secret() -> None:
    admin = identity_with()
    deployer = machine(admin)
    revoke = f"{deployer.auth_path}/client-secrets/{deployer.client_secret_id}/revoke"
    calls = [partial(deployer.login) for _ in range(8)]
    calls[0] = partial(admin.post, revoke)
    at_once(calls)
    assert not AccessToken.objects.filter(client_secret__isnull=False, is_revoked=False).exists()


def test_no_login_outlives_its_identity() -> None:
    admin = identity_with()
    deployer = machine(admin)
    calls = [partial(deployer.login) for _ in range(8)]
    calls[0] = partial(admin.delete, f"{IDENTITIES}/{deployer.identity_id}")
    answers = at_once(calls)
    assert answers[0].status_code == 200
    assert {answer.status_code for answer in answers} <= {200, 401}
    assert not AccessToken.objects.filter(client_secret__isnull=False).exists()


def test_no_login_outlives_its_universal_auth() -> None:
    admin = identity_with()
    deployer = machine(admin)
    calls = [partial(deployer.login) for _ in range(8)]
    calls[0] = partial(admin.delete, deployer.auth_path)
    answers = at_once(calls)
    assert answers[0].status_code == 200
    assert {answer.status_code for answer in answers} <= {200, 401}
    assert not AccessToken.objects.filter(client_secret__isnull=False).exists()


def test_two_admins_who_demote_each_other_leave_one() -> None:
    first, second = identity_with(), identity_with()
    calls = [
        partial(first.patch, f"{IDENTITIES}/{second.identity_id}", {"role": "member"}),
        partial(second.patch, f"{IDENTITIES}/{first.identity_id}", {"role": "member"}),
    ]
    answers = at_once(calls)
    assert 200 in [answer.status_code for answer in answers]
    assert MembershipRole.objects.filter(role="admin").count() == 1


def test_two_changes_of_a_members_roles_do_not_add_up() -> None:
    admin = identity_with()
    project_id = create_project(admin)
    deployer = identity_with(role="member", project_roles={project_id: ["viewer"]})
    path = members_path(project_id, deployer.identity_id)
    answers = at_once([partial(admin.patch, path, {"roles": [{"role": role}]}) for role in ("admin", "member")])
    assert {answer.status_code for answer in answers} == {200}
    assert len(ok(admin.get(path))["identityMembership"]["roles"]) == 1


def test_one_identity_joins_a_project_once() -> None:
    admin = identity_with()
    path = members_path(create_project(admin), identity_with(role="member").identity_id)
    answers = at_once([partial(admin.post, path, {"roles": [{"role": "member"}]})] * 4)
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


def test_a_token_that_is_revoked_twice_is_revoked() -> None:
    deployer = machine(identity_with()).logged_in()
    answers = at_once([partial(Api().post, REVOKE, {"accessToken": deployer.token})] * 2)
    assert sorted(answer.status_code for answer in answers) == [200, 403]
