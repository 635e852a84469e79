"""Where the embedding's weights come from: the pinned package, a folder, or a model hub."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from scoring.errors import WeightsError

# Every threshold was measured with these weights (wordllama 0.4.0.post1).
PACKAGED: Final = "wordllama"
_PACKAGED_SHA256: Final = "461d9f720e7921acac477ddb9ad8cb0902a99cb848eb9a521fdee2dbe07eb4b0"
_TABLES: Final = "*.safetensors"
_TOKENIZER: Final = "tokenizer.json"
_INSTALL_AGAIN: Final = "install wordllama again in the locked version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A table of vectors and the tokenizer whose pieces are its rows; `sha256` is over both files."""

    name: str
    table: Path
    tokenizer: Path
    sha256: str


def find_weights(source: str, cache_dir: Path) -> Weights:
    """Return the weights that `source` names.

    It is "wordllama" (the package, whose bytes are pinned), a folder (absolute, or beginning with `.` or `~`)
    with one table in safetensors and `tokenizer.json`, or a model hub's name, which is fetched into
    `cache_dir`. WeightsError where they aren't there or aren't the pinned ones.
    """
    if source == PACKAGED:
        package = Path(str(files("wordllama")))
        weights = _read(
            PACKAGED,
            package / "weights" / "l2_supercat_256.safetensors",
            package / "tokenizers" / "l2_supercat_tokenizer_config.json",
            otherwise=_INSTALL_AGAIN,
        )
        if weights.sha256 != _PACKAGED_SHA256:
            raise WeightsError(
                f"wordllama's weights have the sha256 {weights.sha256}, not the pinned {_PACKAGED_SHA256}, "
                f"and are not used; {_INSTALL_AGAIN}"
            )
        return weights
    folder = Path(source).expanduser() if source[0] in "/.~" else _fetched(source, cache_dir)
    tables = sorted(folder.glob(_TABLES))
    if len(tables) != 1:
        raise WeightsError(
            f"the embedding '{source}' has {len(tables)} files {_TABLES}; a folder with one of them and "
            f"{_TOKENIZER} is needed"
        )
    return _read(folder.name, tables[0], folder / _TOKENIZER, otherwise="the folder needs both files")


def _read(name: str, table: Path, tokenizer: Path, *, otherwise: str) -> Weights:
    digest = hashlib.sha256()
    for path in (table, tokenizer):
        try:
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError as error:
            raise WeightsError(f"{path.name} can't be read; {otherwise}") from error
    return Weights(name=name, table=table, tokenizer=tokenizer, sha256=digest.hexdigest())


def _fetched(name: str, cache_dir: Path) -> Path:
    # Only who names a hub's model needs the hub's client, or the network.
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, cache_dir=cache_dir, allow_patterns=[_TABLES, _TOKENIZER]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise WeightsError(
            f"the embedding '{name}' can't be fetched from the model hub; check the name and the network, or "
            "name a folder"
        ) from error
