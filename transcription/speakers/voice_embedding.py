"""Turns a second and a half of speech into 256 numbers that are alike for one voice.

The network of "Generalized End-to-End Loss for Speaker Verification" (Wan et al., 2018) as trained by
Resemblyzer's authors: three LSTM layers of 256 cells, the last state through a linear layer and a rectifier,
brought to length 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from transcription.weights import WeightsError

if TYPE_CHECKING:
    from transcription.speakers.voice_weights import Tensors

Embeddings = NDArray[np.float32]
"""One unit vector per stretch of speech, shape (stretches, 256)."""

WINDOW_FRAMES: Final = 160
"""1.6 s: what the network was trained on."""

_LAYERS: Final = 3
_CELLS: Final = 256
_MELS: Final = 40


class VoiceEncoder:
    """The network, ready to run; holds no state between calls and may be used from several threads."""

    def __init__(self, tensors: Tensors) -> None:
        shapes = {"linear.weight": (_CELLS, _CELLS), "linear.bias": (_CELLS,)}
        for layer in range(_LAYERS):
            shapes[f"lstm.weight_ih_l{layer}"] = (4 * _CELLS, _CELLS if layer else _MELS)
            shapes[f"lstm.weight_hh_l{layer}"] = (4 * _CELLS, _CELLS)
            shapes[f"lstm.bias_ih_l{layer}"] = shapes[f"lstm.bias_hh_l{layer}"] = (4 * _CELLS,)
        for name, shape in shapes.items():
            if name not in tensors or tensors[name].shape != shape:
                raise WeightsError(f"the voice encoder's checkpoint has no {name} of shape {shape}")
        self._layers = [
            (
                np.ascontiguousarray(_gates_grouped(tensors[f"lstm.weight_ih_l{layer}"]).T),
                np.ascontiguousarray(_gates_grouped(tensors[f"lstm.weight_hh_l{layer}"]).T),
                _gates_grouped(tensors[f"lstm.bias_ih_l{layer}"] + tensors[f"lstm.bias_hh_l{layer}"]),
            )
            for layer in range(_LAYERS)
        ]
        self._linear = np.ascontiguousarray(tensors["linear.weight"].T)
        self._bias = tensors["linear.bias"]

    def embed(self, mels: NDArray[np.float32]) -> Embeddings:
        """Return the voice of each stretch of `mels`, shape (stretches, frames, 40).

        Frames carry mel powers of sound at -30 dBFS; the more than a second of them the better.
        """
        sequence = np.ascontiguousarray(mels.swapaxes(0, 1))
        for layer in self._layers:
            sequence = _run_layer(sequence, *layer)
        raw = np.maximum(sequence[-1] @ self._linear + self._bias, 0.0)
        norms = np.linalg.norm(raw, axis=1, keepdims=True)
        return np.asarray(raw / np.maximum(norms, np.finfo(np.float32).tiny), dtype=np.float32)


def _gates_grouped(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring PyTorch's order of gates (input, forget, cell, output) into input, forget, output, cell.

    The three that take a sigmoid then stand side by side. A sigmoid is half a tanh of half its input plus a
    half, so their rows are halved and one tanh does for all four.
    """
    gate_in, forget, cell, out = np.split(rows, 4)
    return np.concatenate([gate_in / 2, forget / 2, out / 2, cell])


def _run_layer(
    sequence: NDArray[np.float32],
    weight_in: NDArray[np.float32],
    weight_state: NDArray[np.float32],
    bias: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Run one LSTM layer over `sequence`, shape (frames, stretches, inputs)."""
    frames, stretches, _ = sequence.shape
    states = np.empty((frames, stretches, _CELLS), dtype=np.float32)
    cell = np.zeros((stretches, _CELLS), dtype=np.float32)
    inputs = (sequence.reshape(frames * stretches, -1) @ weight_in + bias).reshape(frames, stretches, -1)
    for frame in range(frames):
        gates = inputs[frame]
        if frame:
            gates += states[frame - 1] @ weight_state
        np.tanh(gates, out=gates)
        sigmoids = gates[:, : 3 * _CELLS]
        sigmoids *= 0.5
        sigmoids += 0.5
        cell *= gates[:, _CELLS : 2 * _CELLS]
        cell += gates[:, :_CELLS] * gates[:, 3 * _CELLS :]
        np.multiply(gates[:, 2 * _CELLS : 3 * _CELLS], np.tanh(cell), out=states[frame])
    return states
