"""Whisper's encoder on OpenVINO, built from the weights of a CTranslate2 model.bin.

On processors with bf16 matrix units it takes a quarter of the time of CTranslate2's int8 encoder and its
result is four times nearer to that of float32 (docs/adr/0008-compute-path.md). The only importer of openvino.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from transcription.speech.ct2_weights import read_variables
from transcription.weights import MODEL_FILE, WeightsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Variables = Mapping[str, NDArray[np.generic]]

# As in CTranslate2's LayerNorm, which has it from PyTorch.
_NORM_EPSILON: Final = 1e-5


class OpenVinoEncoder:
    """Turns log-mel spectra into encoder states; for one thread at a time.

    `precision` is OpenVINO's inference precision. Construction takes under a second of CPU and raises
    WeightsError when the folder's model.bin is no Whisper model in floating point.
    """

    def __init__(self, weights_folder: Path, *, precision: Literal["bf16", "f32"], threads: int = 1) -> None:
        openvino = _import_openvino()
        try:
            model = _Graph(read_variables(weights_folder / MODEL_FILE)).model()
        except (KeyError, IndexError, ValueError) as error:
            raise WeightsError(
                f"{MODEL_FILE} holds no Whisper encoder in floating point ({error}); convert the weights"
                " as float16 or set compute_path=ctranslate2"
            ) from error
        compiled = openvino.Core().compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": precision,
                "INFERENCE_NUM_THREADS": threads,
                "NUM_STREAMS": 1,
                # Every process would pin itself to the same first core.
                "ENABLE_CPU_PINNING": False,
            },
        )
        self._request = compiled.create_infer_request()

    def encode(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return states (windows, frames / 2, width) for features (windows, mels, frames)."""
        # One by one: as fast as in batches of up to four, faster than in larger ones, and smaller. Copied,
        # because the request's output is overwritten by the next window.
        return np.concatenate(
            [self._request.infer({0: np.ascontiguousarray(window[np.newaxis])})[0] for window in features]
        )


def _import_openvino() -> Any:  # noqa: ANN401  # openvino's stubs don't pass strict checks
    # The package imports its model converter where that can be imported, and the converter a telemetry
    # client. Nothing here converts models, and nothing in this service may know how to call home.
    sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
    import openvino

    return openvino


class _Graph:
    """Whisper's encoder (https://arxiv.org/abs/2212.04356, section 2.2) in OpenVINO operations."""

    def __init__(self, variables: Variables) -> None:
        _import_openvino()
        from openvino import opset13

        self._op: Any = opset13
        self._variables = variables
        self._heads = int(variables["encoder/num_heads"])
        self._width, self._mels, _ = variables["encoder/conv1/weight"].shape
        self._frames = variables["encoder/position_encodings/encodings"].shape[0]

    def model(self) -> Any:  # noqa: ANN401
        from openvino import Model

        op = self._op
        features = op.parameter([1, self._mels, 2 * self._frames], np.float32, name="features")
        hidden = self._convolution(self._convolution(features, "conv1", stride=1), "conv2", stride=2)
        hidden = op.transpose(hidden, self._integers(0, 2, 1))
        hidden = op.add(hidden, self._constant(self._values("position_encodings/encodings")[None]))
        layer = 0
        while f"encoder/layer_{layer}/self_attention/linear_0/weight" in self._variables:
            hidden = op.add(hidden, self._attention(hidden, f"layer_{layer}/self_attention"))
            hidden = op.add(hidden, self._feed_forward(hidden, f"layer_{layer}/ffn"))
            layer += 1
        if layer == 0:
            raise ValueError("no layer")
        return Model([self._normalised(hidden, "layer_norm")], [features], "whisper_encoder")

    def _values(self, name: str) -> NDArray[np.float32]:
        values = self._variables[f"encoder/{name}"]
        if values.dtype.kind != "f":
            # Quantised weights have lost the digits that make this path the more exact one.
            raise ValueError(f"{name} is quantised")
        return values.astype(np.float32)

    def _constant(self, values: NDArray[np.float32]) -> Any:  # noqa: ANN401
        return self._op.constant(np.ascontiguousarray(values))

    def _integers(self, *values: int) -> Any:  # noqa: ANN401
        return self._op.constant(np.array(values, dtype=np.int64))

    def _convolution(self, hidden: Any, name: str, *, stride: int) -> Any:  # noqa: ANN401
        op = self._op
        weight = self._constant(self._values(f"{name}/weight"))
        bias = self._constant(self._values(f"{name}/bias").reshape(1, -1, 1))
        return op.gelu(op.add(op.convolution(hidden, weight, [stride], [1], [1], [1]), bias), "erf")

    def _normalised(self, hidden: Any, name: str) -> Any:  # noqa: ANN401
        op = self._op
        hidden = op.mvn(hidden, self._integers(-1), True, _NORM_EPSILON, "INSIDE_SQRT")
        hidden = op.multiply(hidden, self._constant(self._values(f"{name}/gamma")))
        return op.add(hidden, self._constant(self._values(f"{name}/beta")))

    def _linear(self, hidden: Any, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> Any:  # noqa: ANN401
        product = self._op.matmul(hidden, self._constant(weight), False, True)
        return self._op.add(product, self._constant(bias))

    def _attention(self, hidden: Any, name: str) -> Any:  # noqa: ANN401
        op = self._op
        normal = self._normalised(hidden, f"{name}/layer_norm")
        # Queries, keys and values lie below each other in one matrix. Queries are scaled here rather than
        # the products, of which there are twenty times as many.
        weights = np.split(self._values(f"{name}/linear_0/weight"), 3)
        biases = np.split(self._values(f"{name}/linear_0/bias"), 3)
        scale = np.float32((self._width // self._heads) ** -0.5)
        weights[0], biases[0] = weights[0] * scale, biases[0] * scale
        queries, keys, values = (
            self._by_head(self._linear(normal, weight, bias))
            for weight, bias in zip(weights, biases, strict=True)
        )
        attention = op.softmax(op.matmul(queries, keys, False, True), -1)
        merged = op.transpose(op.matmul(attention, values, False, False), self._integers(0, 2, 1, 3))
        merged = op.reshape(merged, self._integers(0, 0, self._width), True)
        return self._linear(
            merged, self._values(f"{name}/linear_1/weight"), self._values(f"{name}/linear_1/bias")
        )

    def _by_head(self, hidden: Any) -> Any:  # noqa: ANN401
        op = self._op
        shape = self._integers(0, 0, self._heads, self._width // self._heads)
        return op.transpose(op.reshape(hidden, shape, True), self._integers(0, 2, 1, 3))

    def _feed_forward(self, hidden: Any, name: str) -> Any:  # noqa: ANN401
        hidden = self._normalised(hidden, f"{name}/layer_norm")
        hidden = self._linear(
            hidden, self._values(f"{name}/linear_0/weight"), self._values(f"{name}/linear_0/bias")
        )
        return self._linear(
            self._op.gelu(hidden, "erf"),
            self._values(f"{name}/linear_1/weight"),
            self._values(f"{name}/linear_1/bias"),
        )
