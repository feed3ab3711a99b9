"""All that one GitHub keeps, in one place for the parts that answer requests."""

from sandbox.clock import Clock
from sandbox.github.applications import Applications
from sandbox.github.installations import Installations, InstallationToken
from sandbox.github.state import Repository, User, World
from sandbox.github.tokens import Token, Tokens


class Hub:
    """`site` is GitHub's own external URL, which its answers name. `skew` is by how many seconds its clock is
    ahead of that of its clients."""

    site = ""
    skew = 0.0

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.world = World(clock)
        self.lock = self.world.lock
        self.applications = Applications()
        self.installations = Installations(self.world)
        self.tokens = Tokens(clock)

    @property
    def api(self) -> str:
        return f"{self.site}/api/v3"

    def repositories(self, token: Token) -> list[Repository]:
        """What the person of `token` works on and `token` reaches: private ones with the scope `repo`, a GitHub
        App's only where it is installed."""
        mine = [each for each in list(self.world.repositories.values()) if self.world.permission(token.user, each)]
        return [repository for repository in mine if self._reaches(token, repository)]

    def reached(self, token: InstallationToken) -> list[Repository]:
        """What `token` was made for, as far as the installation still has it."""
        installed = self.installations.repositories(token.installation)
        return installed if token.chosen is None else [each for each in installed if each in token.chosen]

    def can_see(self, token: Token | InstallationToken, repository: Repository) -> bool:
        if not repository.private:
            return True
        if isinstance(token, InstallationToken):
            return repository in self.reached(token)
        return self.world.permission(token.user, repository) is not None and self._reaches(token, repository)

    def _reaches(self, token: Token, repository: Repository) -> bool:
        if token.app:
            installations = self.installations.visible_to(token.app, token.user)
            live = [each for each in installations if each.suspended_at is None]
            return any(repository in self.installations.repositories(each) for each in live)
        return token.scopes is None or "repo" in token.scopes or not repository.private

    def revoke_authorization(self, token: Token) -> None:
        """Everything that the application of `token` has for its person, and the consent to more."""
        if token.application is not None:
            self.tokens.revoke_of(token.application, token.user)
            self.applications.authorized.pop((token.application.client_id, token.user.id), None)

    def person(self, login: str) -> User | None:
        account = self.world.accounts.get(login.lower())
        return account if isinstance(account, User) else None
