"""How a provider's code says no."""

from flask import Response


class Refusal(Exception):
    """Raised anywhere below a view: `response` is what the provider answers."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response
