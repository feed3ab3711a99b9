"""A GitLab that runs on loopback: OAuth, access tokens, the part of the REST API that is called here."""

from sandbox.gitlab.sandbox import Sandbox

__all__ = ["Sandbox"]
