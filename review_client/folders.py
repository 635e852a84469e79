"""PATHs on the command line -> one call per audio file, or per pair of files that are a call's two sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from review_client.intake import Intake, Place, Problem, file_problem
from review_client.sides import calls_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

# What a folder is searched for. A file that is named itself is taken whatever it is called.
AUDIO_SUFFIXES: Final = frozenset(
    {
        ".3gp",
        ".aac",
        ".aif",
        ".aiff",
        ".amr",
        ".au",
        ".flac",
        ".m4a",
        ".m4b",
        ".mka",
        ".mp3",
        ".oga",
        ".ogg",
        ".opus",
        ".wav",
        ".wave",
        ".weba",
        ".wma",
    }
)


def audio_files(folder: Path) -> Sequence[Path]:
    """Return the audio files below `folder` by extension, sorted by path, without hidden ones."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in AUDIO_SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )


def read_paths(paths: Iterable[Path]) -> Intake:
    """Return the calls in the files; a file that is met twice is taken once."""
    found: dict[Path, Path] = {}
    problems: list[Problem] = []
    for path in paths:
        files: Sequence[Path] = [path]
        if path.is_dir():
            files = audio_files(path)
            if not files:
                kinds = ", ".join(sorted(suffix.removeprefix(".") for suffix in AUDIO_SUFFIXES))
                problems.append(
                    Problem(
                        place=Place(file=str(path)),
                        message=f"holds no audio files ({kinds}); name another folder",
                    )
                )
        for file in files:
            wrong = file_problem(file)
            if wrong is not None:
                problems.append(Problem(place=Place(file=str(file)), message=wrong))
            else:
                found.setdefault(file.resolve(), file)
    return Intake(calls=calls_of(found.values()), problems=tuple(problems))


def left_out_remark(paths: Iterable[Path], intake: Intake) -> str | None:
    """Say how many audio files below `paths` a manifest leaves out, or None when it names them all."""
    named = {leg.path.resolve() for call in intake.calls for leg in call.legs}
    left_out = [
        file
        for path in paths
        for file in (audio_files(path) if path.is_dir() else [path])
        if file.resolve() not in named
    ]
    if not left_out:
        return None
    files = "1 audio file is" if len(left_out) == 1 else f"{len(left_out)} audio files are"
    return f"{files} not in the manifest and left out, as {left_out[0]}"
