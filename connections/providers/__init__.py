"""Every provider there is."""

from connections.providers.github import GITHUB
from connections.providers.gitlab import GITLAB

PROVIDERS = {provider.app: provider for provider in (GITHUB, GITLAB)}
