"""The call sequence of the Terraform provider (provisioning contract, section 11), as it was measured."""

import pytest

from tests.clients import Api, bootstrap, login
from tests.identities.requests import IDENTITIES, UNIVERSAL_AUTH, create_project, machine, members_path, ok

pytestmark = pytest.mark.django_db
START = "2026-11-20T12:33:00.123456789Z"
ROLE = {
    "role": "admin",
    "isTemporary": False,
    "temporaryMode": "",
    "temporaryRange": "",
    "temporaryAccessStartTime": START,
}


def test_apply_plan_and_destroy() -> None:
    operator = machine(bootstrap())
    api = operator.logged_in()
    home = ok(api.get(f"{IDENTITIES}/details"))["identityDetails"]["organization"]

    # apply
    project_id = create_project(api, "platform")
    body = {"name": "deployer", "hasDeleteProtection": False, "organizationId": home["id"], "role": "member"}
    deployer = ok(api.post(IDENTITIES, body))["identity"]["id"]
    auth_path, member_path = f"{UNIVERSAL_AUTH}/{deployer}", members_path(project_id, deployer)
    ips = [{"ipAddress": "0.0.0.0/0"}, {"ipAddress": "::/0"}]
    auth = {
        "identityId": deployer,
        "accessTokenTTL": 3600,
        "accessTokenMaxTTL": 86400,
        "accessTokenTrustedIps": ips,
    }
    ok(api.post(auth_path, auth))
    ok(api.post(member_path, {"projectId": project_id, "identityId": deployer, "roles": [ROLE]}))
    ok(api.get(member_path))
    client_id = ok(api.get(auth_path))["identityUniversalAuth"]["clientId"]
    secret_body = {"identityId": deployer, "description": "by terraform", "numUsesLimit": 0, "ttl": 0}
    secret = ok(api.post(f"{auth_path}/client-secrets", secret_body))
    secret_id = secret["clientSecretData"]["id"]
    token = ok(login(client_id, secret["clientSecret"]))["accessToken"]
    assert ok(Api(token=token).get(f"/api/v1/workspace/{project_id}"))

    # plan: everything reads back as it was configured
    again = operator.logged_in()
    identity = ok(again.get(f"{IDENTITIES}/{deployer}"))["identity"]
    assert (identity["identity"]["name"], identity["role"], identity["orgId"]) == ("deployer", "member", home["id"])
    read = ok(again.get(auth_path))["identityUniversalAuth"]
    assert (read["accessTokenTTL"], read["accessTokenMaxTTL"]) == (3600, 86400)
    assert [f"{ip['ipAddress']}/{ip['prefix']}" for ip in read["accessTokenTrustedIps"]] == ["0.0.0.0/0", "::/0"]
    data = ok(again.get(f"{auth_path}/client-secrets/{secret_id}"))["clientSecretData"]
    assert (data["isClientSecretRevoked"], data["clientSecretNumUses"]) == (False, 1)
    roles = ok(again.get(member_path))["identityMembership"]["roles"]
    assert [(role["role"], role["isTemporary"]) for role in roles] == [("admin", False)]

    # destroy, with the provider's bodies on DELETE
    ok(again.delete(member_path, {"projectId": project_id, "identityId": deployer}))
    ok(again.post(f"{auth_path}/client-secrets/{secret_id}/revoke", {"clientSecretId": secret_id}))
    ok(again.delete(auth_path, {"identityId": deployer}))
    ok(again.delete(f"{IDENTITIES}/{deployer}", {"identityId": deployer}))
    ok(again.delete("/api/v2/workspace/platform"))
    assert Api(token=token).get(f"{IDENTITIES}/details").status_code == 403
