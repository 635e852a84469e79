"""AIP-122 resource names: made and read in one place, so that no one cuts strings by hand."""

from __future__ import annotations

import re
from typing import Final

from servicekit.errors import FieldViolation, InvalidInputError

_ID: Final = re.compile(r"[a-z0-9_-]{1,64}")
_ID_RULE: Final = "1 to 64 characters of a-z, 0-9, _ and -"
_VARIABLE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_COLLECTION: Final = re.compile(r"[a-z][a-zA-Z0-9]*")


def _refuse(field: str, description: str) -> InvalidInputError:
    return InvalidInputError(f"{field}: {description}", violations=[FieldViolation(field, description)])


class ResourceName:
    """A pattern such as `calls/{call}/transcripts/{transcript}` that makes and reads names.

    Ids are 1 to 64 characters of [a-z0-9_-]. A pattern of anything but collections and variables raises
    ValueError: it is the programmer's mistake.
    """

    __slots__ = ("_segments", "_variables", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        # Per segment: the collection's name, or the variable's, never both.
        self._segments: list[tuple[str, str]] = []
        for segment in pattern.split("/"):
            variable = _VARIABLE.fullmatch(segment)
            if variable is None and not _COLLECTION.fullmatch(segment):
                raise ValueError(f"{pattern!r}: {segment!r} is neither a collection nor a {{variable}}")
            self._segments.append(("", variable[1]) if variable else (segment, ""))
        self._variables = [variable for _, variable in self._segments if variable]
        if not self._variables or len(set(self._variables)) != len(self._variables):
            raise ValueError(f"{pattern!r} needs variables, each once")

    def __repr__(self) -> str:
        return f"ResourceName({self.pattern!r})"

    def format(self, **ids: str) -> str:
        """Return the name for these ids.

        Raises InvalidInputError for an id that cannot be one, TypeError for a missing or an unknown variable.
        """
        if set(ids) != set(self._variables):
            raise TypeError(f"{self.pattern} takes {sorted(self._variables)}, not {sorted(ids)}")
        for variable, value in ids.items():
            if not _ID.fullmatch(value):
                raise _refuse(variable, f"an id is {_ID_RULE}")
        return "/".join(collection or ids[variable] for collection, variable in self._segments)

    def parse(self, value: str, *, field: str = "name") -> dict[str, str]:
        """Return the ids in `value`, by variable.

        `field` is the request field it came from; InvalidInputError names it and the pattern, and does not
        repeat the value, which may be anything.
        """
        parts = value.split("/")
        ids: dict[str, str] = {}
        if len(parts) != len(self._segments):
            raise _refuse(field, f"expected the form {self.pattern}")
        for part, (collection, variable) in zip(parts, self._segments, strict=True):
            if collection and part != collection:
                raise _refuse(field, f"expected the form {self.pattern}")
            if variable and not _ID.fullmatch(part):
                raise _refuse(
                    field,
                    f"expected the form {self.pattern}; {{{variable}}} is {_ID_RULE}",
                )
            if variable:
                ids[variable] = part
        return ids
