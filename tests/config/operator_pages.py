"""Every page that the operator can open at /admin/."""

from collections.abc import Iterator

from django.contrib.admin import site
from django.test import Client
from django.urls import reverse


def operator_pages(browser: Client) -> Iterator[tuple[str, bytes]]:
    """Open the start page, and of every table the list and each row; yields address and content."""
    addresses = [reverse("admin:index")]
    for model in site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        addresses.append(reverse(f"{name}_changelist"))
        addresses += [reverse(f"{name}_change", args=[row.pk]) for row in model._default_manager.all()]
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        yield address, answer.content
