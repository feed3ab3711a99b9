"""Pieces of the pages that a browser sees."""

from collections.abc import Mapping
from html import escape

from flask import request


def document(title: str, body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head><body>\n{body}\n</body></html>\n"


def hidden(values: Mapping[str, str]) -> str:
    """The fields of a form that nobody sees."""
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items())


def here(path: str) -> str:
    """An address of this provider on the host that was asked, below its root path if it has one."""
    return request.root_url.rstrip("/") + path
