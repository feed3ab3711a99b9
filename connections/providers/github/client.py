"""Calls to GitHub's REST API: values in, typed results out.

`api` is the address of the API (`credentials.api_url`), without a slash at the end. Each raises ProviderError.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

from connections.providers.answer import shown
from connections.providers.errors import BadAnswer, NotSent, ProviderError, Refused, TokenMissing
from connections.providers.github import private_key, shapes
from connections.providers.github.rest import (
    HEADERS,
    AppUnknown,
    Proof,
    by_app,
    by_client,
    by_token,
    checked,
    pages,
    segment,
)
from connections.providers.github.shapes import (
    Environment,
    Installation,
    InstallationToken,
    MadeApp,
    Organization,
    Repository,
    User,
)
from connections.providers.http import Calls

# A code is good for one hour and one call: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
CODE = re.compile(r"[A-Za-z0-9_-]{8,128}")
CODE_IN_PATH = re.compile(r"(?<=/app-manifests/)[^/\s]+")
ENDED_BEFORE = "the token was ended before, or was given to another client."
NO_SUCH_CODE = "GitHub does not know this code, which is good once and for an hour. Make the App again."


def user(calls: Calls, api: str, token: str) -> User:
    """Return whose the token is, and what it is: https://docs.github.com/en/rest/users/users#get-the-authenticated-user"""
    proof = by_token(api, token)
    absent = f"there is no GitHub API at {api}. Check the host."
    return shapes.user(checked(calls.get(f"{api}/user", headers=proof.headers), api, proof, absent=absent))


def repositories_of_user(calls: Calls, api: str, token: str) -> Iterator[Repository]:
    """https://docs.github.com/en/rest/repos/repos#list-repositories-for-the-authenticated-user"""
    return map(shapes.repository, pages(calls, api, "/user/repos", by_token(api, token)))


def organizations_of_user(calls: Calls, api: str, token: str) -> Iterator[Organization]:
    """https://docs.github.com/en/rest/orgs/orgs#list-organizations-for-the-authenticated-user"""
    return map(shapes.organization, pages(calls, api, "/user/orgs", by_token(api, token)))


def installations_of_user(calls: Calls, api: str, token: str) -> Iterator[Installation]:
    """Yield where the user reaches the App that the token was given to.

    https://docs.github.com/en/rest/apps/installations#list-app-installations-accessible-to-the-user-access-token
    """
    return map(shapes.installation, pages(calls, api, "/user/installations", by_token(api, token), "installations"))


def repositories_of_installation(calls: Calls, api: str, token: str) -> Iterator[Repository]:
    """https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation"""
    return map(
        shapes.repository, pages(calls, api, "/installation/repositories", by_token(api, token), "repositories")
    )


def environments(calls: Calls, api: str, token: str, owner: str, repo: str) -> Iterator[Environment]:
    """Yield a repository's environments; none for one that there is not, or that the token may not see.

    https://docs.github.com/en/rest/deployments/environments#list-environments
    """
    path = f"/repos/{segment(owner)}/{segment(repo)}/environments"
    try:
        yield from map(shapes.environment, pages(calls, api, path, by_token(api, token), "environments"))
    except Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise


def find_installation(calls: Calls, api: str, jwt: str, account: str, account_type: str) -> Installation | None:
    """Return the App's installation on an account, whose type is Organization or User; None where it has none.

    https://docs.github.com/en/rest/apps/apps#get-an-organization-installation-for-the-authenticated-app
    """
    kind = "orgs" if account_type == "Organization" else "users"
    proof = by_app(api, jwt)
    answer = calls.get(f"{api}/{kind}/{segment(account)}/installation", headers=proof.headers)
    try:
        return shapes.installation(checked(answer, api, proof).json_object())
    except AppUnknown:
        raise
    except Refused as refusal:
        if refusal.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def installations(calls: Calls, api: str, jwt: str) -> Iterator[Installation]:
    """Yield where the App is installed.

    https://docs.github.com/en/rest/apps/apps#list-installations-for-the-authenticated-app
    """
    return map(shapes.installation, pages(calls, api, "/app/installations", by_app(api, jwt)))


def create_installation_token(calls: Calls, api: str, jwt: str, installation_id: str) -> InstallationToken:
    """Return a new token, which is good for an hour. Raises TokenMissing for an answer without one.

    https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
    """
    proof = by_app(api, jwt)
    absent = (
        f"{api} knows no installation {shown(installation_id)} of this GitHub App. It may have been uninstalled: "
        "install the App again."
    )
    url = f"{api}/app/installations/{segment(installation_id)}/access_tokens"
    answer = checked(calls.post(url, headers=proof.headers), api, proof, HTTPStatus.CREATED, absent)
    made = shapes.installation_token(answer.json_object())
    if not made.token:
        raise TokenMissing(f"{answer.url} answered with status {answer.status}, but without a token.")
    return made


def end_installation_token(calls: Calls, api: str, token: str) -> None:
    """https://docs.github.com/en/rest/apps/installations#revoke-an-installation-access-token"""
    proof = by_token(api, token)
    checked(calls.delete(f"{api}/installation/token", headers=proof.headers), api, proof, HTTPStatus.NO_CONTENT)


def end_user_token(calls: Calls, api: str, client_id: str, secret: str, token: str) -> None:
    """End one token of a person. Raises Refused with status 404 for one that is ended already.

    https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token
    """
    proof = by_client(api, client_id, secret, token)
    url = f"{api}/applications/{segment(client_id)}/token"
    answer = calls.delete(url, headers=proof.headers, json={"access_token": token})
    checked(answer, api, proof, HTTPStatus.NO_CONTENT, ENDED_BEFORE)


def convert_manifest(calls: Calls, api: str, code: str) -> MadeApp:
    """Return the App that was made of a manifest, for the code that a person came back with.

    https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest. The code alone says who asks, and
    stands in the path, so it is taken out of whatever goes wrong.
    """
    if not CODE.fullmatch(code):
        raise NotSent("This is no code for a new GitHub App. Make the App again.")
    proof = Proof("", NO_SUCH_CODE, (code,))
    try:
        answer = calls.post(f"{api}/app-manifests/{code}/conversions", headers=HEADERS)
        found = checked(answer, api, proof, HTTPStatus.CREATED, NO_SUCH_CODE).json_object()
    except ProviderError as error:
        error.message = CODE_IN_PATH.sub("[code]", error.message)
        error.args = (error.message,)
        raise
    return _made(api, shapes.made_app(found, _pem(found.get("pem"))))


def _pem(value: object) -> str:
    with suppress(ValueError):
        return private_key.read(value) if isinstance(value, str) else ""
    return ""


def _made(api: str, app: MadeApp) -> MadeApp:
    """Return an App that can be used. Raises BadAnswer, naming what is missing."""
    needed = {"id": app.id, "client id": app.client_id, "client secret": app.client_secret, "private key": app.pem}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise BadAnswer(f"{api} made the GitHub App, but did not give its {' and '.join(missing)}.")
    return app
