"""Write docs/settings.md from the settings classes: `make settings-page`. A test tells when it is stale."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic_core import PydanticUndefined

from review_api.settings import ReviewApiSettings
from review_api.worker.settings import WorkerSettings
from scoring.settings import ScoringSettings
from servicekit.settings import ProcessSettings, ServerSettings
from transcription.settings import TranscriptionSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.fields import FieldInfo
    from pydantic_settings import BaseSettings

PAGE: Final = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
_SERVICES: Final[tuple[tuple[str, str, type[BaseSettings]], ...]] = (
    ("transcription", "CALLQA_TRANSCRIPTION_", TranscriptionSettings),
    ("scoring", "CALLQA_SCORING_", ScoringSettings),
    ("review_api", "CALLQA_REVIEW_API_", ReviewApiSettings),
    ("worker", "CALLQA_WORKER_", WorkerSettings),
)
_HEAD: Final = """# Settings
Written by `make settings-page` from the settings classes.

Each setting is an environment variable: the service's prefix and the setting's name in capitals, as
`CALLQA_SCORING_PORT=8000`; or a key of the YAML file that `<PREFIX>CONFIG` names. The environment wins over
the file. A process with a wrong setting names all of them at once and exits with 78.

The client reads `CALLQA_ADDRESS` and `CALLQA_HOME`; `callqa up` reads `CALLQA_HOME`, `MONGODB_URI`,
`CALLQA_WORKERS` and `CALLQA_START_TIMEOUT_S`, and passes every service its own.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    everywhere, shared = ProcessSettings.model_fields, ServerSettings.model_fields
    of_servers = [(key, field) for key, field in shared.items() if key not in everywhere]
    parts = [_HEAD, "## Every process\n", *_table(everywhere.items())]
    parts += ["\n## Every server\n", *_table(of_servers)]
    for name, prefix, settings in _SERVICES:
        own = {
            key: field
            for key, field in settings.model_fields.items()
            if key not in shared or field.description != shared[key].description
        }
        parts += [f"\n## {name}: `{prefix}…`\n", *_table(own.items())]
    return "\n".join(parts) + "\n"


def _table(fields: Iterable[tuple[str, FieldInfo]]) -> Iterable[str]:
    yield "| setting | default | meaning |"
    yield "|---|---|---|"
    for name, field in fields:
        meaning = " ".join((field.description or "").split()).replace("|", "\\|")
        yield f"| `{name}` | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "depends on the machine"
    if field.default is PydanticUndefined:
        return "required"
    return "" if field.default is None else f"`{field.default}`"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.exit(0)
