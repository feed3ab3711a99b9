"""The wire shapes of instances. Client secrets only ever come in."""

from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from connections import servers
from connections.instance_clients import MOST_SECRETS
from connections.instance_rules import LONGEST_BUNDLE, LONGEST_CLIENT_ID, LONGEST_SECRET, VISIBLE_ASCII
from connections.models import Client, Instance
from connections.providers import PROVIDERS
from wire.fields import Body, Flag, Text, Uuid, WebAddress, listed
from wire.schema import example

VISIBLE = RegexValidator(VISIBLE_ASCII, "Only printable ASCII characters are possible here")
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n"
CLIENT_ID = "1f0e2d3c4b5a69788796a5b4c3d2e1f01f0e2d3c4b5a69788796a5b4c3d2e1f0"


class ClientId(Text):
    """Our id at the instance. Null and an empty text stand for no client."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="client_id", allow_null=True, max_length=LONGEST_CLIENT_ID, **kwargs)
        self.validators.append(VISIBLE)


class ClientSecret(Text):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_length=1, max_length=LONGEST_SECRET, **kwargs)
        self.validators.append(VISIBLE)


class Certificates(Text):
    """A PEM bundle. Null and an empty text stand for none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="ca_pem", allow_null=True, max_length=LONGEST_BUNDLE, **kwargs)


def _client_secrets() -> serializers.Field[Any, Any, Any, Any]:
    return listed(ClientSecret(), least=1, max_length=MOST_SECRETS, source="client_secrets", required=False)


class InstanceId(Body):
    instanceId = Uuid()


@example(
    instanceUrl="https://gitlab.example.com",
    clientId=CLIENT_ID,
    clientSecrets=["gloas-1f0e2d3c4b5a6978"],
    caCertificates=CERTIFICATE,
    allowPrivate=True,
)
class RegisterInstance(Body):
    instanceUrl = WebAddress(source="url", invalid="Invalid Instance URL")
    clientId = ClientId(required=False)
    clientSecrets = _client_secrets()
    caCertificates = Certificates(required=False)
    allowPrivate = Flag(source="allow_private", required=False)


@example(addClientSecret="gloas-6978796a5b4c3d2e")
class ChangeInstance(Body):
    instanceUrl = WebAddress(source="url", invalid="Invalid Instance URL", required=False)
    clientId = ClientId(required=False)
    clientSecrets = _client_secrets()
    addClientSecret = ClientSecret(source="add_client_secret", required=False)
    caCertificates = Certificates(required=False)
    allowPrivate = Flag(source="allow_private", required=False)


@example(addClientSecret="6978796a5b4c3d2e1f01f0e2d3c4b5a69788796a")
class RenewClient(Body):
    """New keys of a client: a secret that is tried first, a private key in the place of the present one."""

    addClientSecret = ClientSecret(source="add_client_secret", required=False)
    privateKey = Text(source="private_key", min_length=1, required=False)


class ClientShape(serializers.Serializer[Client]):
    """Our client of one kind at an instance, in answers. `details` is what its provider tells of it."""

    kind = serializers.CharField()
    clientId = serializers.CharField(source="client_id")
    clientSecretCount = serializers.IntegerField(source="secret_count")
    details = serializers.DictField(child=serializers.CharField())


class InstanceShape(serializers.Serializer[Instance]):
    """An instance in answers. `redirectUri` is what its OAuth application has to name."""

    id = serializers.UUIDField()
    orgId = serializers.UUIDField(source="organization_id")
    app = serializers.CharField()
    instanceUrl = serializers.CharField(source="url")
    clientId = serializers.SerializerMethodField()
    clientSecretCount = serializers.SerializerMethodField()
    clients = ClientShape(source="clients.all", many=True)
    redirectUri = serializers.SerializerMethodField()
    caCertificates = serializers.SerializerMethodField()
    allowPrivate = serializers.BooleanField(source="allow_private")
    createdAt = serializers.DateTimeField(source="created_at")
    updatedAt = serializers.DateTimeField(source="updated_at")

    def get_clientId(self, instance: Instance) -> str | None:  # noqa: N802  # REST framework's name for it
        client = _main_client(instance)
        return client.client_id if client else None

    def get_clientSecretCount(self, instance: Instance) -> int:  # noqa: N802
        client = _main_client(instance)
        return client.secret_count if client else 0

    def get_redirectUri(self, instance: Instance) -> str:  # noqa: N802
        return servers.redirect_uri(PROVIDERS[instance.app], instance)

    def get_caCertificates(self, instance: Instance) -> str | None:  # noqa: N802
        return instance.ca_pem or None


def _main_client(instance: Instance) -> Client | None:
    return instance.client(PROVIDERS[instance.app].main_client.name)


class InstanceEnvelope(serializers.Serializer[Any]):
    instance = InstanceShape()


class InstancesEnvelope(serializers.Serializer[Any]):
    instances = InstanceShape(many=True)


def instance_shape(instance: Instance) -> dict[str, Any]:
    return dict(InstanceShape(instance).data)
