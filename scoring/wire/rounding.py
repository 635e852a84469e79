"""How exact figures are on the wire."""

from __future__ import annotations

from typing import Final

# A float on the wire keeps about seven digits; four after the point are all that a probability means.
FLOAT_DIGITS: Final = 4
