"""`/applications/{client_id}/token` and `/grant`: an application gives back what it has.

https://docs.github.com/rest/apps/oauth-applications
"""

from flask import Blueprint, Response, request

from sandbox.github import answers
from sandbox.github.answers import refuse
from sandbox.github.applications import OAuthApplication
from sandbox.github.hub import Hub
from sandbox.github.tokens import Token
from sandbox.parameters import basic_credentials


def routes(hub: Hub) -> Blueprint:
    authorizations = Blueprint("authorizations", __name__, url_prefix=f"{answers.REST}/applications/<client_id>")
    view = Authorizations(hub)
    authorizations.add_url_rule("/token", "delete_token", view.delete_token, methods=["DELETE"])
    authorizations.add_url_rule("/grant", "delete_grant", view.delete_grant, methods=["DELETE"])
    return authorizations


class Authorizations:
    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    def delete_token(self, client_id: str) -> Response:
        with self.hub.lock:
            self._token(self._application(client_id)).revoke()
        return answers.api_no_content()

    def delete_grant(self, client_id: str) -> Response:
        """All tokens that the application has for the same person, and their consent."""
        with self.hub.lock:
            self.hub.revoke_authorization(self._token(self._application(client_id)))
        return answers.api_no_content()

    def _application(self, client_id: str) -> OAuthApplication:
        name, secret = basic_credentials() or ("", "")
        application = self.hub.applications.by_id.get(client_id)
        if application is None or name != client_id or not application.check_secret(secret):
            raise refuse(401, answers.BAD_CREDENTIALS)
        return application

    def _token(self, application: OAuthApplication) -> Token:
        sent = request.get_json(silent=True)
        value = sent.get("access_token") if isinstance(sent, dict) else None
        if not value:
            raise refuse(422, "Validation Failed")
        token = self.hub.tokens.find(str(value))
        if not isinstance(token, Token) or token.application is not application or token.revoked:
            raise refuse(404, answers.NOT_FOUND)
        return token
