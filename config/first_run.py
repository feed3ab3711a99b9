"""Write `.env` for a first start, with fresh keys. Needs nothing but the standard library."""

import base64
import os
import secrets
import sys

TEMPLATE = """\
# Written by the first `make run`. Keep this file: without ENCRYPTION_KEY no stored credential opens again.
SECRET_KEY={secret_key}
ENCRYPTION_KEY={encryption_key}
"""


def write(path: str) -> None:
    """Create the file at `path`, readable by its owner alone; an existing file is left as it is."""
    text = TEMPLATE.format(
        secret_key=secrets.token_urlsafe(48),
        encryption_key=base64.b64encode(secrets.token_bytes(32)).decode(),
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    sys.stdout.write(f"Wrote {path} with a fresh SECRET_KEY and ENCRYPTION_KEY. Back it up.\n")


if __name__ == "__main__":
    write(sys.argv[1])
