"""Pages of the REST API: `per_page`, `page`, and `Link`.

https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from flask import Response, request

from sandbox.github import answers
from sandbox.pagination import MAX_PER_PAGE, Page

DEFAULT_PER_PAGE = 30

Item = TypeVar("Item")


def paged(
    items: Sequence[Item],
    shape: Callable[[Item], Mapping[str, Any]],
    api: str,
    named: str | None = None,
    beside: Mapping[str, object] | None = None,
) -> Response:
    """The page that was asked for: a bare list, or with `named` an object of that member, the total and `beside`.

    `api` is the address of the REST API by which `Link` names the other pages. What is no number is not sent.
    """
    page = Page(_number("page", 1), min(_number("per_page", DEFAULT_PER_PAGE), MAX_PER_PAGE))
    shown = [shape(item) for item in page.cut(items)]
    body = shown if named is None else {"total_count": len(items), **(beside or {}), named: shown}
    return answers.api(body, headers=_links(page, len(items), api))


def _links(page: Page, total: int, api: str) -> dict[str, str]:
    last, following, previous = page.last(total), page.following(total), page.previous()
    if last == 1 and previous is None:
        return {}
    pages = {
        "prev": previous,
        "next": following,
        "last": last if following else None,
        "first": 1 if previous else None,
    }
    address = api + request.path.removeprefix(answers.REST)
    return {"Link": page.links(address, request.args.to_dict(), pages)}


def _number(name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else default
