"""A GitHub Enterprise Server that runs on loopback: OAuth, apps, the part of the REST API that is called here."""

from sandbox.github.sandbox import Sandbox

__all__ = ["Sandbox"]
