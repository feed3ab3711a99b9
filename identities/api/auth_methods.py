"""The wire shapes that the ways to log in have in common."""

from typing import Any

from rest_framework import serializers

from identities.models import THIRTY_DAYS
from wire.fields import Body, Text, Whole, listed
from wire.schema import example

TEN_YEARS = 315_360_000
MOST_USES = 2_147_483_647
MOST_IPS = 256
TTL_WORDS = "Access Token TTL cannot be greater than Access Token Max TTL."


class TrustedIp(Body):
    """An address or a network, kept as it is written."""

    ipAddress = Text(max_length=64, trim_whitespace=False)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data)["ipAddress"]


def trusted_ips(source: str) -> serializers.ListField:
    return listed(TrustedIp(), least=1, source=source, required=False, max_length=MOST_IPS)


def seconds(source: str, default: int) -> Whole:
    return Whole(least=0, most=TEN_YEARS, source=source, required=False, default=default)


@example(accessTokenTTL=3600, accessTokenMaxTTL=86400, accessTokenTrustedIps=[{"ipAddress": "10.0.0.0/8"}])
class Attach(Body):
    """The settings of a new auth method; what is absent gets the contract's default."""

    accessTokenTTL = seconds("access_token_ttl", THIRTY_DAYS)
    accessTokenMaxTTL = seconds("access_token_max_ttl", THIRTY_DAYS)
    accessTokenNumUsesLimit = Whole(
        least=0, most=MOST_USES, source="access_token_num_uses_limit", required=False, default=0
    )
    accessTokenTrustedIps = trusted_ips("access_token_trusted_ips")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        ttl, max_ttl = attrs.get("access_token_ttl", 0), attrs.get("access_token_max_ttl", 0)
        if 0 < max_ttl < ttl:
            raise serializers.ValidationError({"accessTokenTTL": TTL_WORDS})
        return attrs


class TrustedIpShape(serializers.Serializer[Any]):
    type = serializers.CharField()
    ipAddress = serializers.CharField()
    prefix = serializers.IntegerField(required=False)


class AuthMethodShape(serializers.Serializer[Any]):
    """The settings of an auth method. Times in seconds; 0 is no limit."""

    id = serializers.UUIDField()
    identityId = serializers.UUIDField(source="identity_id")
    accessTokenTTL = serializers.IntegerField(source="access_token_ttl")
    accessTokenMaxTTL = serializers.IntegerField(source="access_token_max_ttl")
    accessTokenNumUsesLimit = serializers.IntegerField(source="access_token_num_uses_limit")
    accessTokenTrustedIps = TrustedIpShape(source="access_token_trusted_ips", many=True)
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")
