"""Generate protos/gen from protos/callqa, and the descriptor set that buf reads.

Run as `make proto`. The generated import path equals the proto path, so no import is rewritten.
"""

from __future__ import annotations

import argparse
import importlib.resources
import sys
from pathlib import Path

from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path.relative_to(ROOT / "protos").as_posix() for path in ROOT.glob("protos/callqa/**/*.proto")
)


def include_paths() -> list[str]:
    """Where protoc finds ours, its own well-known types and Google's API annotations."""
    well_known = importlib.resources.files("grpc_tools") / "_proto"
    google_api = importlib.resources.files("google.api") / "annotations.proto"
    # googleapis-common-protos ships the .proto files beside its modules: two levels up is their root.
    return [str(ROOT / "protos"), str(Path(str(google_api)).parents[2]), str(well_known)]


def main() -> int:
    """Write the modules below `--out` and, if asked, the descriptor set; protoc's exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=ROOT / "protos" / "gen", help="folder of the generated modules"
    )
    parser.add_argument("--descriptor-set", type=Path, help="write only this file, for buf")
    options = parser.parse_args()
    arguments = ["protoc", *(f"-I{path}" for path in include_paths())]
    if options.descriptor_set:
        arguments += [
            "--include_imports",
            "--include_source_info",
            f"--descriptor_set_out={options.descriptor_set}",
        ]
    else:
        options.out.mkdir(parents=True, exist_ok=True)
        arguments += [
            f"--{kind}_out={options.out}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")
        ]
    return int(protoc.main([*arguments, *SOURCES]))


if __name__ == "__main__":
    sys.exit(main())
