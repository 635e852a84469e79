"""Waits for what is away for a while: MongoDB, or a service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential, wait_random

from review_api.worker.service_errors import LostError, ServiceError
from servicekit.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from review_api.worker.interrupt import Interrupt
    from review_api.worker.settings import WorkerSettings

Args = ParamSpec("Args")
Result = TypeVar("Result")


class ServiceAwayError(ServiceError):
    """A service has been away for longer than the worker waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Repeats an operation while its other end is away; an interrupt ends the waiting at once."""

    interrupt: Interrupt
    settings: WorkerSettings

    def store(self, operation: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """Do it in MongoDB or the recording store; UnavailableError after `store_patience_s`."""
        return self._retrying(UnavailableError, self.settings.store_patience_s)(operation, *args, **kwargs)

    def service(self, operation: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """Ask a service what costs little to repeat; ServiceAwayError after `service_patience_s`."""
        try:
            return self._retrying(LostError, self.settings.service_patience_s)(operation, *args, **kwargs)
        except LostError as error:
            raise ServiceAwayError(
                f"{error} for {self.settings.service_patience_s:g} s (service_patience_s)"
            ) from error

    def _retrying(self, error: type[Exception], patience_s: float) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(error),
            stop=stop_after_delay(patience_s),
            wait=wait_exponential(multiplier=0.2, max=5.0) + wait_random(0, 0.2),
            sleep=self.interrupt.sleep,
            reraise=True,
        )
