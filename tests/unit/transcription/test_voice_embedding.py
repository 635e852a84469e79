from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from transcription.speakers.voice_embedding import VoiceEncoder
from transcription.weights import WeightsError

Array = NDArray[np.float32]


@pytest.fixture(scope="module")
def tensors() -> dict[str, Array]:
    random = np.random.default_rng(7)

    def drawn(*shape: int) -> Array:
        return random.normal(0, 0.1, shape).astype(np.float32)

    made = {"linear.weight": drawn(256, 256), "linear.bias": drawn(256)}
    for layer in range(3):
        made |= {
            f"lstm.weight_ih_l{layer}": drawn(1024, 256 if layer else 40),
            f"lstm.weight_hh_l{layer}": drawn(1024, 256),
            f"lstm.bias_ih_l{layer}": drawn(1024),
            f"lstm.bias_hh_l{layer}": drawn(1024),
        }
    return made


def sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-values)))


def by_the_book(tensors: dict[str, Array], mels: Array) -> Array:
    """The equations of PyTorch's documentation of LSTM, one stretch of mels, shape (frames, 40)."""
    sequence = mels
    for layer in range(3):
        state = cell = np.zeros(256, dtype=np.float32)
        states = []
        for frame in sequence:
            gates = (
                tensors[f"lstm.weight_ih_l{layer}"] @ frame
                + tensors[f"lstm.bias_ih_l{layer}"]
                + tensors[f"lstm.weight_hh_l{layer}"] @ state
                + tensors[f"lstm.bias_hh_l{layer}"]
            )
            gate_in, forget, new, out = np.split(gates, 4)
            cell = sigmoid(forget) * cell + sigmoid(gate_in) * np.tanh(new)
            state = sigmoid(out) * np.tanh(cell)
            states.append(state)
        sequence = np.stack(states)
    raw = np.maximum(tensors["linear.weight"] @ sequence[-1] + tensors["linear.bias"], 0)
    return np.asarray(raw / np.linalg.norm(raw))


def test_it_computes_what_the_equations_say(tensors: dict[str, Array]) -> None:
    mels = np.random.default_rng(1).gamma(1, 1, (3, 12, 40)).astype(np.float32)

    embedded = VoiceEncoder(tensors).embed(mels)

    assert embedded == pytest.approx(np.stack([by_the_book(tensors, one) for one in mels]), abs=1e-5)


def test_embeddings_have_length_one(tensors: dict[str, Array]) -> None:
    mels = np.random.default_rng(2).gamma(1, 1, (4, 10, 40)).astype(np.float32)

    assert np.linalg.norm(VoiceEncoder(tensors).embed(mels), axis=1) == pytest.approx(1)


@pytest.mark.parametrize("name", ["lstm.weight_hh_l1", "linear.bias"])
def test_a_missing_tensor_is_named(tensors: dict[str, Array], name: str) -> None:
    with pytest.raises(WeightsError, match=name):
        VoiceEncoder({key: value for key, value in tensors.items() if key != name})


def test_a_tensor_of_another_shape_is_refused(tensors: dict[str, Array]) -> None:
    with pytest.raises(WeightsError, match=r"linear\.bias of shape \(256,\)"):
        VoiceEncoder(tensors | {"linear.bias": np.zeros(3, dtype=np.float32)})
