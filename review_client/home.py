"""Where a local stack lives on this machine, and at which address its server answers.

`callqa up` writes the address with `write_address`; every other command reads it with `find_address`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from review_client.errors import UnreachableError, WrongInputError

HOME_VARIABLE: Final = "CALLQA_HOME"
ADDRESS_VARIABLE: Final = "CALLQA_ADDRESS"
FOLDER_NAME: Final = ".callqa"
CLIENT_FILE_NAME: Final = "client.json"

HOW_TO_START: Final = "start one with `callqa up`, or give --address HOST:PORT"


def stack_home() -> Path:
    """Return the stack's folder, absolute; it need not exist.

    CALLQA_HOME, else the nearest `.callqa` folder from the current folder upwards, else `~/.callqa`.
    """
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    current = Path.cwd()
    for folder in (current, *current.parents):
        if (folder / FOLDER_NAME).is_dir():
            return folder / FOLDER_NAME
    return Path.home() / FOLDER_NAME


def write_address(home: Path, address: str) -> None:
    """Let commands that look into `home` find the server at `address` ("127.0.0.1:PORT")."""
    target = home / CLIENT_FILE_NAME
    # Replaced as a whole: a reader never sees half a file.
    draft = target.with_suffix(".json.new")
    draft.write_text(json.dumps({"address": address}) + "\n", encoding="utf-8")
    draft.replace(target)


def find_address(given: str | None) -> str:
    """Return `given` (--address or CALLQA_ADDRESS), else what `callqa up` wrote into the stack's folder.

    Raises UnreachableError when no stack is there, WrongInputError for an address that is none.
    """
    if given:
        return _checked(given, said_by="--address")
    path = stack_home() / CLIENT_FILE_NAME
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        address = content["address"]
    except FileNotFoundError:
        raise UnreachableError(f"no callqa server is known in {path.parent}: {HOW_TO_START}") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise UnreachableError(f"{path} can't be read as a server's address: {HOW_TO_START}") from None
    return _checked(str(address), said_by=str(path))


def _checked(address: str, *, said_by: str) -> str:
    host, _, port = address.rpartition(":")
    if not host or "/" in host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise WrongInputError(f"{said_by}: {address!r} is no address; write HOST:PORT, as 127.0.0.1:50050")
    return address
