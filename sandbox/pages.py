"""Pieces of the pages that a browser sees."""

from collections.abc import Mapping
from html import escape


def document(title: str, body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head><body>\n{body}\n</body></html>\n"


def hidden(values: Mapping[str, str]) -> str:
    """The fields of a form that nobody sees."""
    return "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in values.items())
