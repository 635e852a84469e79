"""Ends work from another thread: at SIGTERM, or when the lease is lost."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class InterruptedWorkError(Exception):
    """The work at hand is to be left."""


class TerminatedError(InterruptedWorkError):
    """The process is to end; the item is put back."""


class LeaseLostError(InterruptedWorkError):
    """Another worker has the shard; nothing of it may be written any more."""


class Interrupt:
    """Set once, with the error that the working thread then raises wherever it waits or checks.

    A child is set with its parent, never the other way round.
    """

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._cancels: list[Callable[[], object]] = []
        self._error: InterruptedWorkError | None = None

    @contextmanager
    def child(self) -> Iterator[Interrupt]:
        """Give an interrupt for a part of the work."""
        part = Interrupt()
        with self.cancelling(lambda: part.set(self._error or TerminatedError())):
            yield part

    def set(self, error: InterruptedWorkError) -> None:
        """Interrupt; only the first error counts."""
        with self._lock:
            if self._error is not None:
                return
            self._error = error
            cancels = list(self._cancels)
        self._set.set()
        for cancel in cancels:
            cancel()

    @property
    def is_set(self) -> bool:
        """Whether work is to be left."""
        return self._set.is_set()

    def check(self) -> None:
        """Raise the error when set."""
        if self._error is not None:
            raise self._error

    def sleep(self, duration_s: float) -> None:
        """Wait so long, or raise the error as soon as it is set."""
        self._set.wait(duration_s)
        self.check()

    @contextmanager
    def cancelling(self, cancel: Callable[[], object]) -> Iterator[None]:
        """Call `cancel` when the interrupt is set within the block, or was before it."""
        with self._lock:
            self._cancels.append(cancel)
            already = self._error is not None
        try:
            if already:
                cancel()
            yield
        finally:
            with self._lock:
                self._cancels.remove(cancel)
