"""How to make a personal access token at a GitHub.

https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens
"""

from urllib.parse import urlencode

from connections.providers.guides import Guide, Making, Need, Page

# https://docs.github.com/en/rest/actions/secrets
SYNC_SCOPES = ("repo", "admin:org")
TOKEN_NAME = "app-connection"  # noqa: S105  # what the token is called


def guide(making: Making) -> Guide:
    """Return the steps to a fine-grained token, and to a classic one where those do not reach."""
    return Guide(
        title="Create a personal access token",
        page=_page(making, "personal-access-tokens/new", "New fine-grained token", {"name": TOKEN_NAME}),
        steps=(
            "Choose who owns what it is for: your own account, or an organization. An organization may have to "
            "approve the token before it works there.",
            "Give it an expiration date, and choose the repositories that it may see.",
            "Give it the repository permissions Secrets and Environments, read and write, and Actions, read-only. "
            "For secrets of a whole organization, also its permission Secrets, read and write.",
            "Generate it, copy it at once, for GitHub shows it only this time, and paste it into the form.",
        ),
        needs=(
            Need(
                "Secret sync, with a classic token",
                SYNC_SCOPES,
                page=_page(
                    making,
                    "tokens/new",
                    "New classic token",
                    {"description": TOKEN_NAME, "scopes": ",".join(SYNC_SCOPES)},
                ),
            ),
        ),
        note="A fine-grained token is narrower, and so the better choice. Where an organization asks for single "
        "sign-on, a classic token has to be authorized for it after it is made: Configure SSO.",
    )


def _page(making: Making, path: str, label: str, query: dict[str, str]) -> Page | None:
    return Page(f"{making.url}/settings/{path}?{urlencode(query)}", label) if making.url else None
