"""Makes the C library keep freed memory for the next window instead of returning it to the system.

A layer of Whisper's encoder allocates buffers of 70 MB and frees them again. glibc maps and unmaps each, and
the kernel clears every page anew: a fifth of the CPU time of a call. Kept memory is reused by the next layer,
so the peak does not grow. See docs/adr/0008-compute-path.md.
"""

from __future__ import annotations

import ctypes
import platform
from typing import Final

# From glibc's malloc.h; man 3 mallopt.
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_MAX: Final = -4
_M_ARENA_MAX: Final = -8
_LARGEST_INT: Final = 2**31 - 1


def keep_freed_memory() -> bool:
    """Set the allocator of this process; call it before the first model is loaded.

    Returns False where the C library is not glibc or refuses; then everything works as before, slower.
    One arena, because only the main arena can grow to sizes that need no mapping of their own.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return all(
        mallopt(parameter, value) == 1
        for parameter, value in (
            (_M_ARENA_MAX, 1),
            (_M_MMAP_MAX, 0),
            (_M_TRIM_THRESHOLD, _LARGEST_INT),
        )
    )
