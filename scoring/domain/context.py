"""What is known of a call beside its words."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """The call's agent, queue, start (UTC) and labels; "" and None where they aren't known."""

    agent: str = ""
    queue: str = ""
    start: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        if self.start is not None and self.start.tzinfo is None:
            raise ValueError("the call's start needs a time zone")
