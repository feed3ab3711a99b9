"""The form for a new connection by access token, as the tests of this folder fill it in."""

import re
from typing import TYPE_CHECKING

from django.test import Client

from sandbox.gitlab import Sandbox
from tests.people import send

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

CHOOSE = "/organization/app-connections/new"
BY_TOKEN = "/organization/app-connections/gitlab/new/access-token"


def fields(gitlab: Sandbox, **changed: str) -> dict[str, str]:
    """Return the form filled in, with a fresh personal token unless `changed` says otherwise."""
    return {
        "name": "platform",
        "description": "For the platform team",
        "projectId": "",
        "instanceUrl": "",
        "instanceUrl_other": gitlab.url,
        "accessTokenType": "personal",
        "accessToken": changed.get("accessToken") or gitlab.personal_token().value,
        **changed,
    }


def fill_in(client: Client, gitlab: Sandbox, **changed: str) -> "Response":
    return send(client, BY_TOKEN, fields(gitlab, **changed))


def errors_at(response: "Response", name: str) -> str:
    """Return what is said at a field; at the form itself for an empty name."""
    page = response.content.decode()
    mark = f'<ul class="errorlist" id="id_{name}_error">' if name else '<ul class="errorlist nonfield">'
    found = page.partition(mark)[2].partition("</ul>")[0]
    return re.sub(r"<[^>]+>", " ", found).strip()


def main(response: "Response") -> str:
    """Return the page without its frame, which knows the page's own address."""
    return response.content.decode().partition("<main")[2]


def links(response: "Response") -> list[str]:
    """Return where the page's links lead, as a browser reads them."""
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)"', response.content.decode())]
