"""What ends a command, and the exit codes that scripts may rely on.

ClientError            4  the server or this program failed
├── WrongInputError    2  wrong usage, or something named does not exist
├── UnreachableError   3  no server answers
└── StoppedError     130  the user pressed Ctrl-C
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Why the process ended; `callqa upload --help` documents them."""

    DONE = 0
    SOME_NOT_DONE = 1
    WRONG_INPUT = 2
    UNREACHABLE = 3
    FAILED = 4
    INTERRUPTED = 130


class ClientError(Exception):
    """Ends the command. The message is for people: what is wrong and what to do, one sentence a line."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED


class WrongInputError(ClientError):
    """The user has to change what was asked for."""

    exit_code = ExitCode.WRONG_INPUT


class UnreachableError(ClientError):
    """No server answers at the address, or it fell silent."""

    exit_code = ExitCode.UNREACHABLE


class StoppedError(ClientError):
    """The user stopped the command; the message says what goes on without it."""

    exit_code = ExitCode.INTERRUPTED
