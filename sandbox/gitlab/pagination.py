"""Offset pagination: `page`, `per_page`, `Link` and the `X-` headers.

https://docs.gitlab.com/api/rest/#offset-based-pagination
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from sandbox.gitlab import answers
from sandbox.gitlab.answers import Refusal

DEFAULT_PER_PAGE = 20
MAX_PER_PAGE = 100
COUNTED_UP_TO = 10_000
"""Above so many items GitLab leaves out `X-Total`, `X-Total-Pages` and the link to the last page."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    number: int
    size: int

    @classmethod
    def asked(cls, values: Mapping[str, str]) -> "Page":
        size = _positive(values, "per_page", DEFAULT_PER_PAGE)
        return cls(_positive(values, "page", 1), min(size, MAX_PER_PAGE))

    def cut(self, items: Sequence[Item]) -> Sequence[Item]:
        start = (self.number - 1) * self.size
        return items[start : start + self.size]

    def headers(self, total: int, address: str, values: Mapping[str, str]) -> dict[str, str]:
        """`address` is that of the list on GitLab's external URL, `values` the parameters of the list."""
        last = max(-(-total // self.size), 1)
        following = self.number + 1 if self.number < last else None
        previous = self.number - 1 if self.number > 1 else None
        counted = total <= COUNTED_UP_TO
        pages = {"prev": previous, "next": following, "first": 1, "last": last if counted else None}
        links = (f'<{self._link(address, values, number)}>; rel="{rel}"' for rel, number in pages.items() if number)
        totals = {"X-Total": str(total), "X-Total-Pages": str(last)} if counted else {}
        return {
            "Link": ", ".join(links),
            "X-Next-Page": str(following or ""),
            "X-Page": str(self.number),
            "X-Per-Page": str(self.size),
            "X-Prev-Page": str(previous or ""),
            **totals,
        }

    def _link(self, address: str, values: Mapping[str, str], number: int) -> str:
        query = {**values, "page": str(number), "per_page": str(self.size)}
        return f"{address}?{urlencode(sorted(query.items()))}"


def _positive(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name) or str(default)
    if not text.isascii() or not text.isdigit():
        raise Refusal(answers.api({"error": f"{name} is invalid"}, 400))
    return max(int(text), 1)
