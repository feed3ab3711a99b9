"""The fields that say which GitHub credentials are for."""

from connections.providers.base import Field, Kind

INSTANCE_TYPE = Field(
    name="instanceType",
    kind=Kind.CHOICE,
    label="Instance type",
    required=False,
    public=True,
    of_server=True,
    choices=("cloud", "server"),
    choice_labels={"cloud": "github.com, or a tenant on ghe.com", "server": "GitHub Enterprise Server"},
    example="server",
)
HOST = Field(
    name="host",
    kind=Kind.HOST,
    label="Host",
    refusal="Host is required for server instance type",
    required=False,
    needed_with=("instanceType", "server"),
    public=True,
    of_server=True,
    example="github.example.com",
)
OF_SERVER = (INSTANCE_TYPE, HOST)
SERVER = Field(
    name="server",
    kind=Kind.URL,
    label="GitHub server",
    refusal="Give the address of the server, such as https://github.example.com",
    public=True,
    example="https://github.example.com",
    help="Your GitHub Enterprise Server, such as https://github.example.com, or your tenant on ghe.com.",
)
