"""What the allocator does with freed memory, in a process of its own."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import resource
from transcription.speech.allocator import keep_freed_memory
kept = {call}
faults = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
size = 64 * 2**20
bytes(bytearray(size))
before = faults()
for _ in range(4):
    buffer = bytearray(size)
    for at in range(0, size, 4096):
        buffer[at] = 1
    del buffer
print(kept, faults() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is tuned")
@pytest.mark.parametrize(("call", "kept"), [("keep_freed_memory()", True), ("False", False)])
def test_kept_memory_is_not_asked_for_again(call: str, kept: bool) -> None:  # noqa: FBT001
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("{call}", call)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    said, faults = run.stdout.split()
    assert said == str(kept)
    assert (int(faults) < 1000) == kept
