"""Profiles of queues: their names, and vocabularies as people write them."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

import grpc
from callqa.v1 import queue_profile_pb2, queue_service_pb2

from review_client.connection import CALL_TIMEOUT_S
from review_client.errors import WrongInputError
from review_client.failures import code_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from callqa.v1.queue_service_pb2_grpc import QueueServiceStub

_ID: Final = re.compile(r"[a-z0-9_-]{1,64}")
# QueueProfile.vocabulary in the contract.
_MAX_ENTRY_CHARACTERS: Final = 60
# Far more than the entries that a vocabulary may have.
_MAX_FILE_BYTES: Final = 1024 * 1024


def profile_name(queue: str) -> str:
    """Return the resource name of the queue's profile, as the contract derives it."""
    identifier = queue if _ID.fullmatch(queue) else hashlib.sha256(queue.encode()).hexdigest()[:32]
    return f"queueProfiles/{identifier}"


def find_profile(stub: QueueServiceStub, queue: str) -> queue_profile_pb2.QueueProfile | None:
    """Return the queue's profile, None when it has none."""
    request = queue_service_pb2.GetQueueProfileRequest(name=profile_name(queue))
    try:
        return stub.GetQueueProfile(request, timeout=CALL_TIMEOUT_S)
    except grpc.RpcError as error:
        if code_of(error) is grpc.StatusCode.NOT_FOUND:
            return None
        raise


def tidied(entries: Iterable[str]) -> list[str]:
    """Return the entries without spaces around them, each once, in their order; empty ones are left out."""
    return list(dict.fromkeys(filter(None, (entry.strip() for entry in entries))))


def read_vocabulary(file: Path) -> list[str]:
    """Return the lines of a UTF-8 file that hold something. WrongInputError names the line at fault."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_MAX_FILE_BYTES + 1)
        lines = content.decode("utf-8-sig").splitlines()
    except OSError as error:
        cause = error.strerror or "unknown cause"
        raise WrongInputError(
            f"{file}: can't be read ({cause}); correct the path or its permissions"
        ) from None
    except UnicodeDecodeError:
        raise WrongInputError(f"{file}: is not UTF-8; save it as UTF-8 text") from None
    if len(content) > _MAX_FILE_BYTES:
        raise WrongInputError(f"{file}: is no list of names: it has more than {_MAX_FILE_BYTES} bytes")
    for number, line in enumerate(lines, start=1):
        if len(line.strip()) > _MAX_ENTRY_CHARACTERS:
            raise WrongInputError(
                f"{file}:{number}: {len(line.strip())} characters are more than {_MAX_ENTRY_CHARACTERS};"
                " write one name or product a line"
            )
    if not tidied(lines):
        raise WrongInputError(f'{file}: holds no names; to remove those there are, give --word ""')
    return lines
