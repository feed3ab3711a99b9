"""From a request's body to the arguments of a service."""

from collections.abc import Mapping
from typing import Any

from connections.api import serializers as shapes
from connections.errors import GatewayNotFound
from connections.providers.base import Credentials, Provider
from wire.errors import Invalid, Issue
from wire.fields import Body
from wire.validation import validated


def creation_input(provider: Provider, body: Any) -> dict[str, Any]:
    """Return the arguments of `services.create`; raises Invalid. `method` decides what credentials look like."""
    validated(Body, body)
    name = body.get("method")
    method = provider.methods.get(name) if isinstance(name, str) else None
    if method is None:
        expected = " | ".join(f"'{known}'" for known in provider.methods)
        message = f"Invalid discriminator value. Expected {expected}"
        raise Invalid([Issue("invalid_union_discriminator", ["method"], message)])
    given = validated(shapes.create_shape(provider, method), body)
    _require_no_gateway(given)
    return {
        "name": given["name"],
        "method": method.name,
        "credentials": given["credentials"],
        "description": given.get("description"),
        "project_id": given.get("project_id"),
    }


def update_input(provider: Provider, body: Any) -> tuple[dict[str, Any], dict[str, Credentials] | None]:
    """Return the changed fields, and what was given as credentials read as each method that it fits."""
    given = validated(shapes.update_shape(provider), body)
    _require_no_gateway(given)
    changes: dict[str, Any] = {name: given[name] for name in ("name", "description") if name in given}
    return changes, _credentials(provider, body["credentials"]) if "credentials" in body else None


def _require_no_gateway(given: Mapping[str, Any]) -> None:
    if gateway_id := given.get("gateway_id"):
        raise GatewayNotFound(gateway_id)


def _credentials(provider: Provider, given: Any) -> dict[str, Credentials]:
    """Read `given` as each of the provider's methods; raises Invalid when it fits none."""
    fitting: dict[str, Credentials] = {}
    faults: list[Invalid] = []
    for method in provider.methods.values():
        try:
            fitting[method.name] = validated(shapes.credentials_shape(provider, method), given)
        except Invalid as fault:
            faults.append(fault)
    if fitting:
        return fitting
    if len(faults) == 1:
        raise Invalid([Issue(i["code"], ["credentials", *i["path"]], i["message"]) for i in faults[0].issues])
    union = Issue("invalid_union", ["credentials"], "Invalid input")
    union["unionErrors"] = [{"issues": fault.issues, "name": "ZodError"} for fault in faults]
    raise Invalid([union])
