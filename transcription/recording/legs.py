"""Two legs as one call: finds out how their times differ and moves one, so that one clock holds for both."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from transcription.recording.leg_offset import MAX_OFFSET_S, LegOffset, offset_by_crosstalk, offset_by_turns
from transcription.recording.sample_file import SampleFile
from transcription.transcript import SAMPLE_RATE_HZ, QualityWarning, WarningCode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from transcription.engine import Samples
    from transcription.recording.decoding import DecodedLeg

LEGS_REVISION: Final = 1
"""Part of the model version: another way to move legs moves words."""

_PAIR: Final = 2
_BLOCK: Final = 60 * SAMPLE_RATE_HZ
# Recorders that begin both legs together also end them together; codecs pad by less than this.
_SAME_LENGTH_S: Final = 0.02
_MIN_EXACT_S: Final = 0.1
_MIN_ROUGH_S: Final = 1.0
"""Turn-taking is good to half a second: a smaller shift might do harm."""
_DAY_S: Final = 86_400.0


def align_legs(
    legs: Sequence[DecodedLeg], *, spool_dir: Path | None, check: Callable[[], None]
) -> tuple[tuple[DecodedLeg, ...], tuple[QualityWarning, ...]]:
    """Return the legs on one clock, and what a reviewer should know of it.

    The channels of one file and legs of equal length have one clock already. Else the offset comes from
    crosstalk, from the start times in both headers, or from who speaks when, in this order; where none of
    these is sure, the legs stay as they are and nothing is claimed. The leg that began later gets silence in
    front; `start_offset_s` of the second is how much later it began, below 0 when it began earlier. Moved
    samples are files without a name in `spool_dir`; `check` is called often and raises to stop.
    """
    if len(legs) != _PAIR or abs(legs[0].decoded_s - legs[1].decoded_s) <= _SAME_LENGTH_S:
        return tuple(legs), ()
    first, second = legs
    found, how = _offset(first, second, check)
    if found is None or not _matters(found, second):
        return tuple(legs), ()
    ratio = 1 + found.drift_ppm / 1e6
    first_padding_s, second_padding_s = max(0.0, -found.offset_s) / ratio, max(0.0, found.offset_s)
    moved = (
        _moved(first, padding_s=first_padding_s, ratio=1.0, spool_dir=spool_dir, check=check),
        replace(
            _moved(second, padding_s=second_padding_s, ratio=ratio, spool_dir=spool_dir, check=check),
            start_offset_s=found.offset_s,
        ),
    )
    return moved, (_warning(found, how),)


def _offset(first: DecodedLeg, second: DecodedLeg, check: Callable[[], None]) -> tuple[LegOffset | None, str]:
    pair = (first.channels[0], second.channels[0])
    check()
    found = offset_by_crosstalk(*pair)
    if found is not None:
        return found, "from the sound of one in the other"
    if first.clock_start_s is not None and second.clock_start_s is not None:
        # Half a day around zero, for calls over midnight.
        offset_s = (second.clock_start_s - first.clock_start_s + _DAY_S / 2) % _DAY_S - _DAY_S / 2
        if abs(offset_s) <= MAX_OFFSET_S:
            return LegOffset(offset_s=offset_s, drift_ppm=0.0, is_exact=True), "from the times in their files"
    check()
    return offset_by_turns(*pair), "from who speaks when, good to half a second"


def _matters(found: LegOffset, leg: DecodedLeg) -> bool:
    furthest_s = abs(found.offset_s) + abs(found.drift_ppm) / 1e6 * leg.decoded_s
    return furthest_s >= (_MIN_EXACT_S if found.is_exact else _MIN_ROUGH_S)


def _moved(
    leg: DecodedLeg, *, padding_s: float, ratio: float, spool_dir: Path | None, check: Callable[[], None]
) -> DecodedLeg:
    """Return the leg with silence in front; `ratio` is how fast its clock runs against the other's."""
    if not padding_s and ratio == 1:
        return leg
    channels = tuple(_moved_samples(samples, padding_s, ratio, spool_dir, check) for samples in leg.channels)
    return replace(leg, channels=channels, padding_s=padding_s / ratio)


def _moved_samples(
    samples: Samples, padding_s: float, ratio: float, spool_dir: Path | None, check: Callable[[], None]
) -> Samples:
    padding = round(padding_s * SAMPLE_RATE_HZ)
    count = int((len(samples) + padding) / ratio)
    with ExitStack() as opened:
        spool = opened.enter_context(tempfile.TemporaryFile(dir=spool_dir, prefix="callqa-"))
        for begin in range(0, count, _BLOCK):
            check()
            # Where each new sample was in the leg; negative in the silence before it.
            places = np.arange(begin, min(begin + _BLOCK, count)) * ratio - padding
            low = max(0, int(places[0]))
            near = np.asarray(samples[low : int(max(0.0, places[-1])) + 2], dtype=np.float32)
            block = np.interp(places - low, np.arange(len(near)), near, left=0.0 if not low else None)
            spool.write(np.rint(block).astype(np.int16).tobytes())
        return SampleFile(spool)


def _warning(found: LegOffset, how: str) -> QualityWarning:
    when = "later" if found.offset_s > 0 else "earlier"
    digits = 2 if found.is_exact else 0
    message = f"leg 1 began {abs(found.offset_s):.{digits}f} s {when} than leg 0"
    if found.drift_ppm:
        direction = "faster" if found.drift_ppm > 0 else "slower"
        message += f" and its clock ran {abs(found.drift_ppm):.0f} millionths {direction}"
    return QualityWarning(
        code=WarningCode.LEGS_SHIFTED, channel=None, message=f"{message}, {how}; its times were corrected"
    )
