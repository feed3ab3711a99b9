"""What the operator's pages of every app share: they show, and change nothing."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

if TYPE_CHECKING:
    Pages = admin.ModelAdmin[Any]
else:
    Pages = admin.ModelAdmin


class ShownOnly(Pages):
    """Pages of a table. `fields` is an allow-list: a column that is not named there is never loaded into a page.

    Changes go through the API and the pages of an organization, where they are checked and recorded.
    """

    list_per_page = 50
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:  # noqa: ARG002
        """Allow the filters that are shown. Others would answer questions about columns that are not."""
        return lookup.split("__", maxsplit=1)[0] in self.list_filter

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False
