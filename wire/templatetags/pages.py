"""What every page's template can say: an icon, a moment, the words of a page's state."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_mini

register = template.Library()

# How browsers and systems call themselves, the more particular before what they pretend to be.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}

# The largest unit that fits at least once says it: (seconds, one, many).
UNITS = (
    (365 * 86_400, "a year", "{} years"),
    (30 * 86_400, "a month", "{} months"),
    (86_400, "a day", "{} days"),
    (3600, "an hour", "{} hours"),
    (60, "a minute", "{} minutes"),
)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, label: str = "") -> SafeString:
    """Return one of heroicons' 20-pixel icons: decoration, or with a `label` an image of that name."""
    meaning: dict[str, Any] = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    return SafeString(heroicon_mini(name, **{"class": "icon", **meaning}))


@register.simple_tag
def moment(value: datetime | None, absent: str = "never") -> SafeString | str:
    """Return a moment as people count, such as "in 6 days"; the exact time in UTC shows on hover and focus."""
    if value is None:
        return absent
    exact = value.astimezone(UTC)
    return format_html(
        '<time class="moment" datetime="{}" tabindex="0" data-exact="{}">{}</time>',
        exact.isoformat(timespec="seconds"),
        f"{exact:%Y-%m-%d %H:%M:%S} UTC",
        in_words(value - timezone.now()),
    )


def in_words(span: timedelta) -> str:
    """Return how far away a moment is: "in 6 days", "3 hours ago", "just now"."""
    seconds = abs(span.total_seconds())
    unit = next((unit for unit in UNITS if seconds >= unit[0]), None)
    if unit is None:
        return "in a moment" if span.total_seconds() > 0 else "just now"
    size, one, many = unit
    count = int(seconds // size)
    words = one if count == 1 else many.format(count)
    return f"in {words}" if span.total_seconds() > 0 else f"{words} ago"


@register.filter
def browser_name(user_agent: str) -> str:
    """Return a browser as people call it, such as "Firefox on Linux"; what nobody knows stays as it is."""
    browser = next((name for sign, name in BROWSERS.items() if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS.items() if sign in user_agent), "")
    return " on ".join(filter(None, (browser, system))) if browser else user_agent
