"""An app's icon and name come from its provider's declaration."""

from dataclasses import replace

import pytest
from django.template import Context, Template

from connections.providers import PROVIDERS

TEMPLATE = Template("{% load apps %}{% app_icon app %} {% app_name app %}")


@pytest.mark.parametrize("app", PROVIDERS)
def test_every_app_has_an_icon_and_a_name(app: str) -> None:
    shown = TEMPLATE.render(Context({"app": app}))
    assert f'd="{PROVIDERS[app].icon}"' in shown
    assert 'aria-hidden="true"' in shown
    assert shown.endswith(PROVIDERS[app].display_name)


def test_a_provider_brings_no_markup_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = next(iter(PROVIDERS.values()))
    monkeypatch.setitem(PROVIDERS, "forge", replace(provider, icon='"/><script>', display_name="<b>Forge"))
    shown = TEMPLATE.render(Context({"app": "forge"}))
    assert "<script>" not in shown
    assert "<b>" not in shown
