"""What a client may write into a call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from unicodedata import category

from servicekit.errors import FieldViolation, InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from review_api.domain.calls import CallSpec, Leg

MAX_LEGS: Final = 2
MAX_CHANNELS: Final = 8
MAX_LABELS: Final = 64
MAX_LABEL_KEY_CHARACTERS: Final = 63
MAX_LABEL_VALUE_CHARACTERS: Final = 256
MAX_TEXT_CHARACTERS: Final = 256

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")


def is_sha256(text: str) -> bool:
    """Tell whether `text` is 64 lower-case hexadecimal digits."""
    return _SHA256.fullmatch(text) is not None


def check_spec(spec: CallSpec) -> None:
    """Raise InvalidInputError with a violation for each field of the spec that cannot be accepted."""
    violations = [*_metadata_violations(spec), *_legs_violations(spec.legs)]
    if violations:
        first = violations[0]
        raise InvalidInputError(f"call: {first.field}: {first.description}", violations=violations)


def _metadata_violations(spec: CallSpec) -> Iterator[FieldViolation]:
    for field in ("external_id", "agent", "queue"):
        yield from text_violations(field, getattr(spec, field), MAX_TEXT_CHARACTERS)
    yield from language_violations(spec.language)
    if spec.start_time is not None and spec.start_time.tzinfo is None:
        yield FieldViolation("start_time", "a time needs its offset from UTC")
    if len(spec.labels) > MAX_LABELS:
        yield FieldViolation("labels", f"{len(spec.labels)} labels are more than {MAX_LABELS}")
    for key, value in spec.labels:
        if not key:
            yield FieldViolation("labels", "a label's key is empty")
        yield from text_violations("labels", key, MAX_LABEL_KEY_CHARACTERS)
        yield from text_violations("labels", value, MAX_LABEL_VALUE_CHARACTERS)


def _legs_violations(legs: tuple[Leg, ...]) -> Iterator[FieldViolation]:
    if not 1 <= len(legs) <= MAX_LEGS:
        yield FieldViolation("legs", f"a call has 1 or {MAX_LEGS} legs, not {len(legs)}")
    seen: set[str] = set()
    for position, leg in enumerate(legs[:MAX_LEGS]):
        field = f"legs[{position}]"
        if not is_sha256(leg.recording_sha256):
            yield FieldViolation(
                f"{field}.recording", "expected recordings/ and 64 lower-case hexadecimal digits"
            )
        elif leg.recording_sha256 in seen:
            yield FieldViolation(f"{field}.recording", "both legs are the same recording")
        seen.add(leg.recording_sha256)
        if len(leg.channel_roles) > MAX_CHANNELS:
            yield FieldViolation(f"{field}.channel_roles", f"more than {MAX_CHANNELS} channels")
        yield from text_violations(f"{field}.file_name", leg.file_name, MAX_TEXT_CHARACTERS)


def language_violations(language: str) -> Iterator[FieldViolation]:
    """Yield what is wrong with a language that may be left empty."""
    if language and not _LANGUAGE.fullmatch(language):
        yield FieldViolation(
            "language", 'expected a BCP-47 language tag such as "en" or "en-GB", or "und" to have it detected'
        )


def text_violations(field: str, text: str, max_characters: int) -> Iterator[FieldViolation]:
    """Yield what is wrong with a line of text of at most `max_characters`."""
    if len(text) > max_characters:
        yield FieldViolation(field, f"{len(text)} characters are more than {max_characters}")
    # Names are written with spaces of many kinds, as U+3000 in Japanese, and Python calls only one printable.
    if any(not (character.isprintable() or category(character) == "Zs") for character in text):
        yield FieldViolation(field, "holds a line break or another unprintable character; remove it")
