"""Offset pagination: `page`, `per_page`, `Link` and the `X-` headers.

https://docs.gitlab.com/api/rest/#offset-based-pagination
"""

from collections.abc import Mapping

from sandbox import pagination
from sandbox.gitlab import answers
from sandbox.pagination import MAX_PER_PAGE
from sandbox.refusal import Refusal

DEFAULT_PER_PAGE = 20
COUNTED_UP_TO = 10_000
"""Above so many items GitLab leaves out `X-Total`, `X-Total-Pages` and the link to the last page."""


class Page(pagination.Page):
    @classmethod
    def asked(cls, values: Mapping[str, str]) -> "Page":
        size = _positive(values, "per_page", DEFAULT_PER_PAGE)
        return cls(_positive(values, "page", 1), min(size, MAX_PER_PAGE))

    def headers(self, total: int, address: str, values: Mapping[str, str]) -> dict[str, str]:
        """`address` is that of the list on GitLab's external URL, `values` the parameters of the list."""
        last, following, previous = self.last(total), self.following(total), self.previous()
        counted = total <= COUNTED_UP_TO
        pages = {"prev": previous, "next": following, "first": 1, "last": last if counted else None}
        totals = {"X-Total": str(total), "X-Total-Pages": str(last)} if counted else {}
        return {
            "Link": self.links(address, values, pages),
            "X-Next-Page": str(following or ""),
            "X-Page": str(self.number),
            "X-Per-Page": str(self.size),
            "X-Prev-Page": str(previous or ""),
            **totals,
        }


def _positive(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise Refusal(answers.api({"error": f"{name} is invalid"}, 400))
    return max(int(text), 1)
