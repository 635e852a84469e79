"""The encoder on OpenVINO against CTranslate2's own, on real weights and made sound."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import ctranslate2
import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor
from numpy.typing import NDArray

from transcription.settings import TranscriptionSettings
from transcription.speech.compute_path import read_flags
from transcription.speech.openvino_encoder import OpenVinoEncoder
from transcription.speech.whisper_model import PathWhisperModel, load_whisper
from transcription.weights import Weights, WeightsError, find_weights

pytestmark = pytest.mark.slow

FLAGS = read_flags(Path("/proc/cpuinfo")) or frozenset()
needs_bf16 = pytest.mark.skipif(
    not FLAGS & {"amx_bf16", "avx512_bf16"}, reason="this processor computes no bf16"
)


@pytest.fixture(scope="module")
def weights() -> Weights:
    settings = TranscriptionSettings(model="tiny.en")
    return find_weights(settings.model, cache_dir=settings.model_cache_dir, fetch=lambda *_: Path())


@pytest.fixture(scope="module")
def features() -> NDArray[np.float32]:
    """Two windows: a chirp that comes and goes like syllables, and near silence."""
    time_s = np.arange(480_000) / 16_000
    chirp = 0.3 * np.sin(2 * np.pi * (300 + 40 * time_s) * time_s) * (np.sin(2 * np.pi * 3 * time_s) > 0)
    hush = 1e-3 * np.sin(2 * np.pi * 50 * time_s)
    extract = FeatureExtractor()
    return np.stack([extract(sound.astype(np.float32))[:, :3000] for sound in (chirp, hush)])


@pytest.fixture(scope="module")
def reference(weights: Weights, features: NDArray[np.float32]) -> NDArray[np.float32]:
    model = ctranslate2.models.Whisper(str(weights.folder), compute_type="float32", intra_threads=1)
    return np.array(model.encode(ctranslate2.StorageView.from_array(features)))


def relative_error(states: NDArray[np.float32], reference: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(states - reference) / np.linalg.norm(reference))


def load(weights: Weights, **settings: str) -> PathWhisperModel:
    return load_whisper(weights, TranscriptionSettings.model_validate({"model": "tiny.en", **settings}))


def test_in_float32_both_encoders_agree(
    weights: Weights, features: NDArray[np.float32], reference: NDArray[np.float32]
) -> None:
    states = OpenVinoEncoder(weights.folder, precision="f32").encode(features)
    assert states.shape == reference.shape == (2, 1500, 384)
    assert relative_error(states, reference) < 1e-4


@needs_bf16
def test_in_bf16_it_is_nearer_to_float32_than_int8_is(
    weights: Weights, features: NDArray[np.float32], reference: NDArray[np.float32]
) -> None:
    bf16 = relative_error(np.array(load(weights, compute_path="openvino").encode(features)), reference)
    int8 = relative_error(np.array(load(weights, compute_path="ctranslate2").encode(features)), reference)
    assert bf16 < 0.04
    assert bf16 < int8


@needs_bf16
def test_the_same_sound_gives_the_same_bytes_alone_and_in_a_batch(
    weights: Weights, features: NDArray[np.float32]
) -> None:
    model = load(weights, compute_path="openvino")
    twice = [np.array(model.encode(features)) for _ in range(2)]
    alone = np.array(model.encode(features[0]))
    fresh = np.array(load(weights, compute_path="openvino").encode(features))
    assert twice[0].tobytes() == twice[1].tobytes() == fresh.tobytes()
    assert alone[0].tobytes() == twice[0][0].tobytes()


@needs_bf16
def test_an_earlier_result_outlives_the_next_call(weights: Weights, features: NDArray[np.float32]) -> None:
    encoder = OpenVinoEncoder(weights.folder, precision="bf16")
    first = encoder.encode(features[:1])
    kept = first.copy()
    encoder.encode(features[1:])
    assert np.array_equal(first, kept)


def test_quantised_weights_are_refused(tmp_path: Path, weights: Weights) -> None:
    # The first layer's weight becomes int8: same bytes, twice the numbers.
    content = bytearray((weights.folder / "model.bin").read_bytes())
    name = b"encoder/conv1/bias\0"
    at = content.index(name) + len(name)
    assert content[at] == 1
    assert content[at + 5] == 4
    content[at + 1 : at + 6] = (768).to_bytes(4, "little") + b"\x01"
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(WeightsError, match="quantised"):
        OpenVinoEncoder(tmp_path, precision="f32")


def test_the_converter_that_calls_home_is_never_loaded(weights: Weights) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from transcription.speech.openvino_encoder import OpenVinoEncoder;"
        f"OpenVinoEncoder(Path({str(weights.folder)!r}), precision='f32');"
        "print(any(name.startswith('openvino_telemetry') for name in sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert run.stdout.strip() == "False"
