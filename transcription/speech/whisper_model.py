"""Loads Whisper on the compute path of this machine."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel

from transcription.speech.compute_path import ComputePath, choose_compute_path, this_machine
from transcription.speech.openvino_encoder import OpenVinoEncoder
from transcription.weights import WeightsError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from transcription.settings import TranscriptionSettings
    from transcription.weights import Weights

_log = logging.getLogger(__name__)


class PathWhisperModel(WhisperModel):  # type: ignore[misc]  # faster_whisper is untyped
    """faster-whisper's model with the encoder of the path; `path_label` names the path in model versions."""

    def __init__(self, path: ComputePath, encoder: OpenVinoEncoder | None, **options: Any) -> None:  # noqa: ANN401
        super().__init__(**options)
        self.path_label = path.label
        self._encoder = encoder

    def encode(self, features: NDArray[np.float32]) -> ctranslate2.StorageView:
        """Return the encoder's states for features (mels, 3000) or (windows, mels, 3000)."""
        if self._encoder is None:
            states = super().encode(features)
            # They are read here before the decoder gets them, which memory of a GPU can't be.
            return states if states.device == "cpu" else states.to_device(ctranslate2.Device.cpu)
        windows = features[np.newaxis] if features.ndim == 2 else features
        return ctranslate2.StorageView.from_array(self._encoder.encode(windows))


def load_whisper(weights: Weights, settings: TranscriptionSettings) -> PathWhisperModel:
    """Return the model on the path that the settings and this machine lead to; logs the path.

    Takes a second or two. Raises WeightsError when the weights can't be loaded and SettingsError when the
    settings pin what this machine lacks.
    """
    path = choose_compute_path(settings, this_machine())
    if path.isa is not None:
        # CTranslate2 reads this once, when its first model is loaded.
        os.environ["CT2_FORCE_CPU_ISA"] = path.isa
    encoder = None
    if path.name == "openvino":
        encoder = OpenVinoEncoder(weights.folder, precision="bf16", threads=settings.cpu_threads)
    try:
        model = PathWhisperModel(
            path,
            encoder,
            model_size_or_path=str(weights.folder),
            device="cuda" if path.name == "cuda" else "cpu",
            compute_type=path.compute_type,
            cpu_threads=settings.cpu_threads,
            num_workers=1,
            local_files_only=True,
        )
    except (RuntimeError, ValueError) as error:
        raise WeightsError(
            f"the weights {weights.label} can't be loaded on the compute path {path.label};"
            " set cpu_isa=GENERIC on an older processor, or choose other weights"
        ) from error
    _log.info("speech is computed by %s", path.label)
    return model
