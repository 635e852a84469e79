"""Chooses what a worker computes with: the cheapest path that its processor offers.

Paths round differently, so another path hears other words now and then. The path is logged once, is part of
`model_version`, and a fleet of unlike machines pins `compute_path` and `cpu_isa` to what all of them have.
"""

from __future__ import annotations

import importlib.util
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from servicekit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from transcription.settings import TranscriptionSettings

_X86: Final = frozenset({"x86_64", "amd64", "i686"})
_ARM: Final = frozenset({"arm64", "aarch64"})
# What CTranslate2 tests before it uses a set, src/cpu/cpu_isa.cc, as names of /proc/cpuinfo.
_ISA_FLAGS: Final[Mapping[str, frozenset[str]]] = {
    "AVX512": frozenset({"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}),
    "AVX2": frozenset({"avx2", "fma"}),
    "AVX": frozenset({"avx"}),
}
# Without matrix units bf16 gains too little over int8 to be worth other words.
_BF16_UNITS: Final = "amx_bf16"
_BF16_FLAGS: Final = frozenset({_BF16_UNITS, "avx512_bf16"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What decides about the path. `flags` are those of /proc/cpuinfo, None where there is no such file."""

    architecture: str
    flags: frozenset[str] | None
    has_openvino: bool
    cuda_devices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputePath:
    """What was chosen. `isa` is None on CUDA, whose host code hardly computes."""

    name: Literal["cuda", "openvino", "ctranslate2"]
    compute_type: str
    isa: str | None

    @property
    def label(self) -> str:
        """The path as in `model_version`, such as `openvino/2026.4.1-bf16 isa=AVX2 compute=int8`."""
        name = f"openvino/{version('openvino')}-bf16" if self.name == "openvino" else self.name
        isa = f" isa={self.isa}" if self.isa else ""
        return f"{name}{isa} compute={self.compute_type}"


def this_machine() -> Machine:
    """Look at the processor, the graphics cards and the installed packages."""
    import ctranslate2

    return Machine(
        architecture=platform.machine().lower(),
        flags=read_flags(Path("/proc/cpuinfo")),
        # find_spec looks for the package and runs none of its code.
        has_openvino=importlib.util.find_spec("openvino") is not None,
        cuda_devices=ctranslate2.get_cuda_device_count(),
    )


def read_flags(cpuinfo: Path) -> frozenset[str] | None:
    """Return the flags of the first processor in a /proc/cpuinfo, or None where there are none to read.

    In a container they are the host's, which is what decides.
    """
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for line in lines:
        key, _, flags = line.partition(":")
        # ARM kernels say Features.
        if key.strip() in {"flags", "Features"}:
            return frozenset(flags.split())
    return None


def choose_compute_path(settings: TranscriptionSettings, machine: Machine) -> ComputePath:
    """Return the path of a worker on `machine`: as pinned, or the cheapest of CUDA, OpenVINO, CTranslate2.

    Raises SettingsError when a pinned path or instruction set is not there.
    """
    pinned = settings.compute_path
    if pinned == "cuda" or (pinned == "auto" and machine.cuda_devices > 0):
        return _cuda(settings, machine)
    isa = _isa(settings.cpu_isa, machine)
    if pinned == "openvino":
        _require_openvino(machine)
    openvino = pinned == "openvino" or (
        pinned == "auto" and machine.has_openvino and _BF16_UNITS in (machine.flags or ())
    )
    return ComputePath(
        name="openvino" if openvino else "ctranslate2", compute_type=settings.compute_type, isa=isa
    )


def _cuda(settings: TranscriptionSettings, machine: Machine) -> ComputePath:
    if machine.cuda_devices == 0:
        raise SettingsError(
            "compute_path=cuda, but no CUDA device can be used here; install the driver and CUDA's libraries,"
            " or set compute_path=auto"
        )
    # Tensor cores compute the rest in float16 as fast as int8 lets them; float32 would halve the gain.
    compute_type = "int8_float16" if settings.compute_type == "int8" else settings.compute_type
    return ComputePath(name="cuda", compute_type=compute_type, isa=None)


def _require_openvino(machine: Machine) -> None:
    if not machine.has_openvino:
        raise SettingsError(
            "compute_path=openvino, but the package openvino is not installed; install callqa[transcription]"
            " again or set compute_path=ctranslate2"
        )
    if not _BF16_FLAGS & (machine.flags or frozenset()):
        raise SettingsError(
            "compute_path=openvino, but this processor has neither amx_bf16 nor avx512_bf16;"
            " set compute_path=ctranslate2"
        )


def _isa(wanted: str, machine: Machine) -> str:
    if wanted == "auto":
        return _best_isa(machine)
    if not _has_isa(wanted, machine):
        raise SettingsError(
            f"cpu_isa={wanted}, but this {machine.architecture} processor lacks it;"
            f" set cpu_isa={_best_isa(machine)} or auto"
        )
    return wanted


def _best_isa(machine: Machine) -> str:
    # Not AVX512: it is no faster here, and with AVX2 nearly all x86 machines hear the same words.
    return next(isa for isa in ("AVX2", "AVX", "NEON", "GENERIC") if _has_isa(isa, machine))


def _has_isa(isa: str, machine: Machine) -> bool:
    if isa == "GENERIC":
        return True
    if isa == "NEON":
        return machine.architecture in _ARM
    if machine.architecture not in _X86:
        return False
    if machine.flags is None:
        # Systems without /proc run on processors of the last ten years, all of which have AVX2.
        return isa in {"AVX2", "AVX"}
    return _ISA_FLAGS[isa] <= machine.flags
