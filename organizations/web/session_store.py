"""Sessions as Django stores them, and the list of a person's sessions kept true when one changes its key."""

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's `SESSION_ENGINE`."""

    def cycle_key(self) -> None:
        """Go on under a new key, as after a change of SECRET_KEY; what ends a person's sessions has to find it."""
        from allauth.usersessions.models import UserSession

        before = self.session_key
        super().cycle_key()
        if before:
            UserSession.objects.filter(session_key=before).update(session_key=self.session_key)
