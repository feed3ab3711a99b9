"""Lists in pages of so many items, and the `Link` header that leads through them (RFC 8288)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

MAX_PER_PAGE = 100

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    number: int
    size: int

    def cut(self, items: Sequence[Item]) -> Sequence[Item]:
        start = (self.number - 1) * self.size
        return items[start : start + self.size]

    def last(self, total: int) -> int:
        return max(-(-total // self.size), 1)

    def following(self, total: int) -> int | None:
        return self.number + 1 if self.number < self.last(total) else None

    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    def links(self, address: str, values: Mapping[str, str], pages: Mapping[str, int | None]) -> str:
        """`address` is that of the list on the provider's external URL, `values` are the list's parameters."""
        return ", ".join(
            f'<{self._link(address, values, number)}>; rel="{rel}"' for rel, number in pages.items() if number
        )

    def _link(self, address: str, values: Mapping[str, str], number: int) -> str:
        query = {**values, "page": str(number), "per_page": str(self.size)}
        return f"{address}?{urlencode(sorted(query.items()))}"
