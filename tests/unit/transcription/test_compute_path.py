"""Every branch of the choice, from made-up machines."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import pytest

from servicekit.errors import SettingsError
from transcription.settings import TranscriptionSettings
from transcription.speech.compute_path import Machine, choose_compute_path, read_flags, this_machine

AVX2 = {"avx", "avx2", "fma"}
AVX512 = AVX2 | {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
AMX = AVX512 | {"avx512_bf16", "amx_bf16", "amx_tile"}


def machine(
    flags: set[str] | None,
    *,
    architecture: str = "x86_64",
    has_openvino: bool = True,
    cuda_devices: int = 0,
) -> Machine:
    return Machine(
        architecture=architecture,
        flags=None if flags is None else frozenset(flags),
        has_openvino=has_openvino,
        cuda_devices=cuda_devices,
    )


@pytest.mark.parametrize(
    ("here", "name", "isa"),
    [
        (machine(AMX), "openvino", "AVX2"),
        (machine(AMX, has_openvino=False), "ctranslate2", "AVX2"),
        (machine(AVX512 | {"avx512_bf16"}), "ctranslate2", "AVX2"),
        (machine(AVX512), "ctranslate2", "AVX2"),
        (machine(AVX2), "ctranslate2", "AVX2"),
        (machine({"avx2"}), "ctranslate2", "GENERIC"),
        (machine({"avx"}), "ctranslate2", "AVX"),
        (machine({"sse4_1"}), "ctranslate2", "GENERIC"),
        (machine(None), "ctranslate2", "AVX2"),
        (machine({"asimd", "bf16"}, architecture="aarch64"), "ctranslate2", "NEON"),
        (machine(None, architecture="arm64"), "ctranslate2", "NEON"),
        (machine(set(), architecture="riscv64"), "ctranslate2", "GENERIC"),
        (machine(AMX, cuda_devices=1), "cuda", None),
    ],
)
def test_auto_takes_the_cheapest_path_there_is(here: Machine, name: str, isa: str | None) -> None:
    path = choose_compute_path(TranscriptionSettings(), here)
    assert (path.name, path.isa) == (name, isa)


@pytest.mark.parametrize(
    ("settings", "here", "label"),
    [
        ({"compute_path": "ctranslate2"}, machine(AMX), "ctranslate2 isa=AVX2 compute=int8"),
        ({"compute_path": "ctranslate2"}, machine(AMX, cuda_devices=2), "ctranslate2 isa=AVX2 compute=int8"),
        (
            {"compute_path": "openvino"},
            machine(AVX512 | {"avx512_bf16"}),
            f"openvino/{version('openvino')}-bf16 isa=AVX2 compute=int8",
        ),
        (
            {"cpu_isa": "AVX512", "compute_type": "float32"},
            machine(AVX512),
            "ctranslate2 isa=AVX512 compute=float32",
        ),
        ({"cpu_isa": "AVX"}, machine(AVX2), "ctranslate2 isa=AVX compute=int8"),
        ({"cpu_isa": "GENERIC"}, machine(AVX2), "ctranslate2 isa=GENERIC compute=int8"),
        ({"cpu_isa": "NEON"}, machine(None, architecture="arm64"), "ctranslate2 isa=NEON compute=int8"),
        ({"compute_path": "cuda"}, machine(AVX2, cuda_devices=1), "cuda compute=int8_float16"),
        ({"compute_type": "float32"}, machine(AVX2, cuda_devices=1), "cuda compute=float32"),
    ],
)
def test_the_label_says_what_was_pinned(settings: dict[str, str], here: Machine, label: str) -> None:
    assert choose_compute_path(TranscriptionSettings.model_validate(settings), here).label == label


@pytest.mark.parametrize(
    ("settings", "here", "sentence"),
    [
        ({"compute_path": "cuda"}, machine(AMX), "no CUDA device"),
        ({"compute_path": "openvino"}, machine(AMX, has_openvino=False), "openvino is not installed"),
        ({"compute_path": "openvino"}, machine(AVX512), "neither amx_bf16 nor avx512_bf16"),
        ({"compute_path": "openvino"}, machine(None), "neither amx_bf16 nor avx512_bf16"),
        ({"cpu_isa": "AVX512"}, machine(AVX2), "x86_64 processor lacks it; set cpu_isa=AVX2 or auto"),
        ({"cpu_isa": "AVX512"}, machine(None), "set cpu_isa=AVX2 or auto"),
        ({"cpu_isa": "NEON"}, machine(AMX), "x86_64 processor lacks it"),
        ({"cpu_isa": "AVX2"}, machine(None, architecture="aarch64"), "set cpu_isa=NEON or auto"),
    ],
)
def test_what_the_machine_lacks_is_named(settings: dict[str, str], here: Machine, sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        choose_compute_path(TranscriptionSettings.model_validate(settings), here)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        (
            "processor\t: 0\nflags\t\t: fpu avx2 amx_bf16\n\nprocessor\t: 1\nflags\t: fpu\n",
            {"fpu", "avx2", "amx_bf16"},
        ),
        ("processor\t: 0\nFeatures\t: fp asimd\n", {"fp", "asimd"}),
        ("processor\t: 0\n", None),
    ],
)
def test_flags_are_those_of_the_first_processor(tmp_path: Path, text: str, flags: set[str] | None) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(text, encoding="utf-8")
    assert read_flags(cpuinfo) == flags


def test_without_cpuinfo_there_are_no_flags(tmp_path: Path) -> None:
    assert read_flags(tmp_path / "cpuinfo") is None


def test_this_machine_has_a_path() -> None:
    assert choose_compute_path(TranscriptionSettings(), this_machine()).compute_type.startswith("int8")
