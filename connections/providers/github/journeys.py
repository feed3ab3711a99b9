"""What people are told on their way to a GitHub and back."""

from collections.abc import Mapping

from connections.providers.journeys import Journey, Pending

TO_AN_OAUTH_APP = (
    "Sign in at GitHub, and open the settings of the organization that shall own it: Developer settings, OAuth "
    "apps, New OAuth app.",
    "Give it the redirect URI below as its authorization callback URL, letter by letter. People are asked for the "
    "scopes below when they connect.",
    "Register it, generate a client secret, and copy the client ID and the secret, which GitHub shows only once.",
)
TO_AN_APP = (
    "Sign in at GitHub, and open the settings of the organization that shall own it: Developer settings, GitHub "
    "Apps, New GitHub App.",
    "Give it the redirect URI below as its first callback URL, letter by letter, and the permissions below.",
    "Tick “Request user authorization (OAuth) during installation” and “Redirect on update”. Switch the webhook "
    "off.",
    "Create it, and generate a client secret and a private key.",
)
CONSENTING = Journey(
    there="You go to GitHub, give access there, and come back. From then on the connection works by itself.",
    again="and give access once more.",
    mismatch="Its OAuth app then does not match. It needs this redirect URI, letter by letter, as its "
    "authorization callback URL. You are asked for these scopes.",
    heed=(
        "GitHub lists your organizations beside its question. Press Grant, or Request, at each of them that the "
        "connection is to reach: some let no OAuth app in that their owners have not approved.",
    ),
)
INSTALLING = Journey(
    there="You go to GitHub, choose an account and which of its repositories the App may see, install it there, "
    "and come back. From then on the connection renews itself.",
    again="and show there who you are. Where the App is installed it stays as it is.",
    mismatch="Its GitHub App then does not match. It needs this redirect URI, letter by letter, as the first of "
    "its callback URLs, “Request user authorization (OAuth) during installation”, and these permissions.",
    heed=(
        "Where you are no owner of the organization, its owners may have to approve the App. GitHub asks them and "
        "sends you back. Once they have approved it, connect again, and choose that it is installed already.",
    ),
    which="Installed on",
)
REQUESTED = Pending(
    title="An owner has to approve the installation",
    cause="You are no owner of the account that you chose, so GitHub has asked its owners to install the App.",
    advice="Nothing was stored. Once an owner has approved it, connect again, and choose that it is installed "
    "already. What you filled in is still there.",
)
INSTALLED_ELSEWHERE = Pending(
    title="The GitHub App is installed",
    cause="It was installed from GitHub's own pages, or by approving what somebody asked for.",
    advice="Nothing was stored here. Whoever asked for it can connect now, and so can you: choose that it is "
    "installed already.",
)
NOWHERE = (
    "The GitHub App is installed on no account where you may use it. Connect again, and choose to install it now."
)
ABSENT = (
    "The GitHub App was not installed: you came back without an installation. Where you are no owner of the "
    "account, one of its owners may have to approve it first."
)


def pending(answer: Mapping[str, str]) -> Pending | None:
    """Tell what it means to come back without having been let in, by setup_action.

    https://docs.github.com/en/apps/using-github-apps/requesting-a-github-app-from-your-organization-owner
    """
    if answer.get("setup_action") == "request":
        return REQUESTED
    if "state" not in answer and answer.get("installation_id"):
        return INSTALLED_ELSEWHERE
    return None
