"""What is measured: the names of all rows, the calls of those that are served, and the two yardsticks."""

import json
from dataclasses import asdict, dataclass

# Stands in a body for a text that no other request of the run has.
UNIQUE = "~unique~"
CONNECTIONS = "/api/v1/app-connections/gitlab"
SESSION_COOKIE = "sessionid"
PAGE = "/organization/app-connections"
SERVED = ("get", "list100", "list10000", "login", "create", "page", "page-alone")  # by the server, under load
TOKENS = ("fresh", "storm", "callers")  # in processes of their own; see `tokens`
ROWS = (*SERVED, *TOKENS)
IN_PROJECT = 100  # the length of the shorter list
CLIENTS = 16  # at once


@dataclass(frozen=True, slots=True)
class Call:
    """One request, sent over and over. `token` may be empty; `body` is JSON text, None for a GET.

    With a `session` it is a browser's, for a page.
    """

    path: str
    token: str = ""
    body: str | None = None
    session: str = ""
    clients: int = CLIENTS

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def headers(self) -> dict[str, str]:
        if self.session:
            return {"Cookie": f"{SESSION_COOKIE}={self.session}", "Accept-Encoding": "gzip"}
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return bearer if self.body is None else {**bearer, "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the database was filled with. `creator_token` is of another organization: lists keep their length."""

    token: str
    creator_token: str
    client_id: str
    client_secret: str
    project_id: str
    connection_id: str
    session: str


@dataclass(frozen=True, slots=True)
class GitLab:
    """The sandbox that credentials are verified against."""

    url: str
    access_token: str


def yardsticks(seeded: Seeded) -> dict[str, Call]:
    return {"constant": Call("/bench/constant"), "one_query": Call(f"/bench/one-query/{seeded.connection_id}")}


def rows(seeded: Seeded, gitlab: GitLab) -> dict[str, Call]:
    login = {"clientId": seeded.client_id, "clientSecret": seeded.client_secret}
    return {
        "get": Call(f"{CONNECTIONS}/{seeded.connection_id}", seeded.token),
        "list100": Call(f"{CONNECTIONS}?projectId={seeded.project_id}", seeded.token),
        "list10000": Call(CONNECTIONS, seeded.token),
        "login": Call("/api/v1/auth/universal-auth/login", body=json.dumps(login)),
        "create": Call(CONNECTIONS, seeded.creator_token, json.dumps(creation(gitlab))),
        "page": Call(PAGE, session=seeded.session),
        "page-alone": Call(PAGE, session=seeded.session, clients=1),
    }


def creation(gitlab: GitLab) -> dict[str, object]:
    credentials = {
        "accessToken": gitlab.access_token,
        "accessTokenType": "personal",
        "instanceUrl": gitlab.url,
    }
    return {"name": f"created-{UNIQUE}", "method": "access-token", "credentials": credentials}


def to_json(calls: dict[str, Call]) -> str:
    return json.dumps({name: asdict(call) for name, call in calls.items()})


def from_json(text: str) -> dict[str, Call]:
    return {name: Call(**fields) for name, fields in json.loads(text).items()}
