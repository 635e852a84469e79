"""Enum fields of requests: proto3 lets any number through, so each is looked up before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from servicekit.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from google.protobuf.message import Message


def enum_word(request: Message, field: str) -> str:
    """Return the contract's word for the enum in `field`; InvalidInputError for a number without one."""
    enum = request.DESCRIPTOR.fields_by_name[field].enum_type
    if enum is None:
        raise TypeError(f"{field} is no enum of {request.DESCRIPTOR.full_name}")
    known, number = enum.values_by_number, getattr(request, field)
    if number not in known:
        words = ", ".join(value.name for value in known.values() if value.number)
        description = f"{number} is none of {words}"
        raise InvalidInputError(f"{field}: {description}", violations=[FieldViolation(field, description)])
    word: str = known[number].name
    return word
