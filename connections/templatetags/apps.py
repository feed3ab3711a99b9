"""What a page shows of an app: its icon and its name, as its provider declares them."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from connections.providers import PROVIDERS

register = template.Library()
DRAWING = (
    '<svg class="icon" viewBox="0 0 20 20" fill="currentColor" aria-hidden="true">'
    '<path fill-rule="evenodd" d="{}"/></svg>'
)


@register.simple_tag
def app_icon(app: str) -> SafeString:
    """Return an app's icon, of the size and colour of the others. It is decoration: its name stands beside it."""
    return format_html(DRAWING, PROVIDERS[app].icon)


@register.simple_tag
def app_name(app: str) -> str:
    """Return an app's name as people write it."""
    return PROVIDERS[app].display_name
